"""Whether the API server itself may have filled in what only live has."""

from __future__ import annotations

from whydrift.core.compare.typed.defaults import apply_defaults
from whydrift.core.explain.defaulting import with_defaults
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.fact_kinds import SCHEMAS
from whydrift.core.model.values import MaybeJson, child, is_object, same
from whydrift.errors import NotComparable


def may_be_default(subject: Subject, difference: Difference) -> bool:
    """Whether a default may stand here, in live only; true as well where the kind's schema is not known.

    No default adds an item to a list.
    """
    return _adds_field(difference) and (_defaulted(subject) is None or is_known_default(subject, difference))


def is_known_default(subject: Subject, difference: Difference) -> bool:
    """Whether the default that the kind is known to have here is what only live has."""
    filled = _defaulted(subject) if _adds_field(difference) else None
    return filled is not None and same(child(filled, *difference.path), difference.live)


def _adds_field(difference: Difference) -> bool:
    return difference.kind is Kind.EXTRA and not difference.whole and not isinstance(difference.path[-1], int)


def _defaulted(subject: Subject) -> MaybeJson:
    """The target as the API server would store it; None where its defaults are not known."""
    target, kind = subject.object.target, subject.key.kind
    if not is_object(target):
        return None
    types, api_version = subject.knowledge.types, subject.object.api_version
    if types.knows(api_version, kind):
        try:
            return apply_defaults(target, types)
        except NotComparable:
            return None
    schemas = subject.facts.maybe(SCHEMAS) or subject.knowledge.schemas
    schema = schemas.type_of(api_version, kind)
    return None if schema is None else with_defaults(target, schema)
