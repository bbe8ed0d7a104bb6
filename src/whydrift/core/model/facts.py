"""Facts: what causes may ask about the world, and gaps: what could not be read, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Generic, TypeVar, cast

T = TypeVar("T", covariant=True)


class Per(StrEnum):
    """What one value of a fact is about."""

    FLEET = "fleet"
    CLUSTER = "cluster"
    NAMESPACE = "namespace"
    APPLICATION = "application"
    OBJECT = "object"


class Cost(IntEnum):
    """What it takes to read a fact; dearer ones are asked for only where cheaper ones explained nothing."""

    LIST = 1
    REQUEST = 2
    RENDER = 3


@dataclass(frozen=True, eq=False)
class FactKind(Generic[T]):
    """One kind of fact, with a value of type T. `name` says what it is, `needs` what grants it to a reader."""

    name: str
    needs: str
    per: Per
    cost: Cost

    def __repr__(self) -> str:
        return f"FactKind({self.name})"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was not read: `what`, `why` (a status and its reason), `needs` (what would grant it).

    `status` is that of a server's refusal, None where it was not asked; `said` are the API server's own words for it.
    """

    what: str
    why: str
    needs: str = ""
    status: int | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts that hold for one object: values by kind, and gaps where a kind could not be read."""

    values: Mapping[FactKind[object], object] = field(default_factory=dict)
    gaps: Mapping[FactKind[object], Gap] = field(default_factory=dict)

    def get(self, kind: FactKind[T]) -> T:
        """The value of a fact that the engine checked; KeyError where a cause forgot it in `needs`."""
        return cast(T, self.values[kind])  # the collector pairs each kind with its type

    def maybe(self, kind: FactKind[T]) -> T | None:
        """The value of a fact that only adds evidence; None where it was not read."""
        return cast(T | None, self.values.get(kind))  # as above

    def known(self, kind: FactKind[object]) -> bool:
        """Whether the fact was read."""
        return kind in self.values

    def asked(self, kind: FactKind[object]) -> bool:
        """Whether the fact was read or could not be read."""
        return kind in self.values or kind in self.gaps
