"""What a sync does to an object that git has and the cluster does not: it makes it, or is refused."""

from __future__ import annotations

from whydrift.core.explain.missing import not_watched
from whydrift.core.explain.syncing import Refusal, classify
from whydrift.core.judge.dangers import new_danger
from whydrift.core.judge.invalid import invalid_value
from whydrift.core.judge.namespace import without_namespace
from whydrift.core.judge.predict import created
from whydrift.core.judge.refusals import refused_value
from whydrift.core.judge.rehearsal import refused_in_dry_run
from whydrift.core.judge.runs import runs
from whydrift.core.judge.situation import Situation, way_of
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.explanation import Side
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict
from whydrift.core.model.values import ABSENT, JsonObject
from whydrift.errors import NotComparable

Told = tuple[tuple[Effect, ...], bool]
"""The effects on one object, and whether Argo CD calls it Synced afterwards."""


def on_new(item: ObjectSnapshot, target: JsonObject, situation: Situation) -> Told:
    """What a sync does to an object that is not there."""
    if not_watched(situation.application, item.key):
        says = (
            f"what it would do to {item.key} is not known: Argo CD does not watch it, and may not see that it is there"
        )
        return (Effect(item.key, Does.UNKNOWN, says, False, ("",)),), False
    way = way_of(situation.application, target, ABSENT, situation.release)
    try:
        made = created(target, situation.terms)
    except NotComparable as error:
        return (fails(item, str(error)),), False
    why = (
        _forbidden(item)
        or without_namespace(item.key, situation)
        or refused_value(made, target, way, update=False)
        or invalid_value(item, made, situation)
    )
    if why:
        return (fails(item, why),), False
    said, effect = refused_in_dry_run(item, None, situation), _made(item, made, situation)
    return refused_by_server(item, said, (effect,)) if said else ((effect,), True)


def _made(item: ObjectSnapshot, made: JsonObject, situation: Situation) -> Effect:
    if runs(item.key):
        return Effect(item.key, Does.CREATE, f"creates {item.key}, which runs", False, ("",), _cause(item, situation))
    found = (finding for finding in situation.findings.get(item.key, ()) if finding.cause != "sync-is-failing")
    asked = any(situation.cause_side(finding) is Side.ASK for finding in found)
    cause = _cause(item, situation) if asked else ""
    feared = new_danger(made)
    if feared:
        return Effect(item.key, Does.CREATE, f"creates {item.key}: {feared}", False, ("",), cause)
    return Effect(item.key, Does.CREATE, f"creates {item.key}", not asked, ("",), cause)


def refused_by_server(item: ObjectSnapshot, said: str, effects: tuple[Effect, ...]) -> Told:
    """A refused dry run, and what of these effects counts all the same.

    A policy may let in Argo CD where it does not let in whoever asked, and a quota has room again any moment.
    """
    passing = classify(said) in (Refusal.POLICY, Refusal.QUOTA)
    lost = tuple(effect for effect in effects if not effect.safe) if passing else ()
    return (fails(item, said), *lost), item.verdict is Verdict.SYNCED and item.compared


def fails(item: ObjectSnapshot, why: str) -> Effect:
    """That a sync is refused for an object: nothing is lost by it."""
    return Effect(item.key, Does.FAIL, f"fails: {why}", True)


def _forbidden(item: ObjectSnapshot) -> str:
    return "the project does not permit it" if item.verdict is Verdict.UNKNOWN and item.compared else ""


def _cause(item: ObjectSnapshot, situation: Situation) -> str:
    """The cause of the first difference of an object that has one."""
    return next((f.cause for f in situation.findings.get(item.key, ()) if f.cause), "")
