"""One answer about one application → what it says of findings, by their keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from whydrift.core.model.effect import Does
from whydrift.core.model.explanation import Side
from whydrift.core.model.finding import (
    HIDDEN,
    LONGEST,
    SEVERITIES,
    SHOWN,
    TROUBLE,
    About,
    ApplicationName,
    FindingKey,
    Found,
    RuledOut,
    Seen,
    Severity,
)
from whydrift.core.model.triage import (
    AcceptedAnswer,
    ApplicationAnswer,
    DifferenceAnswer,
    EffectAnswer,
    ObjectAnswer,
    RemedyAnswer,
    RuledOutAnswer,
    SyncAnswer,
    UnmaskedAnswer,
    Value,
)
from whydrift.core.report.sync_lines import at_difference, at_place, related
from whydrift.core.report.tally import ATTENTION, UNDECIDED, UNEXPLAINED, cause_of, objects_of
from whydrift.core.unmask.since import troubles_in

BUSY = frozenset({"Running", "Terminating"})
"""Phases of a sync that has not ended (Argo CD: gitops-engine pkg/sync/common, OperationPhase)."""
PROGRESSING = "Progressing"
DIGEST = 16


def seen(answer: ApplicationAnswer, at: str, scope: frozenset[str], fingerprint: str = "") -> Seen:
    """What an answer says at a time; it was masked and shielded before. `scope` is what was looked for."""
    busy = answer.argocd.operation in BUSY or answer.argocd.health == PROGRESSING or answer.agrees == "stale"
    return Seen(
        application=ApplicationName(answer.instance, answer.namespace, answer.name),
        at=at,
        project=answer.project,
        team=answer.team,
        labels=answer.labels,
        cluster=answer.cluster,
        sync=answer.argocd.sync,
        health=answer.argocd.health,
        revision=answer.argocd.revision,
        safe=_safe(answer.sync),
        whole=not answer.not_read,
        not_read=answer.not_read,
        settled=not busy,
        scope=scope - _not_looked(answer),
        found=_found(answer),
        answer=msgspec.json.encode(answer),
        fingerprint=fingerprint,
        unclear=_unclear(answer),
        ruled_out=tuple(_ruled_out(place, answer.sync) for place in answer.ruled_out),
    )


def _not_looked(answer: ApplicationAnswer) -> frozenset[str]:
    """What an answer knows nothing of, or not everything."""
    not_compared = {SHOWN, HIDDEN} if answer.agrees == "not-compared" else set()
    not_unmasked = {TROUBLE} if answer.unseen or isinstance(answer.unmasked, msgspec.UnsetType) else set()
    return frozenset(not_compared | not_unmasked | ({HIDDEN} if answer.gaps else set()))


def _safe(sync: SyncAnswer | msgspec.UnsetType) -> str:
    if isinstance(sync, msgspec.UnsetType):
        return ""
    if sync.safe:
        return "safe"
    return "unsafe" if any(not e.safe and e.does is not Does.UNKNOWN for e in sync.effects) else "unknown"


def _unclear(answer: ApplicationAnswer) -> frozenset[tuple[str, str]]:
    """The objects whose sides were not read.

    Those that could not be compared again are clear all the same: what differs is told by Argo CD's own comparison.
    """
    unread = {
        (item.id, item.namespace)
        for item in objects_of(answer)
        if any(not d.path and cause_of(d) == UNDECIDED for d in item.differences)
    }
    return frozenset(unread)


def _ruled_out(place: RuledOutAnswer, sync: SyncAnswer | msgspec.UnsetType) -> RuledOut:
    at = _key(place.object), _key(place.namespace), _key(place.path)
    if isinstance(sync, msgspec.UnsetType):
        return RuledOut(*at)
    item = place.object, place.namespace
    hurts = any(_hurts(effect) for effect in sync.effects if _touches(effect, item, place.path))
    return RuledOut(*at, _cut(at_place(item, place.path, sync)), hurts)


def _hurts(effect: EffectAnswer) -> bool:
    return effect.does is Does.FAIL or (not effect.safe and effect.does is not Does.UNKNOWN)


def _found(answer: ApplicationAnswer) -> tuple[Found, ...]:
    """Each finding once: of two with one key the one that hurts most is told."""
    kept: dict[FindingKey, Found] = {}
    for found in (*_fields(answer), *map(_trouble, troubles_in(answer))):
        there = kept.get(found.key)
        if there is None or _rank(found) < _rank(there):
            kept[found.key] = found
    return tuple(kept.values())


def _rank(found: Found) -> int:
    return SEVERITIES.index(found.severity)


def _fields(answer: ApplicationAnswer) -> Iterator[Found]:
    for item in objects_of(answer):
        for difference in item.differences:
            yield _field(item, difference, answer.sync)


def _field(item: ObjectAnswer, d: DifferenceAnswer, sync: SyncAnswer | msgspec.UnsetType) -> Found:
    foreseen = sync if isinstance(sync, SyncAnswer) else None
    remedy = d.remedy if isinstance(d.remedy, RemedyAnswer) else None
    return Found(
        key=FindingKey(About.FIELD, _key(item.id), _key(item.namespace), _key(d.path)),
        field=_cut(d.field),
        cause=cause_of(d),
        side=d.side.value if isinstance(d.side, Side) else "",
        severity=_severity(item, d, foreseen.effects if foreseen else ()),
        kind=d.kind,
        shown=d.shown,
        who=_cut(d.by) if isinstance(d.by, str) else "",
        since=d.since if isinstance(d.since, str) else "",
        why=_cut(_why(d)),
        target=_spelled(d.target),
        live=_spelled(d.live),
        remedy=remedy.kind.value if remedy else "",
        where=_cut(remedy.where) if remedy else "",
        sync=_cut(at_difference(item, d, foreseen)) if foreseen else "",
        accepted=_accepted(d),
    )


def _trouble(trouble: UnmaskedAnswer) -> Found:
    """What is broken; its field is the state that it is in, its cause the category."""
    return Found(
        key=FindingKey(About.TROUBLE, _key(trouble.object), _key(trouble.namespace), _key(f"/{trouble.container}")),
        field=_cut(trouble.state),
        cause=trouble.category.value,
        side="",
        severity=Severity.BROKEN,
        since=trouble.since,
        why=_cut(trouble.line),
        where=_cut(trouble.source) if isinstance(trouble.source, str) else "",
    )


def _severity(item: ObjectAnswer, d: DifferenceAnswer, effects: tuple[EffectAnswer, ...]) -> Severity:
    if isinstance(d.accepted, AcceptedAnswer):
        return Severity.NOISE
    here = [effect for effect in effects if _touches(effect, (item.id, item.namespace), d.path)]
    if any(map(_hurts, here)):
        return Severity.LOSES
    unknown = any(effect.does is Does.UNKNOWN for effect in here)
    if unknown or cause_of(d) in (UNEXPLAINED, UNDECIDED) or isinstance(d.side, msgspec.UnsetType):
        return Severity.UNEXPLAINED
    return Severity.ATTENTION if d.side in ATTENTION else Severity.NOISE


def _touches(effect: EffectAnswer, item: tuple[str, str], at: str) -> bool:
    """Whether an effect is one of a place: what fails, or names no path, is so of the whole object."""
    if (effect.object, effect.namespace) != item:
        return False
    return effect.does is Does.FAIL or not effect.paths or any(related(path, at) for path in effect.paths)


def _why(d: DifferenceAnswer) -> str:
    if d.explanations:
        return d.explanations[0].why
    return f"needs {d.undecided[0].needs}" if d.undecided else ""


def _accepted(d: DifferenceAnswer) -> str:
    said = d.accepted
    return _cut(f"until {said.until}, {said.owner}: {said.reason}") if isinstance(said, AcceptedAnswer) else ""


def _spelled(side: Value | msgspec.UnsetType) -> str:
    return "" if isinstance(side, msgspec.UnsetType) else _cut(msgspec.json.encode(side).decode())


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _key(text: str) -> str:
    """A part of a key: one that is cut still differs from every other, by a digest of the whole."""
    if len(text) <= LONGEST:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST]
    return f"{text[: LONGEST - DIGEST - 1]}…{digest}"
