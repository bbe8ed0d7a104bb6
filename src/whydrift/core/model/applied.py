"""What became of a plan's steps: the answer of `apply`."""

from __future__ import annotations

from enum import StrEnum

from whydrift.core.model.plan import StepKind
from whydrift.core.model.triage import Answered

SCHEMA = "whydrift.apply/1"


class StepState(StrEnum):
    """What became of one step.

    DONE: it is in place · WAITS: something else has to happen first, then `--resume` goes on · REFUSED: it was not
    begun, nothing changed · STOPPED: it was begun and did not end well · LEFT: it is left to a person, or not chosen.
    """

    DONE = "done"
    WAITS = "waits"
    REFUSED = "refused"
    STOPPED = "stopped"
    LEFT = "left"


class StepAnswer(Answered, frozen=True, omit_defaults=False):
    """One step: what became of it, in a sentence, and the commands that take it back, or that a person would run."""

    id: str
    kind: StepKind
    title: str
    state: StepState
    says: str
    commands: tuple[str, ...] = ()


class ApplyAnswer(Answered, frozen=True, omit_defaults=False):
    """The answer of `apply`. `plan` is the digest of plan.json, `journal` the file that knows what was done."""

    plan: str
    journal: str
    steps: tuple[StepAnswer, ...]
    schema: str = SCHEMA
