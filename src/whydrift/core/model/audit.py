"""The audit of ignore rules as an answer of its own: `whydrift.ignores/1`. Renderers read nothing else."""

from __future__ import annotations

from typing import Literal

import msgspec

from whydrift.core.model.triage import Answered, EvidenceAnswer, GapAnswer, ReadAnswer, Value

IGNORES_SCHEMA = "whydrift.ignores/1"

Fault = Literal[
    "hides-change", "blocks-release", "does-not-compile", "matches-nothing", "too-wide", "shadowed", "expired"
]
FAULTS: tuple[Fault, ...] = (
    "hides-change",
    "blocks-release",
    "does-not-compile",
    "matches-nothing",
    "too-wide",
    "shadowed",
    "expired",
)
"""What may be wrong with a part of a rule, worst first."""


class RuleAnswer(Answered, frozen=True):
    """A rule as it is (to be) written; what it leaves out does not restrict it. `group` "" is the core group."""

    group: str
    kind: str
    name: str = ""
    namespace: str = ""
    json_pointers: tuple[str, ...] = ()
    jq_path_expressions: tuple[str, ...] = ()
    managed_fields_managers: tuple[str, ...] = ()


class HiddenAnswer(Answered, frozen=True, omit_defaults=False):
    """One place where git and live differ and only the rule keeps it from being shown.

    `verdict`: a person's, a pipeline's or git's change; a release that is kept away; or what controllers (or writers
    that nobody knows) do there. `proven` is false where the comparison could not be made again.
    """

    application: str
    app_namespace: str
    object: str
    namespace: str
    path: str
    field: str
    verdict: Literal["change", "release", "controller"]
    proven: bool
    says: str
    writers: tuple[str, ...]
    target: Value | msgspec.UnsetType = msgspec.UNSET
    live: Value | msgspec.UnsetType = msgspec.UNSET
    evidence: tuple[EvidenceAnswer, ...] = ()


class FaultAnswer(Answered, frozen=True):
    """What is wrong with a part of a rule, in a sentence, and the rules to write instead where there are better."""

    fault: Fault
    says: str
    instead: tuple[RuleAnswer, ...] = ()


class PartAnswer(Answered, frozen=True, omit_defaults=False):
    """One pointer, jq program or manager of a rule, or a compare option.

    `origin` is where it stands: `spec.ignoreDifferences[0]` of `application`, the annotation of an object that it has,
    or a key of the settings (`application` "" then). `covers` counts the places that it takes out of either side,
    `objects` those that it is written for. `judged` is false where not everything that it is for was read: then nothing
    is said of what it does not match.
    """

    application: str
    app_namespace: str
    instance: str
    origin: str
    form: Literal["pointer", "jq", "manager", "option"]
    part: str
    rule: RuleAnswer
    objects: int
    covers: int
    judged: bool
    faults: tuple[FaultAnswer, ...]
    hides: tuple[HiddenAnswer, ...]


class IgnoresSummary(Answered, frozen=True, omit_defaults=False):
    """The audit in numbers; `faults` counts parts."""

    applications: int
    parts: int
    hidden: int
    faults: dict[str, int]
    uncompared: int


class IgnoresAnswer(Answered, frozen=True, omit_defaults=False):
    """The audit of all rules, worst first. `not_proven` are objects whose comparison could not be made again."""

    read: ReadAnswer
    summary: IgnoresSummary
    rules: tuple[PartAnswer, ...]
    not_proven: tuple[GapAnswer, ...]
    schema: str = IGNORES_SCHEMA
