"""Explanations: why a difference is there, with the proof; and what stayed undecided for lack of a fact."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from whydrift.core.model.paths import Path


class Side(StrEnum):
    """Which side of a difference is right."""

    GIT = "git"
    CLUSTER = "cluster"
    EQUIVALENT = "equivalent"
    CONTROLLER = "controller"
    STRUCTURE = "structure"
    ASK = "ask"


class Strength(StrEnum):
    """How strong a proof is: it follows from the evidence, it is never a mood (design/house.md, sentence 5)."""

    REPLAYED = "replayed"
    ATTRIBUTED = "attributed"
    COINCIDES = "coincides"

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return list(Strength).index(self)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One checkable statement: the kind of fact that it comes from, and what that fact says."""

    fact: str
    says: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A cause's claim on the differences at `paths` (target addresses), with its proof.

    `side` is set only where the evidence of this very case says otherwise than the cause does.
    """

    paths: frozenset[Path]
    strength: Strength
    why: str
    evidence: tuple[Evidence, ...]
    cause: str = ""
    side: Side | None = None

    def of(self, cause: str) -> Explanation:
        """The same claim with its cause named."""
        return Explanation(self.paths, self.strength, self.why, self.evidence, cause, self.side)


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask about a difference that nothing decides, the likeliest first, and the question."""

    whom: tuple[str, ...]
    question: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """A cause that may apply to a difference, and the fact that it lacks."""

    cause: str
    needs: str
    why: str = ""
