"""Whether the API server itself may have filled in what only live has."""

from __future__ import annotations

from whydrift.core.explain.server_fills import filled
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, MaybeJson, child, is_object, same


def may_be_default(subject: Subject, difference: Difference) -> bool:
    """Whether a default may stand here, in live only; true as well where the kind's schema is not known.

    No default adds an item to a list.
    """
    return _adds_field(difference) and (subject.stored is ABSENT or is_known_default(subject, difference))


def is_known_default(subject: Subject, difference: Difference) -> bool:
    """Whether the default that the kind is known to have here is what only live has."""
    return _adds_field(difference) and same(default_at(subject, difference.path), difference.live)


def default_at(subject: Subject, path: Path) -> MaybeJson:
    """What the API server makes of git's object at a path, ABSENT where that is nothing or not known."""
    target = subject.object.target
    found = filled(target, path) if is_object(target) and not subject.custom else ABSENT
    return child(subject.stored, *path) if found is ABSENT else found


def _adds_field(difference: Difference) -> bool:
    return difference.kind is Kind.EXTRA and not difference.whole and not isinstance(difference.path[-1], int)
