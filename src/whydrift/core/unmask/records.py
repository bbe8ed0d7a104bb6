"""Records of loggers: which lines begin one, and which lines belong to one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile

from whydrift.core.unmask.levels import Level
from whydrift.core.unmask.stacks import CAUSED_BY, names_exception

CONTINUED = 8
"""Lines that go on with a record, at most."""
RULED = re.compile(r"(?:^|[\]>])\s*[=*~-]{3,}$")
STAMPED = re.compile(
    r"\s{0,2}[\[(]?(?:\d{4}[-/]\d\d[-/]\d\d|\d\d:\d\d:\d\d|\w{3} +\d{1,2} \d\d:|\d{1,2}/\w{3}/\d{4}|time=|ts=|level="
    r"|[IWEF]\d{4} )"
    r"|\{\"|\[\w+\]\s|[DIWEF], \["
)
HEADING = re.compile(r"([*=#-])\1{2,} .*\w.* \1{3,}$")
RULER = re.compile(r"[=*~-]{3,}$")
"""A line that is drawn; what stands below it belongs to the record above."""
ITEM = re.compile(r"\s*(?:[-*\u2022\u2013] |\d+[.)] |\[\d+\]:? )")
"""An item of a list."""
NAMED_ALONE = re.compile(r"\s{0,4}(?:\w+[\\.:]+)+\w*(?:Exception|Error)\s*$")
"""The name of an exception on a line of its own, as console renderers write it: its message stands below."""
ROUTINE = re.compile(r"(?i)deprecat|\b(?:GET|POST|PUT|PATCH|DELETE|HEAD) /\S*(?: HTTP/[\d.]+)?\"? \d{3}\b")


def recorded(line: str, level: Level) -> bool:
    """Whether a logger wrote a line: it has a time, or is called calm or a warning."""
    return STAMPED.match(line) is not None or level in (Level.CALM, Level.WARNING)


def begins_record(line: str, level: Level) -> bool:
    """Whether a line begins a record of a logger: a time, a level, or JSON stands at its start."""
    indented = line[:1] in (" ", "\t")
    return (
        bool(line.strip())
        and not indented
        and CAUSED_BY.match(line) is None
        and not names_exception(line)
        and (STAMPED.match(line) is not None or level not in (Level.PLAIN, Level.FATAL))
    )


def next_paragraph(lines: Sequence[str], place: int) -> str:
    """The lines after an empty one, up to the next empty one, a few at most."""
    if lines[place + 1 : place + 2] != [""]:
        return ""
    start = next((n for n in range(place + 1, len(lines)) if lines[n].strip()), len(lines))
    return "\n".join(takewhile(str.strip, lines[start : start + 5])).strip()


def said_below(lines: Sequence[str], begins: Sequence[bool], place: int) -> str:
    """The message of a record whose own line holds none, as Spring Boot's failure analysis: what stands below it.

    That is what follows `Description:`, or else the first line that is no decoration; "" where none begins a line.
    """
    end = next((n for n in range(place + 1, len(lines)) if begins[n]), len(lines))
    below = lines[place + 1 : end]
    if not any(line.strip() for line in below) or (below[0].strip() and below[0][:1] in (" ", "\t")):
        return ""
    described = next((n for n, line in enumerate(below) if line.strip() == "Description:"), -1)
    first = (n for n in range(described + 1, len(below)) if re.match(r"\w.*[a-z]", below[n]))
    start = next(first, len(below))
    return "\n".join(takewhile(str.strip, below[start : start + 5]))


def continued(lines: Sequence[str], begins: Sequence[bool], place: int) -> list[str]:
    """The lines that go on with a record, a few at most.

    Those are indented ones right after it, all below a heading or a drawn line, and what a colon at its end announces.
    """
    rows = list(zip(lines[place + 1 :], begins[place + 1 :], strict=True))
    own = [line for line, _ in takewhile(lambda row: not row[1], rows[: 2 * CONTINUED])]
    if own and RULER.match(own[0]):
        return [line for line in _up_to_ruler(own[1:]) if line.strip()][:CONTINUED]
    if lines[place].endswith(":") and own:
        announced = _announced(own)
        if announced:
            return announced[:CONTINUED]
    return list(takewhile(_goes_on(lines[place]), own))[:CONTINUED]


def _up_to_ruler(own: Sequence[str]) -> Iterator[str]:
    return takewhile(lambda line: RULER.match(line) is None, own)


def _announced(own: Sequence[str]) -> list[str]:
    """What stands below a line that ends with a colon, after an empty line at most: a list, or one line."""
    rows = own if own[0].strip() else own[1:]
    listed = list(takewhile(lambda line: ITEM.match(line) is not None or line[:1] in (" ", "\t"), rows))
    return listed or [line for line in rows[:1] if line.strip()]


def _goes_on(head: str) -> Callable[[str], bool]:
    """Which lines go on with a record that begins with a line."""
    headed = HEADING.match(head) is not None

    def goes_on(line: str) -> bool:
        joined = headed or line[:1] in (" ", "\t") or line.startswith("caused by: ")
        return bool(line.strip()) and joined and re.match(r"\s+at ", line) is None

    return goes_on
