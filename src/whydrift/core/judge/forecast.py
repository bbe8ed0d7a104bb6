"""The forecast: everything that a sync now would do to an application, and what Argo CD would say of it afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from whydrift.core.compare.differences import Change
from whydrift.core.judge.applying import is_left_out, respects, sent_by_sync, takes_no_part
from whydrift.core.judge.bands import rescaled
from whydrift.core.judge.conclusion import concluded
from whydrift.core.judge.convergence import scaled_back, settles
from whydrift.core.judge.creations import Told, fails, on_new, refused_by_server
from whydrift.core.judge.effects import changes_of, effects_of
from whydrift.core.judge.freshness import unseen_commits
from whydrift.core.judge.installed import not_installed
from whydrift.core.judge.invalid import invalid_value
from whydrift.core.judge.losses import takes_something
from whydrift.core.judge.namespace import namespace_effects
from whydrift.core.judge.predict import Predicted, Way, predicted
from whydrift.core.judge.prunes import pruned
from whydrift.core.judge.refusals import refused_change, refused_value
from whydrift.core.judge.rehearsal import refused_in_dry_run
from whydrift.core.judge.room import within_quotas
from whydrift.core.judge.runs import hook_effects, hooks_of
from whydrift.core.judge.situation import Situation, is_forced, migrated_managers, way_of
from whydrift.core.judge.stops import error_stands, refused_as_a_whole, refused_before, stopped
from whydrift.core.judge.unchanged import surely_merged, surely_unchanged
from whydrift.core.judge.waves import in_their_order
from whydrift.core.judge.webhooks import admission_unknown
from whydrift.core.model.effect import Does, Effect, Forecast
from whydrift.core.model.paths import pointer
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict
from whydrift.core.model.values import ABSENT, JsonObject, is_object, mapping
from whydrift.errors import NotComparable


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
    refused = {effect.key for effect in before}
    absent = tuple(effect for effect in not_installed(situation) if effect.key not in refused)
    nothing_applied = bool(standing or absent) or refused_as_a_whole(situation)
    failing = refused | {effect.key for effect in absent}
    effects: list[Effect] = [*standing, *before, *absent]
    converges = not before and not absent
    for item in situation.snapshot.objects or ():
        found, settled = _on_object(item, situation)
        if item.key in failing or nothing_applied:
            found, settled = tuple(e for e in found if not e.safe), item.verdict is Verdict.SYNCED
        effects += found
        converges = converges and settled
    roomy = within_quotas(effects, situation)
    converges = converges and _fail(roomy) == _fail(effects)
    told = [*roomy, *namespace_effects(situation), *hook_effects(situation), *unseen_commits(situation)]
    return concluded(in_their_order(told, hooks_of(situation), situation), converges, situation)


def _fail(effects: Iterable[Effect]) -> int:
    return sum(effect.does is Does.FAIL for effect in effects)


def _on_object(item: ObjectSnapshot, situation: Situation) -> Told:
    target, live = item.target, item.live
    newer = situation.overtaken(item.key)
    if newer is not None:
        return _overtaken(item, newer, situation)
    if takes_no_part(item):
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
    told = _applied(item, target, live, situation) if is_object(live) else on_new(item, target, situation)
    return (*told[0], *admission_unknown(item, told[0], situation), *_doubted(item, told[0], situation)), told[1]


def _doubted(item: ObjectSnapshot, effects: tuple[Effect, ...], situation: Situation) -> tuple[Effect, ...]:
    """That no prediction is worth anything for an object whose verdict our comparison does not give."""
    why = situation.doubted.get(item.key, "")
    if not why or any(not effect.safe for effect in effects):
        return ()
    return (Effect(item.key, Does.UNKNOWN, f"what it would do to {item.key} is not known: {why}", False),)


def _applied(item: ObjectSnapshot, target: JsonObject, live: JsonObject, situation: Situation) -> Told:
    way = way_of(situation.application, target, live, situation.release)
    settled_already = item.verdict is Verdict.SYNCED and item.compared
    if settled_already and _changes_nothing(target, live, way, situation):
        return (), True
    try:
        sent = sent_by_sync(target, live, situation)
        after = predicted(sent, live, way, situation.terms, migrated_managers(situation.application))
    except NotComparable as error:
        return _unpredicted(item, way, str(error), situation)
    found = changes_of(after)
    why = _refused(item, after, found, sent, way) or (invalid_value(item, after.after, situation) if found else "")
    if why:
        return _when_refused(item, after, why, situation)
    if not found and settled_already:
        return (), True
    said = refused_in_dry_run(item, after, situation) if found else ""
    effects = effects_of(item, after, found, situation) if found else _leaves(item, situation)
    if way is Way.REPLACE and found:
        effects = (
            *effects,
            Effect(item.key, Does.REPLACE, f"replaces {item.key} as a whole", all(e.safe for e in effects), ("",)),
        )
    effects = (*effects, *rescaled(item, after, effects, situation))
    if said and not is_forced(target, live, situation.release):
        return refused_by_server(item, said, effects)
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
        case Way.SERVER_SIDE if not respects(situation):
            return surely_merged(target, live, situation.terms, migrated_managers(situation.application))
        case _:
            return False


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
    return (fails(item, why),), item.verdict is Verdict.SYNCED and item.compared


def _unpredicted(item: ObjectSnapshot, way: Way, why: str, situation: Situation) -> Told:
    known = situation.terms.knowledge.schemas.type_of(item.api_version, item.key.kind) is not None
    feared = takes_something(item, situation)
    if way is Way.SERVER_SIDE and known and not feared:
        return (fails(item, why),), item.verdict is Verdict.SYNCED and item.compared
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
