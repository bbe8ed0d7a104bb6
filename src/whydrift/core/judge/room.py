"""Whether the quotas of a namespace have room for what a sync makes there.

An object that has none is refused, and the sync fails. The pods of a workload are made by a controller: the sync goes
well, and the pods are refused; where those that run go first, that is a danger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from whydrift.core.explain.admission import mutators_of, plurals
from whydrift.core.judge.demand import BY_NAME, Amounts, PodDemand, counted, plus, pod_demand, pod_spec
from whydrift.core.judge.pods_room import Lack, lacking_pods
from whydrift.core.judge.quota import Quota, covers, exceeded, less, more, must_state, quota_of, refusal
from whydrift.core.judge.situation import Situation
from whydrift.core.judge.wanted import needs_room
from whydrift.core.judge.waves import turn_of
from whydrift.core.judge.webhooks import WITHOUT_DRY_RUN
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.fact_kinds import DRY_RUN, LIMIT_RANGES, RESOURCE_QUOTAS, WEBHOOKS
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict
from whydrift.core.model.values import ABSENT, JsonObject, is_object, text

NEED_ROOM = frozenset({Does.CREATE, Does.SCALE, Does.RESTART})
FORBIDDEN = 403
Here = dict[ObjectKey, ObjectSnapshot]
"""The application's objects in one namespace."""
Free = dict[str, dict[str, Fraction]]
"""What is free of each resource, by the name of the quota."""


def within_quotas(effects: Iterable[Effect], situation: Situation) -> tuple[Effect, ...]:
    """The effects; those say so that a quota is known to have no room for.

    Only in namespaces whose quotas this application asks for: what others had read by chance changes no answer.
    """
    told = tuple(effects)
    asking = {item.key.namespace: item.key for item in situation.objects if needs_room(item)}
    objects = defaultdict[str, Here](dict)
    for item in situation.objects if asking else ():
        objects[item.key.namespace][item.key] = item
    for namespace, key in asking.items():
        facts, here = situation.facts(key), objects[namespace]
        if facts.known(RESOURCE_QUOTAS):
            quotas = _quotas(facts.get(RESOURCE_QUOTAS), here)
            told = _with_room(told, here, quotas, situation) if quotas else told
        elif RESOURCE_QUOTAS in facts.gaps and facts.gaps[RESOURCE_QUOTAS].status == FORBIDDEN:
            told = _noted(told, namespace)
    return told


def _noted(effects: tuple[Effect, ...], namespace: str) -> tuple[Effect, ...]:
    """The effects; the first that needs room says that whether there is any was not read."""
    first = next((e for e in effects if e.does in NEED_ROOM and e.key.namespace == namespace), None)
    if first is None:
        return effects
    noted = replace(first, says=f"{first.says}; whether a quota has room for it was not read")
    return tuple(noted if effect is first else effect for effect in effects)


def _quotas(read: Iterable[JsonObject], here: Here) -> tuple[Quota, ...]:
    """The quotas as they are while a sync runs; one that the sync may take away holds nothing."""
    own = {key.name: item for key, item in here.items() if key[:2] == ("", "ResourceQuota")}
    found = []
    for obj in read:
        item = own.get(text(obj, "metadata", "name"))
        if item is None or item.verdict is Verdict.SYNCED:
            found.append(quota_of(obj))
        elif is_object(item.target):
            found.append(quota_of(obj, item.target))
    return tuple(found)


def _with_room(
    effects: tuple[Effect, ...], here: Here, quotas: tuple[Quota, ...], situation: Situation
) -> tuple[Effect, ...]:
    made = [here[e.key] for e in effects if e.does is Does.CREATE and e.key in here]
    refused = _refused(_in_order(made), quotas, _at_first(quotas, here, situation), situation)
    staying = [effect for effect in effects if effect.key in here and effect.key not in refused]
    lacks = lacking_pods(staying, here, quotas, situation)
    seen = (effect for effect in effects if _counts(effect, refused))
    return tuple(told for effect in seen for told in _told(effect, refused.get(effect.key, ""), lacks))


def _counts(effect: Effect, refused: dict[ObjectKey, str]) -> bool:
    """Whether an effect still counts: what a webhook would make of an object that is refused does not matter."""
    return not (effect.key in refused and effect.does is Does.UNKNOWN and WITHOUT_DRY_RUN in effect.says)


def _told(effect: Effect, why: str, lacks: dict[tuple[ObjectKey, Does], Lack]) -> tuple[Effect, ...]:
    """The effect with what quotas say to it; what would hurt counts all the same: there may be room any moment."""
    if why and effect.does is Does.CREATE:
        refused = replace(effect, does=Does.FAIL, says=f"fails: {why}", safe=True, paths=(), loses="")
        return (refused,) if effect.safe else (refused, effect)
    lack = lacks.get((effect.key, effect.does))
    if lack is None:
        return (effect,)
    return (replace(effect, says=f"{effect.says}; {lack.says}", safe=effect.safe and not lack.danger),)


def _in_order(made: Iterable[ObjectSnapshot]) -> list[ObjectSnapshot]:
    """As a sync makes them: by wave, and those of a kind by name (gitops-engine pkg/sync/sync_tasks.go, Less)."""
    stated = [(item, item.target) for item in made]
    known = [(turn_of(target), item) for item, target in stated if is_object(target)]
    return [item for _, item in sorted(known, key=lambda row: (row[0], row[1].key.kind, row[1].key.name))]


def _at_first(quotas: Iterable[Quota], here: Here, situation: Situation) -> Free:
    """What is free before anything is made; what git has no more counts as gone: where a sync prunes, it may be."""
    given: Amounts = {}
    for item in here.values():
        if item.target is ABSENT and is_object(item.live):
            given = plus(given, _object(item, item.live, situation))
    return {quota.name: more(quota.free, given) for quota in quotas}


def _refused(
    made: Iterable[ObjectSnapshot], quotas: tuple[Quota, ...], free: Free, situation: Situation
) -> dict[ObjectKey, str]:
    """What the server refuses of these for want of room, in its words; what is refused takes none."""
    why: dict[ObjectKey, str] = {}
    for item in made:
        asking = [(quota, asked) for quota in quotas if (asked := _asked(item, quota, situation)) is not None]
        said = next((words for quota, asked in asking if (words := _words(item, quota, free, asked, situation))), "")
        if said:
            why[item.key] = said
            continue
        free = {**free, **{quota.name: less(free[quota.name], asked) for quota, asked in asking}}
    return why


def _words(item: ObjectSnapshot, quota: Quota, free: Free, asked: Amounts, situation: Situation) -> str:
    """Why a quota does not let an object in; "" where it does, or a dry run of it alone was let in."""
    facts = situation.facts(item.key)
    lacking = exceeded(free[quota.name], asked)
    if lacking and not (facts.known(DRY_RUN) and exceeded(quota.free, asked)):
        return refusal(quota, free[quota.name], asked, lacking)
    pod = _pod(item, situation) if not lacking and facts.known(LIMIT_RANGES) else None
    unstated = must_state(quota, pod) if pod is not None and not facts.known(DRY_RUN) else ""
    return f"failed quota: {quota.name}: {unstated}" if unstated else ""


def _asked(item: ObjectSnapshot, quota: Quota, situation: Situation) -> Amounts | None:
    """What an object surely takes of a quota; None where the quota is not surely about it."""
    target = item.target
    if not is_object(target):
        return None
    pod = _pod(item, situation)
    if quota.scopes and (pod is None or not covers(quota, pod)):
        return None
    asked = {**_object(item, target, situation), **(pod.amounts if pod is not None else {})}
    unsure = pod.unstated if pod is not None and not situation.facts(item.key).known(LIMIT_RANGES) else {}
    return {name: amount for name, amount in asked.items() if name in quota.free and name not in unsure}


def _object(item: ObjectSnapshot, obj: JsonObject, situation: Situation) -> Amounts:
    """What an object counts for; where a webhook may change it, only that it is one."""
    subject = situation.subject(item)
    found = plurals(subject)
    counts = counted(obj, next(iter(found))) if len(found) == 1 else {}
    changed = not subject.facts.known(WEBHOOKS) or bool(mutators_of(subject))
    return {name: n for name, n in counts.items() if not changed or name in BY_NAME or name.startswith("count/")}


def _pod(item: ObjectSnapshot, situation: Situation) -> PodDemand | None:
    """What a bare pod asks for; None for other objects, and where a webhook may change it."""
    subject, target = situation.subject(item), item.target
    if item.key[:2] != ("", "Pod") or not is_object(target):
        return None
    if not subject.facts.known(WEBHOOKS) or mutators_of(subject):
        return None
    return pod_demand(pod_spec(target), subject.facts.maybe(LIMIT_RANGES) or ())
