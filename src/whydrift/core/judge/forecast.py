"""The forecast: everything that a sync now would do to an application, and what Argo CD would say of it afterwards."""

from __future__ import annotations

from dataclasses import replace

from whydrift.core.compare.differences import Change
from whydrift.core.compare.hooks import counts_as_hook, is_ignored_hook, is_skipped, says_hook
from whydrift.core.explain.engine import Examined
from whydrift.core.explain.ignoring import RESPECT
from whydrift.core.explain.missing import not_watched
from whydrift.core.judge.bands import rescaled
from whydrift.core.judge.conclusion import concluded
from whydrift.core.judge.convergence import scaled_back, settles
from whydrift.core.judge.dangers import new_danger
from whydrift.core.judge.effects import changes_of, effects_of
from whydrift.core.judge.freshness import unseen_commits
from whydrift.core.judge.invalid import invalid_value
from whydrift.core.judge.losses import takes_something
from whydrift.core.judge.namespace import namespace_effects, without_namespace
from whydrift.core.judge.predict import Predicted, Way, created, predicted
from whydrift.core.judge.prunes import pruned
from whydrift.core.judge.refusals import refused_change, refused_value
from whydrift.core.judge.respect import respected
from whydrift.core.judge.runs import hook_effects, hooks_of, runs
from whydrift.core.judge.situation import Situation, is_forced, migrated_managers, way_of
from whydrift.core.judge.stops import error_stands, refused_as_a_whole, refused_before, stopped
from whydrift.core.judge.unchanged import surely_merged, surely_unchanged
from whydrift.core.judge.waves import in_their_order
from whydrift.core.judge.webhooks import admission_unknown
from whydrift.core.model.application import Application
from whydrift.core.model.effect import Does, Effect, Forecast
from whydrift.core.model.explanation import Side
from whydrift.core.model.paths import pointer
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict
from whydrift.core.model.values import ABSENT, JsonObject, is_object, mapping
from whydrift.errors import NotComparable

Told = tuple[tuple[Effect, ...], bool]
"""The effects on one object, and whether Argo CD calls it Synced afterwards."""


def forecast(situation: Situation) -> Forecast:
    """What a sync now would do. What cannot be predicted is an unknown effect, and unknown is not safe."""
    whole = stopped(situation)
    if whole:
        return concluded(whole, situation.application.sync == "Synced", situation)
    if situation.snapshot.objects is None:
        unread = Effect(situation.itself, Does.UNKNOWN, "what it would change is not known: nothing was read", False)
        return concluded((unread,), False, situation)
    return _object_by_object(situation)


def _object_by_object(situation: Situation) -> Forecast:
    before, standing = refused_before(situation), error_stands(situation)
    nothing_applied = bool(standing) or refused_as_a_whole(situation)
    failing = {effect.key for effect in before}
    effects: list[Effect] = [*standing, *before]
    converges = not before
    for item in situation.snapshot.objects or ():
        found, settled = _on_object(item, situation)
        if item.key in failing or nothing_applied:
            found, settled = tuple(e for e in found if not e.safe), item.verdict is Verdict.SYNCED
        effects += found
        converges = converges and settled
    effects += [*namespace_effects(situation), *hook_effects(situation), *unseen_commits(situation)]
    return concluded(in_their_order(effects, hooks_of(situation), situation), converges, situation)


def _on_object(item: ObjectSnapshot, situation: Situation) -> Told:
    target, live = item.target, item.live
    newer = situation.overtaken(item.key)
    if newer is not None:
        return _overtaken(item, newer, situation)
    if _takes_no_part(item):
        return (), True
    if target is ABSENT and live is ABSENT and item.verdict is not Verdict.SYNCED:
        return (
            Effect(item.key, Does.UNKNOWN, f"what it would do to {item.key} is not known: it was not read", False),
        ), False
    if not is_object(target):
        if not is_object(live) or item.verdict is not Verdict.OUT_OF_SYNC:
            return (), True
        effect, gone = pruned(item, situation)
        return (effect,), gone
    if is_left_out(situation.application, item.verdict):
        return (), True
    told = _applied(item, target, live, situation) if is_object(live) else _created(item, target, situation)
    return (*told[0], *admission_unknown(item, told[0], situation), *_doubted(item, told[0], situation)), told[1]


def _doubted(item: ObjectSnapshot, effects: tuple[Effect, ...], situation: Situation) -> tuple[Effect, ...]:
    """That no prediction is worth anything for an object whose verdict our comparison does not give."""
    why = situation.doubted.get(item.key, "")
    if not why or any(not effect.safe for effect in effects):
        return ()
    return (Effect(item.key, Does.UNKNOWN, f"what it would do to {item.key} is not known: {why}", False),)


def is_left_out(application: Application, verdict: Verdict) -> bool:
    """Whether a sync leaves an object out because it is Synced (ApplyOutOfSyncOnly)."""
    return "ApplyOutOfSyncOnly=true" in application.sync_options and verdict is Verdict.SYNCED


def _takes_no_part(item: ObjectSnapshot) -> bool:
    if item.hook:
        return True
    target = item.target
    if not is_object(target) or not says_hook(target):
        return False
    return counts_as_hook(target) or is_ignored_hook(target) or is_skipped(target)


def _created(item: ObjectSnapshot, target: JsonObject, situation: Situation) -> Told:
    why = not_watched(situation.application, item.key)
    if why:
        says = (
            f"what it would do to {item.key} is not known: Argo CD does not watch it, and may not see that it is there"
        )
        return (Effect(item.key, Does.UNKNOWN, says, False, ("",)),), False
    way = way_of(situation.application, target, ABSENT, situation.release)
    try:
        made = created(target, situation.terms)
    except NotComparable as error:
        return (_fails(item, str(error)),), False
    why = (
        _forbidden(item)
        or without_namespace(item.key, situation)
        or refused_value(made, target, way, update=False)
        or invalid_value(item, made, situation)
    )
    if why:
        return (_fails(item, why),), False
    if runs(item.key):
        return (
            Effect(item.key, Does.CREATE, f"creates {item.key}, which runs", False, ("",), _cause(item, situation)),
        ), True
    found = (finding for finding in situation.findings.get(item.key, ()) if _cause_of(finding) != "sync-is-failing")
    asked = any(situation.cause_side(finding) is Side.ASK for finding in found)
    cause = _cause(item, situation) if asked else ""
    feared = new_danger(made)
    if feared:
        return (Effect(item.key, Does.CREATE, f"creates {item.key}: {feared}", False, ("",), cause),), True
    return (Effect(item.key, Does.CREATE, f"creates {item.key}", not asked, ("",), cause),), True


def _forbidden(item: ObjectSnapshot) -> str:
    return "the project does not permit it" if item.verdict is Verdict.UNKNOWN and item.compared else ""


def _applied(item: ObjectSnapshot, target: JsonObject, live: JsonObject, situation: Situation) -> Told:
    way = way_of(situation.application, target, live, situation.release)
    settled_already = item.verdict is Verdict.SYNCED and item.compared
    if settled_already and _changes_nothing(target, live, way, situation):
        return (), True
    try:
        sent = respected(target, live, situation.terms) if _respects(situation) else target
        after = predicted(sent, live, way, situation.terms, migrated_managers(situation.application))
    except NotComparable as error:
        return _unpredicted(item, way, str(error), situation)
    found = changes_of(after)
    why = _refused(item, after, found, sent, way) or (invalid_value(item, after.after, situation) if found else "")
    if why:
        return _when_refused(item, after, why, situation)
    if not found and settled_already:
        return (), True
    effects = effects_of(item, after, found, situation) if found else _leaves(item, situation)
    if way is Way.REPLACE and found:
        effects = (
            *effects,
            Effect(item.key, Does.REPLACE, f"replaces {item.key} as a whole", all(e.safe for e in effects), ("",)),
        )
    effects = (*effects, *rescaled(item, after, effects, situation))
    settled = item.compared and settles(item, target, after, situation) and not scaled_back(item, found, situation)
    return effects, settled


def _leaves(item: ObjectSnapshot, situation: Situation) -> tuple[Effect, ...]:
    """That a difference stays as it is."""
    shown = (f.difference for f in situation.findings.get(item.key, ()) if f.difference.shown)
    paths = tuple(difference.pointer for difference in shown)
    says = f"changes nothing in {item.key}: the server keeps or writes what it has"
    return (Effect(item.key, Does.NOTHING, says, True, paths),) if paths else ()


def _changes_nothing(target: JsonObject, live: JsonObject, way: Way, situation: Situation) -> bool:
    """Whether a sync surely leaves an object as it is: most are so, and need no prediction."""
    match way:
        case Way.CLIENT_SIDE:
            return surely_unchanged(target, live, situation.terms)
        case Way.SERVER_SIDE if not _respects(situation):
            return surely_merged(target, live, situation.terms, migrated_managers(situation.application))
        case _:
            return False


def _respects(situation: Situation) -> bool:
    return RESPECT in situation.application.sync_options


def _refused(item: ObjectSnapshot, after: Predicted, found: tuple[Change, ...], sent: JsonObject, way: Way) -> str:
    key = item.key
    if not found:
        return ""
    rebinding = key.group == "rbac.authorization.k8s.io" and way is Way.CLIENT_SIDE
    change = "" if rebinding else refused_change(after.before, after.after, found, (key.group, key.kind))
    return change or refused_value(after.after, sent, way, update=True)


def _when_refused(item: ObjectSnapshot, after: Predicted, why: str, situation: Situation) -> Told:
    if is_forced(item.target, item.live, situation.release):
        says = f"deletes {item.key} and creates it anew: {why}"
        return (Effect(item.key, Does.REPLACE, says, False, ("",)),), True
    return (_fails(item, why),), item.verdict is Verdict.SYNCED and item.compared


def _unpredicted(item: ObjectSnapshot, way: Way, why: str, situation: Situation) -> Told:
    known = situation.terms.knowledge.schemas.type_of(item.api_version, item.key.kind) is not None
    feared = takes_something(item, situation)
    if way is Way.SERVER_SIDE and known and not feared:
        return (_fails(item, why),), item.verdict is Verdict.SYNCED and item.compared
    if item.verdict is Verdict.SYNCED and _states_no_more(item.target, item.live):
        return (), True
    says = f"what it would change in {item.key} is not known: {why}"
    return (Effect(item.key, Does.UNKNOWN, says, False, (), feared),), item.verdict is Verdict.SYNCED


def _states_no_more(target: object, live: object) -> bool:
    """Whether live has everything that git states."""
    if isinstance(target, dict) and isinstance(live, dict):
        return all(key in live and _states_no_more(part, live[key]) for key, part in target.items())
    if isinstance(target, list) and isinstance(live, list):
        return len(target) == len(live) and all(_states_no_more(a, b) for a, b in zip(target, live, strict=True))
    return target == live


def _overtaken(item: ObjectSnapshot, newer: object, situation: Situation) -> Told:
    """An object that a commit changes which Argo CD has not looked at: a sync takes that commit."""
    revision = situation.newest.revision[:8] if situation.newest else ""
    says = f"brings commit {revision}, which Argo CD has not looked at, to {item.key}"
    unknown = Effect(item.key, Does.UNKNOWN, says, False, (), "verdict-is-stale")
    live = item.live
    if not is_object(newer) or not is_object(live):
        return (unknown,), True
    marks = mapping(item.target, "metadata", "annotations") if is_object(item.target) else {}
    metadata: JsonObject = {**mapping(newer, "metadata"), "namespace": item.key.namespace}
    metadata["annotations"] = {
        **mapping(metadata, "annotations"),
        **{key: value for key, value in marks.items() if key.startswith("argocd.argoproj.io/tracking")},
    }
    target: JsonObject = {**newer, "metadata": metadata}
    way = way_of(situation.application, target, live, situation.release)
    try:
        after = predicted(target, live, way, situation.terms)
    except NotComparable:
        return (unknown,), True
    found = changes_of(after)
    settled = settles(item, target, after, situation)
    paths = tuple(pointer(change.left if change.on_left is not ABSENT else change.right) for change in found)
    return ((replace(unknown, paths=paths),) if found else ()), settled


def _fails(item: ObjectSnapshot, why: str) -> Effect:
    return Effect(item.key, Does.FAIL, f"fails: {why}", True)


def _cause(item: ObjectSnapshot, situation: Situation) -> str:
    return next((cause for f in situation.findings.get(item.key, ()) if (cause := _cause_of(f))), "")


def _cause_of(finding: Examined) -> str:
    return finding.explanations[0].cause if finding.explanations else ""
