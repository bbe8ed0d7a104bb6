"""Whether the API server itself may have filled in what only live has."""

from __future__ import annotations

from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.values import ABSENT, child, same


def may_be_default(subject: Subject, difference: Difference) -> bool:
    """Whether a default may stand here, in live only; true as well where the kind's schema is not known.

    No default adds an item to a list.
    """
    return _adds_field(difference) and (subject.stored is ABSENT or is_known_default(subject, difference))


def is_known_default(subject: Subject, difference: Difference) -> bool:
    """Whether the default that the kind is known to have here is what only live has."""
    return _adds_field(difference) and same(child(subject.stored, *difference.path), difference.live)


def _adds_field(difference: Difference) -> bool:
    return difference.kind is Kind.EXTRA and not difference.whole and not isinstance(difference.path[-1], int)
