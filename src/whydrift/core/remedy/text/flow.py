"""Flow style: what stands between the brackets is put together anew, separators as they were."""

from __future__ import annotations

from collections.abc import Sequence

from whydrift.core.remedy.text.nodes import Entries, Items
from whydrift.core.remedy.text.splices import Splice, Text

Spans = Sequence[tuple[int, int]]
"""Where the parts of a map or list in flow style stand."""
Part = tuple[str, int | None]
"""The text of a part, and which of the old ones it is; None: a new one."""


def appended(text: Text, node: Entries | Items, spans: Spans, new: Sequence[str]) -> Splice:
    """Further parts after the last one; each on its own line where the others stand so."""
    separator = _separator(text, node, spans)
    end = spans[-1][1]
    return Splice(end, end, "".join(separator + part for part in new))


def rebuilt(text: Text, node: Entries | Items, spans: Spans, parts: Sequence[Part]) -> Splice:
    """All parts between the brackets, some of them new or left out; what stays keeps what stood before it."""
    if not parts:
        return Splice(node.start + 1, node.end - 1, "")
    usual = _separator(text, node, spans)
    written = parts[0][0]
    for part, old in parts[1:]:
        written += (text.content[spans[old - 1][1] : spans[old][0]] if old else usual) + part
    return Splice(spans[0][0], spans[-1][1], written)


def _separator(text: Text, node: Entries | Items, spans: Spans) -> str:
    """What separates the parts: as between the last two of them, else as between the bracket and the first."""
    if len(spans) > 1:
        between = text.content[spans[-2][1] : spans[-1][0]]
    else:
        between = "," + text.content[node.start + 1 : spans[0][0]]
    if "#" in between or "," not in between:
        return ", "
    return between if between != "," or text.style.json else ", "
