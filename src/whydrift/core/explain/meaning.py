"""Whether git's value and live's mean the same at one place, as far as the types there are known."""

from __future__ import annotations

from whydrift.core.explain.empties import hollow
from whydrift.core.explain.spellings import may_be_one, same_by_go_type, same_by_schema
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.values import ABSENT, is_object


def means_same(subject: Subject, difference: Difference) -> bool:
    """Whether both sides say the same: nothing, one value in two spellings, or another order of the same items.

    Where the type of the place is not known, two spellings that may be one value count as one.
    """
    git, live, target = difference.target, difference.live, subject.object.target
    if difference.order or (hollow(git) and hollow(live)):
        return True
    if git is ABSENT or live is ABSENT or not is_object(target):
        return hollow(live) if git is ABSENT else hollow(git) and live is ABSENT
    if not may_be_one(git, live):
        return False
    if subject.knowledge.types.of(target) is not None:
        return bool(same_by_go_type(target, difference.path, git, live, subject.knowledge.types))
    return subject.schema is None or bool(same_by_schema(subject.schema, difference.path, git, live))
