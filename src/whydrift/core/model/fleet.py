"""The fleet as a whole: who renders which object, and where an application comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from whydrift.core.model.objects import ObjectKey


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `date` is RFC 3339, `files` are paths in the repository."""

    revision: str
    author: str
    date: str
    message: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One application that lists an object in its `status.resources`: renders it, or holds it as a leftover."""

    application: str
    namespace: str
    leftover: bool


@dataclass(frozen=True, slots=True)
class Fleet:
    """Which applications hold which object, by destination cluster. `names` are the instance names of all applications."""

    claims: Mapping[tuple[str, ObjectKey], tuple[Claim, ...]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    def holders(self, cluster: str, key: ObjectKey) -> tuple[Claim, ...]:
        """The applications that list this object of this cluster."""
        return self.claims.get((cluster, key), ())
