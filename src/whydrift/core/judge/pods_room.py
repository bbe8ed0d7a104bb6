"""Whether the pods that workloads make anew have room in the quotas of their namespace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from whydrift.core.explain.admission import mutators_of
from whydrift.core.explain.subject import Subject
from whydrift.core.judge.applying import after_sync
from whydrift.core.judge.demand import Amounts, PodDemand, number_of_pods, pod_demand, pod_spec
from whydrift.core.judge.quota import Quota, covers, have_room, less, more, must_state, times
from whydrift.core.judge.rollouts import away_at_first
from whydrift.core.judge.situation import Situation
from whydrift.core.judge.waves import turn_of
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.fact_kinds import LIMIT_RANGES, WEBHOOKS
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.snapshot import ObjectSnapshot, States, Verdict
from whydrift.core.model.values import ABSENT, JsonObject, child, is_object, mapping
from whydrift.errors import NotComparable

ORDER = ("DaemonSet", "ReplicationController", "ReplicaSet", "Deployment", "StatefulSet", "Job")
"""The kinds that make pods as a sync applies them (gitops-engine pkg/sync/sync_tasks.go, kindOrder)."""
TOLD_AT = (Does.CREATE, Does.RESTART, Does.SCALE)
"""The effects that bring pods; what is known of them is told at the first of these that an object has."""
Here = Mapping[ObjectKey, ObjectSnapshot]
Place = tuple[ObjectKey, Does]


@dataclass(frozen=True, slots=True)
class Lack:
    """That pods have no room: in words, and whether pods that run now go before the new ones are refused."""

    says: str
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Workload:
    """A workload that gets pods: `after` of them that ask for `new`, beside or instead of the `before` that run.

    `old` is what those ask for that are replaced, None where none is. `away` is how many of them go before new ones
    run. `sure`: what containers do not state is known. `plain`: no webhook changes its pods.
    """

    place: Place
    before: int
    after: int
    new: PodDemand
    old: PodDemand | None
    away: int
    sure: bool
    plain: bool

    def each(self, quota: Quota) -> Amounts:
        """What one new pod takes of a quota, as far as that is known."""
        unsure = set() if self.sure else {*self.new.unstated, *(self.old.unstated if self.old else ())}
        return {name: n for name, n in self.new.amounts.items() if name in quota.free and name not in unsure}

    def given(self, quota: Quota) -> Amounts:
        """What its replaced pods give back to a quota."""
        there = self.old is not None and covers(quota, self.old)
        return times(self.old.amounts, self.before) if self.old is not None and there else {}

    @property
    def wanted(self) -> int:
        """How many pods are new."""
        return self.after if self.old is not None else self.after - self.before


def lacking_pods(
    effects: Iterable[Effect], here: Here, quotas: tuple[Quota, ...], situation: Situation
) -> dict[Place, Lack]:
    """What quotas keep out of the pods that these effects bring, by the effect that it is told at."""
    found = [workload for place in _places(effects, here) if (workload := _workload(place, here, situation))]
    gone = [row for item in here.values() for row in _leaving(item, situation)]
    lacks: dict[Place, Lack] = {}
    for quota in quotas:
        free = quota.free
        for number, pod in gone:
            free = more(free, times(pod.amounts, number)) if covers(quota, pod) else free
        for workload in (each for each in found if covers(quota, each.new)):
            lack, had = _lack(workload, quota, free), lacks.get(workload.place)
            if lack is not None and (had is None or (lack.danger and not had.danger)):
                lacks[workload.place] = lack
            free = less(free, _taken(workload, quota))
    return lacks


def _places(effects: Iterable[Effect], here: Here) -> list[Place]:
    """Which object gets pods, and by which effect, in the order of the sync."""
    found: dict[ObjectKey, Does] = {}
    for effect in (e for e in effects if e.does in TOLD_AT and e.key.kind in ORDER):
        found[effect.key] = min(found.get(effect.key, effect.does), effect.does, key=TOLD_AT.index)
    return sorted(found.items(), key=lambda row: (_turn(here[row[0]]), ORDER.index(row[0].kind), row[0].name))


def _turn(item: ObjectSnapshot) -> tuple[int, int]:
    return turn_of(item.target) if is_object(item.target) else (0, 0)


def _workload(place: Place, here: Here, situation: Situation) -> Workload | None:
    """What is known of the pods that a workload gets; None where too little is."""
    item, does = here[place[0]], place[1]
    target, live = item.target, item.live
    if not is_object(target):
        return None
    before: JsonObject = {}
    after = target
    if is_object(live):
        try:
            both = after_sync(target, live, situation)
        except NotComparable:
            return None
        before, after = both.before, both.after
    running, number = _running(live), number_of_pods(after)
    number = running if item.key.kind == "DaemonSet" else number
    new, old = _demand(after, item, situation), _demand(before, item, situation) if before else None
    away = away_at_first(after, running or 0) if does is Does.RESTART else 0
    if new is None or number is None or away is None or (before and (old is None or running is None)):
        return None
    replaced = old if does is Does.RESTART else None
    known = situation.facts(item.key).known(LIMIT_RANGES)
    return Workload(place, running or 0, number, new, replaced, away, known, _is_plain(after, item, situation))


def _running(live: object) -> int | None:
    """How many pods a workload has: as its status says, else as it asks for."""
    if not is_object(live):
        return None
    stated = child(live, "status", "currentNumberScheduled" if live.get("kind") == "DaemonSet" else "replicas")
    return stated if isinstance(stated, int) else number_of_pods(live)


def _demand(obj: JsonObject, item: ObjectSnapshot, situation: Situation) -> PodDemand | None:
    spec = pod_spec(obj)
    return pod_demand(spec, situation.facts(item.key).maybe(LIMIT_RANGES) or ()) if spec else None


def _is_plain(after: JsonObject, item: ObjectSnapshot, situation: Situation) -> bool:
    """Whether no webhook or policy is known to change the pods of a workload."""
    facts, key = situation.facts(item.key), ObjectKey("", "Pod", item.key.namespace, item.key.name)
    template = mapping(after, "spec", "template")
    states = States(target={**template, "apiVersion": "v1", "kind": "Pod"})
    pod = ObjectSnapshot(key=key, load=partial(_same, states))
    subject = Subject(situation.application, pod, (), situation.knowledge, None, situation.objects, facts)
    return facts.known(WEBHOOKS) and not mutators_of(subject)


def _same(states: States) -> States:
    return states


def _leaving(item: ObjectSnapshot, situation: Situation) -> Iterator[tuple[int, PodDemand]]:
    """The pods that may go meanwhile: those of what git has no more, and those that git wants less of."""
    target, live, running = item.target, item.live, _running(item.live)
    if item.verdict is not Verdict.OUT_OF_SYNC or not is_object(live) or running is None:
        return
    wanted = 0 if target is ABSENT else number_of_pods(target) if is_object(target) else None
    pod = _demand(live, item, situation)
    if pod is not None and wanted is not None and wanted < running:
        yield running - wanted, pod


def _taken(workload: Workload, quota: Quota) -> dict[str, Fraction]:
    """What a quota has less of once the workload has its pods."""
    given = workload.given(quota)
    asked = times(workload.each(quota), max(workload.wanted, 0))
    return {name: max(amount - given.get(name, 0), Fraction(0)) for name, amount in asked.items()}


def _lack(workload: Workload, quota: Quota, free: Mapping[str, Fraction]) -> Lack | None:
    """What a quota keeps out of the pods of a workload; None where all of them have room, or none is new."""
    wanted = workload.wanted
    if wanted <= 0:
        return None
    danger = workload.away > 0
    first = ", and those that run go first" if danger else ""
    unstated = must_state(quota, workload.new) if workload.sure and workload.plain else ""
    if unstated:
        return Lack(f"quota {quota.name} refuses its new pods: {unstated}{first}", danger)
    each = workload.each(quota)
    fit, names = have_room(more(free, workload.given(quota)), each, wanted)
    if fit < wanted:
        room = f"has room for {fit or 'none'} of its {wanted} new pods" if wanted > 1 else "has no room for its new pod"
        return Lack(f"quota {quota.name} {room} ({', '.join(names)}){first}", danger)
    if workload.old is None or danger or workload.before == 0:
        return None
    begins, names = have_room(free, each, 1)
    waits = f"quota {quota.name} has no room for the pod that it starts first ({', '.join(names)}): the rollout waits"
    return None if begins else Lack(waits)
