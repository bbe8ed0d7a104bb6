"""The whole answer (design/answer.md): the only thing that renderers read. The JSON Schema is generated from it."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from whydrift.core.model.effect import Does
from whydrift.core.model.explanation import Side, Strength
from whydrift.core.model.finding import ApplicationName
from whydrift.core.model.remedy import How, RemedyKind, Safety
from whydrift.core.model.trouble import Category, SaidBy

SCHEMA = "whydrift.answer/1"

Value: TypeAlias = bool | int | float | str | list[object] | dict[str, object] | None
"""Any JSON value, in words that both mypy and msgspec understand."""
Agrees = bool | Literal["stale", "not-compared"]
State = Literal["modified", "missing", "extra", "equal"]


class Answered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """Fields that hold nothing are left out."""


class EvidenceAnswer(Answered, frozen=True):
    """One checkable statement: which fact, and what it says."""

    fact: str
    says: str


class ExplanationAnswer(Answered, frozen=True):
    """A cause with its proof."""

    cause: str
    strength: Strength
    why: str
    evidence: tuple[EvidenceAnswer, ...] = ()


class UndecidedAnswer(Answered, frozen=True):
    """A cause that may apply, and what a reader would have to be granted to decide it."""

    cause: str
    needs: str
    why: str = ""


class AskAnswer(Answered, frozen=True):
    """Whom to ask about a difference on side `ask` (people, teams, or what is known of them), and what."""

    whom: tuple[str, ...]
    question: str


class ProofAnswer(Answered, frozen=True):
    """What comparing again with a remedy in place says: differences that it closes, leaves and hides, in words.

    `wider` names what else the same edit changes; `why_not` says why there is no proof ("": it is proven).
    """

    closes: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    wider: tuple[str, ...] = ()
    why_not: str = ""


class RemedyAnswer(Answered, frozen=True):
    """What should be done about a difference. `where` is `file:line` or a place in the Application's own spec.

    `edit` is a unified diff; `how` says what it edits. `rule` is an entry of `spec.ignoreDifferences`, `options` are
    sync or compare options that go with it. `instead` names what works as well, with the reason why it is second.
    """

    kind: RemedyKind
    safety: Safety
    why: str
    how: How | msgspec.UnsetType = msgspec.UNSET
    where: str = ""
    repo: str = ""
    edit: str = ""
    rule: dict[str, object] | msgspec.UnsetType = msgspec.UNSET
    options: tuple[str, ...] = ()
    proof: ProofAnswer | msgspec.UnsetType = msgspec.UNSET
    instead: tuple[str, ...] = ()


class AcceptedAnswer(Answered, frozen=True):
    """Why a difference is lived with, who answers for it, and until when (RFC 3339 date)."""

    reason: str
    owner: str
    until: str


class DifferenceAnswer(Answered, frozen=True, omit_defaults=False):
    """One field that differs. `target`, `live`, `base` are left out where a side has none.

    `because` is the reason for the side in a sentence; `asks` is there where the side is `ask`.

    `by` is the manager that wrote what live holds, apart from Argo CD, and `since` when (RFC 3339), both where the
    managed fields tell.
    """

    path: str
    field: str
    kind: Literal["modified", "missing", "extra"]
    shown: bool
    explanations: tuple[ExplanationAnswer, ...]
    target: Value | msgspec.UnsetType = msgspec.UNSET
    live: Value | msgspec.UnsetType = msgspec.UNSET
    base: Value | msgspec.UnsetType = msgspec.UNSET
    undecided: tuple[UndecidedAnswer, ...] = ()
    side: Side | msgspec.UnsetType = msgspec.UNSET
    because: str | msgspec.UnsetType = msgspec.UNSET
    asks: AskAnswer | msgspec.UnsetType = msgspec.UNSET
    remedy: RemedyAnswer | msgspec.UnsetType = msgspec.UNSET
    accepted: AcceptedAnswer | msgspec.UnsetType = msgspec.UNSET
    order: bool | msgspec.UnsetType = msgspec.UNSET
    by: str | msgspec.UnsetType = msgspec.UNSET
    since: str | msgspec.UnsetType = msgspec.UNSET


class ObjectAnswer(Answered, frozen=True, omit_defaults=False):
    """One object with its differences; `id` is group/Kind/name.

    `server` is what a dry run of git's object said, where one was made (`--dry-run`).
    """

    id: str
    namespace: str
    argocd: str
    state: State
    differences: tuple[DifferenceAnswer, ...]
    server: Literal["no change", "changes"] | msgspec.UnsetType = msgspec.UNSET


class EffectAnswer(Answered, frozen=True, omit_defaults=False):
    """One thing that a sync would do; `loses` is the cause whose change would be lost."""

    object: str
    namespace: str
    does: Does
    paths: tuple[str, ...]
    says: str
    safe: bool
    loses: str | msgspec.UnsetType = msgspec.UNSET


class SyncAnswer(Answered, frozen=True, omit_defaults=False):
    """What a sync now would do. `converges`: Argo CD would call the application Synced after it.

    `safe` is true only when every effect is known and none loses what somebody wants; `automatic` says what happens
    without anybody pressing.
    """

    safe: bool
    converges: bool
    effects: tuple[EffectAnswer, ...]
    because: str
    automatic: str | msgspec.UnsetType = msgspec.UNSET


class UnmaskedAnswer(Answered, frozen=True, omit_defaults=False):
    """One thing that is broken now. `object` is the managed object, `line` the first that says why ("": nothing does).

    `source` is the likeliest place in git: `file:line`; "none" where git's files hold no cause; left out if not known.
    `change` compares with an earlier look.
    """

    object: str
    namespace: str
    state: str
    category: Category
    container: str
    restarts: int
    since: str
    line: str
    said_by: SaidBy
    pods: tuple[str, ...]
    of: int
    reason: str | msgspec.UnsetType = msgspec.UNSET
    exit: int | msgspec.UnsetType = msgspec.UNSET
    source: str | msgspec.UnsetType = msgspec.UNSET
    near: str | msgspec.UnsetType = msgspec.UNSET
    change: Literal["new", "still"] | msgspec.UnsetType = msgspec.UNSET


class ComplaintAnswer(Answered, frozen=True):
    """An error in the log of a container that runs and is ready."""

    object: str
    namespace: str
    container: str
    line: str


class GapAnswer(Answered, frozen=True):
    """Something that was not read."""

    what: str
    why: str
    needs: str = ""


class SourceAnswer(Answered, frozen=True):
    """One source of an application."""

    repo: str
    path: str = ""
    revision: str = ""
    type: str = ""


class NotReplayedAnswer(Answered, frozen=True):
    """One object that could not be compared again as Argo CD compares it, and why; `agrees` leaves it out."""

    object: str
    namespace: str
    why: str


class RuledOutAnswer(Answered, frozen=True):
    """One place where git and the cluster differ and an ignore rule keeps Argo CD from showing it.

    No cause proves that it is worth telling.
    """

    object: str
    namespace: str
    path: str


class ArgocdAnswer(Answered, frozen=True):
    """Argo CD's own words, quoted. `operation` is the phase of the last (or running) sync."""

    sync: str
    health: str = ""
    revision: str = ""
    reconciled_at: str = ""
    conditions: tuple[str, ...] = ()
    operation: str = ""


class ApplicationAnswer(Answered, frozen=True):
    """One application. `unmasked` is left out where nobody looked, `unseen` could not be looked at for it.

    `agrees` is false beside `notRead`, for what was not read was not compared again. `seen_at` is the time that ages
    are counted to; `recovered` was broken at an earlier look and is not any more; `health_before` is what Argo CD said
    of its health then; `complaints` are what its containers write that run, looked for where it was Progressing then
    and is not any more. `gaps` are what was not read of objects that Argo CD does not list. `waits` say what is not
    well, and not called broken. `labels` are the Application's own; `team` is who looks after it, as one of its labels
    or annotations says. `ruled_out` are places that differ under an ignore rule, and that nothing is told of because no
    cause proves that they are worth it.
    """

    name: str
    namespace: str
    project: str
    argocd: ArgocdAnswer
    agrees: Agrees
    objects: tuple[ObjectAnswer, ...] | msgspec.UnsetType = msgspec.UNSET
    instance: str = ""
    cluster: str = ""
    origin: str = msgspec.field(name="from", default="")
    sources: tuple[SourceAnswer, ...] = ()
    compared_by: str = ""
    not_read: str = ""
    not_replayed: tuple[NotReplayedAnswer, ...] = ()
    ruled_out: tuple[RuledOutAnswer, ...] = ()
    notes: tuple[str, ...] = ()
    sync: SyncAnswer | msgspec.UnsetType = msgspec.UNSET
    unmasked: tuple[UnmaskedAnswer, ...] | msgspec.UnsetType = msgspec.UNSET
    recovered: tuple[UnmaskedAnswer, ...] = ()
    health_before: str = ""
    complaints: tuple[ComplaintAnswer, ...] = ()
    waits: tuple[str, ...] = ()
    unseen: tuple[GapAnswer, ...] = ()
    gaps: tuple[GapAnswer, ...] = ()
    seen_at: str = ""
    labels: dict[str, str] = {}
    team: str = ""

    @property
    def selector(self) -> str:
        """`[INSTANCE:]NAMESPACE/NAME`, as selectors take it."""
        return str(ApplicationName(self.instance, self.namespace, self.name))

    @property
    def unread(self) -> tuple[GapAnswer, ...]:
        """All that could not be looked at: what may be broken, and what Argo CD does not list."""
        return (*self.unseen, *self.gaps)


class ReadAnswer(Answered, frozen=True, omit_defaults=False):
    """What was read, from where, and what was not."""

    source: str = msgspec.field(name="from")
    at: str
    complete: bool
    gaps: tuple[GapAnswer, ...]
    requests: int
    renders: int
    argocd_version: str = ""
    notes: tuple[str, ...] = ()


class SummaryAnswer(Answered, frozen=True, omit_defaults=False):
    """The fleet in numbers. `at_risk` counts the applications whose sync is known to lose something, where asked."""

    applications: int
    out_of_sync: int
    unknown: int
    fields: int
    causes: dict[str, int]
    unexplained: int
    undecided: int
    hidden: int
    accepted: int = 0
    at_risk: int = 0


class Answer(Answered, frozen=True, omit_defaults=False):
    """The answer of a command, as one document."""

    read: ReadAnswer
    summary: SummaryAnswer
    applications: tuple[ApplicationAnswer, ...]
    schema: str = SCHEMA
