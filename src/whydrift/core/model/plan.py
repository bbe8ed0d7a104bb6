"""The plan: proven fixes as ordered steps, and what they were computed from. `plan.json` is this, versioned."""

from __future__ import annotations

from typing import Literal

import msgspec

from whydrift.core.model.remedy import How, RemedyKind, Safety
from whydrift.core.model.triage import Answered, GapAnswer, Value

SCHEMA = "whydrift.plan/1"

StepKind = Literal["commit", "application", "annotate", "sync", "refresh", "delete", "manual", "ask"]
"""commit: an edit in git · application: a patch of an Application that is in no git · annotate: of a live object ·
manual: out-of-band, with the commands · ask: somebody has to decide."""


class ObjectRef(Answered, frozen=True):
    """One object of one application, as it was when the plan was made. `id` is group/Kind/name.

    `digest` (`core.model.digest`) tells a change that matters from a new status; "": any new resourceVersion counts.
    """

    id: str
    namespace: str = ""
    api_version: str = ""
    uid: str = ""
    resource_version: str = ""
    digest: str = ""


class ApplicationRef(Answered, frozen=True):
    """One application, as it was when the plan was made; `revisions` were compared, `digest` is as in `ObjectRef`."""

    name: str
    namespace: str = ""
    instance: str = ""
    cluster: str = ""
    resource_version: str = ""
    digest: str = ""
    revisions: tuple[str, ...] = ()
    automated: bool = False

    @property
    def named(self) -> str:
        """`[INSTANCE:]NAMESPACE/NAME`, as steps and fields name it."""
        full = f"{self.namespace}/{self.name}"
        return f"{self.instance}:{full}" if self.instance else full


class FieldRef(Answered, frozen=True):
    """One difference that a step is about, as `explain` names it; `wanted` is what target shall say, masked.

    `wanted` is left out where the field shall go, and where nothing in git changes. `by` wrote what live holds, apart
    from Argo CD, `since` says when; both "" where the managed fields do not tell. `side` is the side that is right,
    `where` the place that is edited for it. `why` is its own reason, where a step has several.
    """

    application: str
    object: str
    namespace: str
    path: str
    cause: str
    target: Value | msgspec.UnsetType = msgspec.UNSET
    live: Value | msgspec.UnsetType = msgspec.UNSET
    wanted: Value | msgspec.UnsetType = msgspec.UNSET
    shown: bool = True
    side: str = ""
    by: str = ""
    since: str = ""
    where: str = ""
    why: str = ""


class EditStep(Answered, frozen=True):
    """One edited file of a commit. `before` is the SHA-256 of the content that it was computed from."""

    file: str
    line: int
    how: How
    before: str
    diff: str


class ProofStep(Answered, frozen=True):
    """What comparing again with the step in place said; `why_not` is set where there is no proof."""

    closes: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    wider: tuple[str, ...] = ()
    why_not: str = ""


class Step(Answered, frozen=True, kw_only=True):
    """One step. `after` are ids of steps that come before it. `commands` and `rollback` are what a person would run.

    A commit has `repo`, `branch` (what the application tracks), `revision` (what it was computed from), `edits` and
    `patch` (its file beside plan.json). `patch` of an application step is a JSON merge patch of the resource in
    `merge`. A delete names its `objects` in their order, dependents first. `where` is a place to look at.
    """

    id: str
    kind: StepKind
    remedy: RemedyKind
    title: str
    why: str
    causes: tuple[str, ...]
    applications: tuple[str, ...]
    safety: Safety
    proof: ProofStep
    objects: tuple[ObjectRef, ...] = ()
    fields: tuple[FieldRef, ...] = ()
    after: tuple[str, ...] = ()
    where: str = ""
    repo: str = ""
    branch: str = ""
    revision: str = ""
    edits: tuple[EditStep, ...] = ()
    patch: str = ""
    merge: dict[str, object] = msgspec.field(default_factory=dict)
    commands: tuple[str, ...] = ()
    rollback: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()


class Left(Answered, frozen=True):
    """A difference for which the plan has no step, and why; `accepted`: somebody decided to live with it."""

    application: str
    object: str
    namespace: str
    path: str
    why: str
    accepted: bool = False


class Plan(Answered, frozen=True, kw_only=True, omit_defaults=False):
    """A plan. `source` is what was read ("from" in JSON), `at` when (RFC 3339)."""

    source: str = msgspec.field(name="from")
    at: str
    by: str
    argocd: str
    applications: tuple[ApplicationRef, ...]
    steps: tuple[Step, ...]
    left: tuple[Left, ...]
    gaps: tuple[GapAnswer, ...]
    schema: str = SCHEMA
