"""Several edits at once: whether git's object comes out as all of them want it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import for_people
from whydrift.core.model.remedy import Change
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, JsonObject
from whydrift.core.prove.unlike import outside, unwanted
from whydrift.core.remedy.text.wanted import changed
from whydrift.errors import NotEditable

Rendered = Mapping[ObjectKey, JsonObject]


def why_not_together(item: ObjectSnapshot, changes: Sequence[Change], before: Rendered, made: Rendered) -> str:
    """Why a render with all edits is not what they want of an object ("": it is).

    Places that `before`, the render without edits, has otherwise than Argo CD compared are drawn anew each time.
    """
    try:
        aim = changed(item.target, changes)
    except NotEditable as error:
        return str(error)
    drawn = list(outside(before.get(item.key, ABSENT), item.target, ()))
    missed = next((p for p in unwanted(made.get(item.key, ABSENT), aim, changes) if p not in drawn), None)
    if missed is None:
        return ""
    at = f" ({for_people(missed, item.target)})" if missed else ""
    return f"together with the other edits of this plan, git's object is not what was wanted{at}"
