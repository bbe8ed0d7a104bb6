"""Fields that an API server does not know and drops: by Go types for built-in kinds, by schemas for the others."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from whydrift.core.explain.places import Unknown, place_of
from whydrift.core.explain.subject import Subject
from whydrift.core.model.paths import Path
from whydrift.core.model.schema import Type

ALIKE = 0.6
"""How much of two names must agree (difflib's ratio) for one to be called a likely typo of the other."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """The first step of a path that its parent does not know, and the names that the parent does know."""

    known: Path
    name: str
    fields: tuple[str, ...]

    @property
    def meant(self) -> str:
        """The known name that is most like it, "" where none is."""
        folded = {field.lower(): field for field in self.fields}
        close = get_close_matches(self.name.lower(), folded, n=1, cutoff=ALIKE)
        return folded[close[0]] if close else ""


def pruned(subject: Subject, path: Path) -> Pruned | None:
    """Where a path of git's object leaves what the server knows; None where it does not, or nobody can say."""
    if path[:1] == ("status",):
        return None
    types = subject.knowledge.types
    if types.of(subject.object.target) is not None:
        found = place_of(subject.object.target, path, types)
        if not isinstance(found, Unknown):
            return None
        return Pruned(found.known, str(path[len(found.known)]), found.fields)
    return None if subject.schema is None else pruned_by(subject.schema, path)


def pruned_by(schema: Type, path: Path) -> Pruned | None:
    """Where a path leaves a structural schema (apiextensions-apiserver, schema/pruning): not named, not preserved."""
    here: Type = schema
    for depth, step in enumerate(path):
        below = here.items if isinstance(step, int) else here.field(step) or here.additional_properties
        if below is None:
            if isinstance(step, int) or _keeps_anything(here):
                return None
            return Pruned(path[:depth], step, tuple(here.field_names))
        here = below
    return None


def _keeps_anything(here: Type) -> bool:
    untyped = here.type != "object"
    return untyped or here.preserve_unknown_fields or here.schema.get("additionalProperties") is True
