"""Outcomes → the answer: what the stages found, in the words of design/answer.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from whydrift.core.compare.terms import Strategy
from whydrift.core.explain.conditions import comparison_failed
from whydrift.core.explain.engine import Examined
from whydrift.core.explain.strategy import compared_server_side
from whydrift.core.explain.writers import last_writer
from whydrift.core.judge.calibration import Agreement
from whydrift.core.judge.team import team_of
from whydrift.core.model.application import Application, Source
from whydrift.core.model.drift import Kind
from whydrift.core.model.effect import Effect, Forecast
from whydrift.core.model.explanation import Explanation, Side
from whydrift.core.model.facts import Gap
from whydrift.core.model.paths import for_people
from whydrift.core.model.remedy import Remedy
from whydrift.core.model.snapshot import TRACKING_ID, ObjectSnapshot, Verdict
from whydrift.core.model.sources import source_notes, source_type
from whydrift.core.model.telling import told
from whydrift.core.model.triage import (
    Agrees,
    ApplicationAnswer,
    ArgocdAnswer,
    AskAnswer,
    ComplaintAnswer,
    DifferenceAnswer,
    EffectAnswer,
    EvidenceAnswer,
    ExplanationAnswer,
    GapAnswer,
    NotReplayedAnswer,
    ObjectAnswer,
    RuledOutAnswer,
    SourceAnswer,
    State,
    SyncAnswer,
    UndecidedAnswer,
    UnmaskedAnswer,
    Value,
)
from whydrift.core.model.trouble import Complaint, Trouble
from whydrift.core.model.values import ABSENT, Json, MaybeJson, child, is_object, items, text
from whydrift.core.pipeline import ApplicationOutcome, ObjectOutcome
from whydrift.core.remedy.told import remedy_answer


def application_answer(outcome: ApplicationOutcome, sides: Mapping[str, Side], not_read: str = "") -> ApplicationAnswer:
    """One application of the answer; `sides` gives each cause's side, `not_read` why it could not be looked at."""
    application = outcome.snapshot.application
    return ApplicationAnswer(
        name=application.name,
        namespace=application.namespace,
        instance=application.instance,
        project=application.project,
        cluster=application.cluster,
        origin=origin(application),
        sources=tuple(_source(application, place, source) for place, source in enumerate(application.sources)),
        argocd=_argocd(application),
        compared_by=compared_by(outcome),
        agrees=_agrees(outcome, not_read),
        not_replayed=tuple(
            NotReplayedAnswer(object=c.key.id, namespace=c.key.namespace, why=c.why)
            for c in outcome.calibrations
            if c.agreement is Agreement.NOT_REPLAYED
        ),
        ruled_out=tuple(
            RuledOutAnswer(object=key.id, namespace=key.namespace, path=difference.pointer)
            for key, difference in outcome.ruled_out
        ),
        notes=(*source_notes(application), *_disagreements(outcome)),
        objects=tuple(_object(o, sides, outcome) for o in outcome.objects),
        not_read=not_read,
        sync=msgspec.UNSET if outcome.sync is None else _sync(outcome.sync),
        unmasked=msgspec.UNSET if outcome.broken is None else tuple(map(_unmasked, outcome.broken.troubles)),
        unseen=() if outcome.broken is None else tuple(map(_gap, outcome.broken.gaps)),
        gaps=tuple(map(_gap, outcome.gaps)),
        complaints=() if outcome.broken is None else tuple(map(_complaint, outcome.broken.complaints)),
        waits=() if outcome.broken is None else outcome.broken.waits,
        seen_at="" if outcome.broken is None else outcome.broken.at,
        labels=application.labels,
        team=team_of(application),
    )


def _argocd(application: Application) -> ArgocdAnswer:
    return ArgocdAnswer(
        sync=application.sync,
        health=application.health,
        revision=", ".join(application.revisions),
        reconciled_at=application.reconciled_at,
        conditions=tuple(f"{kind}: {message}" for kind, message in application.conditions),
        operation=text(application.operation, "phase"),
    )


def _complaint(found: Complaint) -> ComplaintAnswer:
    return ComplaintAnswer(
        object=found.key.id, namespace=found.key.namespace, container=found.container, line=found.line
    )


def _gap(gap: Gap) -> GapAnswer:
    return GapAnswer(what=gap.what, why=gap.why, needs=gap.needs)


def _unmasked(trouble: Trouble) -> UnmaskedAnswer:
    return UnmaskedAnswer(
        object=trouble.key.id,
        namespace=trouble.key.namespace,
        state=trouble.state,
        category=trouble.category,
        container=trouble.container,
        restarts=trouble.restarts,
        since=trouble.since,
        line=trouble.why.line,
        said_by=trouble.why.said_by,
        pods=trouble.pods,
        of=trouble.of,
        reason=trouble.reason or msgspec.UNSET,
        exit=msgspec.UNSET if trouble.exit is None else trouble.exit,
        source=trouble.origin.source or msgspec.UNSET,
        near=trouble.origin.near or msgspec.UNSET,
    )


def _sync(forecast: Forecast) -> SyncAnswer:
    return SyncAnswer(
        safe=forecast.safe,
        converges=forecast.converges,
        effects=tuple(_effect(effect) for effect in forecast.effects),
        because=forecast.because,
        automatic=forecast.automatic or msgspec.UNSET,
    )


def _effect(effect: Effect) -> EffectAnswer:
    return EffectAnswer(
        object=effect.key.id,
        namespace=effect.key.namespace,
        does=effect.does,
        paths=effect.paths,
        says=effect.says,
        safe=effect.safe,
        loses=effect.loses or msgspec.UNSET,
    )


def origin(application: Application) -> str:
    """Where the Application itself comes from: a parent, an ApplicationSet, Helm, or whoever wrote its spec."""
    tracking = text(application.raw, "metadata", "annotations", TRACKING_ID)
    if tracking:
        return f"application {tracking.partition(':')[0]}"
    for owner in items(application.raw, "metadata", "ownerReferences"):
        if text(owner, "kind") == "ApplicationSet":
            return f"ApplicationSet {text(owner, 'name')}"
    if text(application.raw, "metadata", "labels", "app.kubernetes.io/managed-by") == "Helm":
        return f"Helm release {text(application.raw, 'metadata', 'annotations', 'meta.helm.sh/release-name')}"
    writers = sorted(
        {text(entry, "manager") for entry in items(application.raw, "metadata", "managedFields") if _wrote_spec(entry)}
    )
    return f"written by {', '.join(writers)}" if writers else ""


def _wrote_spec(entry: Json) -> bool:
    """Whether a managed-fields entry states where the application comes from, and is not one of Argo CD's own."""
    fields = child(entry, "fieldsV1", "f:spec")
    return fields is not ABSENT and text(entry, "manager") != "argocd-application-controller"


def _source(application: Application, place: int, source: Source) -> SourceAnswer:
    revisions = application.revisions
    return SourceAnswer(
        repo=source.repo,
        path=source.path or source.chart,
        revision=revisions[place] if place < len(revisions) else source.target_revision,
        type=source_type(application, place),
    )


def compared_by(outcome: ApplicationOutcome) -> str:
    """The strategy that Argo CD uses for the application; a single object may ask for structured merge.

    Argo CD 3.6 has none, and compares what is applied server-side on its own side only where the application says so.
    """
    snapshot, application = outcome.snapshot, outcome.snapshot.application
    if "ServerSideDiff=true" in application.compare_options:
        return "server-side"
    if not application.server_side_apply:
        return "three-way"
    first = next((item for item in snapshot.objects or () if item.compared and is_object(item.live)), None)
    if first is not None and compared_server_side(application, first):
        return "server-side"
    by_patches = any(c.strategy in (Strategy.TWO_WAY, Strategy.THREE_WAY) for c in outcome.calibrations)
    return "three-way" if by_patches else "structured-merge"


def _agrees(outcome: ApplicationOutcome, not_read: str) -> Agrees:
    """Whether our comparison gives Argo CD's verdict: of what was not read it gives none."""
    if comparison_failed(outcome.snapshot):
        return "not-compared"
    return "stale" if outcome.stale else not not_read and not any(_disagreements(outcome))


def _disagreements(outcome: ApplicationOutcome) -> Iterator[str]:
    """Every object whose verdict our comparison does not give, in a sentence; and that this Argo CD is too old."""
    yield from dict.fromkeys(c.why for c in outcome.calibrations if c.agreement is Agreement.NOT_CALIBRATED)
    yield from (f"{c.key}: {c.why}" for c in outcome.calibrations if c.agreement is Agreement.DISAGREES)


def _object(found: ObjectOutcome, sides: Mapping[str, Side], outcome: ApplicationOutcome) -> ObjectAnswer:
    item = found.object
    remedies = {f.difference: outcome.remedies.get((item.key, f.difference)) for f in found.findings}
    return ObjectAnswer(
        id=item.key.id,
        namespace=item.key.namespace,
        argocd=item.verdict.value,
        state=_state(item, found.findings),
        differences=tuple(
            _difference(item, finding, sides, remedies[finding.difference]) for finding in found.findings
        ),
        server=_server(outcome.server_views.get(item.key)),
    )


def _server(unchanged: bool | None) -> Literal["no change", "changes"] | msgspec.UnsetType:
    if unchanged is None:
        return msgspec.UNSET
    return "no change" if unchanged else "changes"


def _state(item: ObjectSnapshot, findings: tuple[Examined, ...]) -> State:
    if any(finding.difference.whole and finding.difference.kind is Kind.MISSING for finding in findings):
        return "missing"
    if any(finding.difference.whole and finding.difference.kind is Kind.EXTRA for finding in findings):
        return "extra"
    shown = any(finding.difference.shown for finding in findings)
    return "modified" if shown or item.verdict is Verdict.OUT_OF_SYNC else "equal"


def _difference(
    item: ObjectSnapshot, finding: Examined, sides: Mapping[str, Side], remedy: Remedy | None
) -> DifferenceAnswer:
    d = finding.difference
    root = item.live if d.kind is Kind.EXTRA else item.target
    target, live = _values(d.target, d.live)
    side, writer, asking = side_of(finding, sides), last_writer(item, d), finding.asking
    return DifferenceAnswer(
        path=d.pointer,
        field=for_people(d.path, root),
        kind=d.kind.value,
        shown=d.shown,
        order=True if d.order else msgspec.UNSET,
        target=msgspec.UNSET if d.whole else target,
        live=msgspec.UNSET if d.whole else live,
        explanations=tuple(_explanation(explanation) for explanation in finding.explanations),
        undecided=tuple(UndecidedAnswer(cause=u.cause, needs=u.needs, why=u.why) for u in finding.undecided),
        side=msgspec.UNSET if side is None else side,
        because=finding.because or msgspec.UNSET,
        remedy=msgspec.UNSET if remedy is None else remedy_answer(remedy),
        asks=AskAnswer(whom=asking.whom, question=asking.question) if asking else msgspec.UNSET,
        by=writer.manager if writer else msgspec.UNSET,
        since=writer.time if writer and writer.time else msgspec.UNSET,
    )


def side_of(finding: Examined, sides: Mapping[str, Side]) -> Side | None:
    """The side that the strongest explanation speaks for; unexplained, ask whoever wrote it."""
    if not finding.explanations:
        return Side.ASK if finding.asking else None
    first = finding.explanations[0]
    return first.side or sides[first.cause]


def _values(target: MaybeJson, live: MaybeJson) -> tuple[Value | msgspec.UnsetType, Value | msgspec.UnsetType]:
    equal = target == live
    return told(target, equal), told(live, equal)


def _explanation(explanation: Explanation) -> ExplanationAnswer:
    return ExplanationAnswer(
        cause=explanation.cause,
        strength=explanation.strength,
        why=explanation.why,
        evidence=tuple(EvidenceAnswer(fact=e.fact, says=e.says) for e in explanation.evidence),
    )
