"""Pods that quotas keep out: the sync goes well, and the pods do not come. A danger only where others go first."""

from __future__ import annotations

import pytest

from tests.core.judge.situations import Before, applied, deployment, said
from tests.core.judge.test_quota import forecast, quota
from whydrift.core.model.effect import Does, Effect, Forecast
from whydrift.core.model.fact_kinds import LIMIT_RANGES, RESOURCE_QUOTAS, WEBHOOKS
from whydrift.core.model.facts import FactKind
from whydrift.core.model.values import JsonObject, mapping


def workload(replicas: int, cpu: str = "", spec: JsonObject | None = None, kind: str = "Deployment") -> JsonObject:
    """A workload whose pods request so much CPU."""
    made = deployment(replicas)
    resources: JsonObject = {"requests": {"cpu": cpu}} if cpu else {}
    container: JsonObject = {"name": "web", "image": "example.com/web:1.0", "resources": resources}
    template: JsonObject = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    return {**made, "kind": kind, "spec": {**mapping(made, "spec"), **(spec or {}), "template": template}}


def running(obj: JsonObject, number: int) -> JsonObject:
    """A workload as it lives, with so many pods."""
    return {**applied(obj, obj), "status": {"replicas": number, "currentNumberScheduled": number}}


def told(found: Forecast, does: Does) -> Effect:
    """The only effect of a kind."""
    effects = [effect for effect in found.effects if effect.does is does]
    assert len(effects) == 1, said(found)
    return effects[0]


def cpu(hard: str, used: str) -> JsonObject:
    """A quota on requested CPU."""
    return quota({"requests.cpu": hard}, {"requests.cpu": used})


def test_a_new_workload_says_how_many_of_its_pods_have_room() -> None:
    effect = told(forecast((cpu("4", "3"),), (workload(5, "500m"), None)), Does.CREATE)
    assert effect.says.endswith("; quota team has room for 2 of its 5 new pods (requests.cpu)") and effect.safe
    none = told(forecast((cpu("4", "4"),), (workload(1, "500m"), None)), Does.CREATE)
    assert none.says.endswith("; quota team has no room for its new pod (requests.cpu)")


@pytest.mark.parametrize(
    "held",
    [cpu("4", "1500m"), quota({"limits.cpu": "0"}, {"limits.cpu": "0"}), quota({"requests.cpu": "0"}, {})],
    ids=["room", "something else is held", "no status yet"],
)
def test_with_room_nothing_is_said(held: JsonObject) -> None:
    assert "quota" not in told(forecast((held,), (workload(5, "500m"), None)), Does.CREATE).says


def test_more_replicas_say_how_many_of_the_new_ones_have_room() -> None:
    few, many = workload(2, "500m"), workload(6, "500m")
    effect = told(forecast((cpu("3", "1"),), (many, running(few, 2))), Does.SCALE)
    assert "quota" not in effect.says, "two free CPUs hold four more pods"
    effect = told(forecast((cpu("2", "1"),), (many, running(few, 2))), Does.SCALE)
    assert effect.says.endswith("; quota team has room for 2 of its 4 new pods (requests.cpu)") and effect.safe


def test_fewer_replicas_need_no_room() -> None:
    effect = told(forecast((cpu("1", "3"),), (workload(2, "500m"), running(workload(6, "500m"), 6))), Does.SCALE)
    assert "quota" not in effect.says


@pytest.mark.parametrize(
    ("number", "spec", "danger"),
    [
        (3, {"strategy": {"type": "Recreate"}}, True),
        (8, {}, True),
        (3, {}, False),
        (8, {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}}, False),
        (3, {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "50%"}}}, True),
    ],
    ids=["all at once", "a quarter may be away", "none may be away", "none is let away", "a half may be away"],
)
def test_a_restart_is_a_danger_where_running_pods_go_and_the_new_ones_have_no_room(
    number: int, spec: JsonObject, danger: bool
) -> None:
    small, large = workload(number, "500m", spec), workload(number, "1", spec)
    used = f"{number * 500}m"
    found = forecast((cpu(used, used),), (large, running(small, number)))
    effect = told(found, Does.RESTART)
    words = f"quota team has room for {number // 2 or 'none'} of its {number} new pods (requests.cpu)"
    assert words in effect.says and effect.safe is not danger, said(found)
    assert ("and those that run go first" in effect.says) is danger


def test_a_stateful_set_takes_one_away_first() -> None:
    small, large = (workload(1, size, {"serviceName": "web"}, "StatefulSet") for size in ("500m", "1"))
    effect = told(forecast((cpu("700m", "500m"),), (large, running(small, 1))), Does.RESTART)
    assert not effect.safe and "no room for its new pod (requests.cpu), and those that run go first" in effect.says
    by_hand: JsonObject = {"updateStrategy": {"type": "OnDelete"}, "serviceName": "web"}
    small, large = (workload(1, size, by_hand, "StatefulSet") for size in ("500m", "1"))
    assert "quota" not in told(forecast((cpu("700m", "500m"),), (large, running(small, 1))), Does.RESTART).says


def test_a_restart_within_what_goes_is_no_danger() -> None:
    spec: JsonObject = {"strategy": {"type": "Recreate"}}
    small, large = workload(3, "500m", spec), workload(3, "600m", spec)
    effect = told(forecast((cpu("1800m", "1500m"),), (large, running(small, 3))), Does.RESTART)
    assert effect.safe and "quota" not in effect.says
    less = told(forecast((cpu("1500m", "1800m"),), (small, running(large, 3))), Does.RESTART)
    assert less.safe and "quota" not in less.says


def test_a_rollout_that_has_no_room_to_begin_waits() -> None:
    small, large = workload(2, "500m"), workload(2, "600m")
    effect = told(forecast((cpu("1200m", "1"),), (large, running(small, 2))), Does.RESTART)
    waits = "; quota team has no room for the pod that it starts first (requests.cpu): the rollout waits"
    assert effect.says.endswith(waits) and effect.safe


def test_quotas_that_others_had_read_change_no_answer() -> None:
    """A new image asks for nothing more: this application alone would not read them."""
    before = workload(2, "500m")
    spec = mapping(before, "spec", "template", "spec")
    pods: JsonObject = {**spec, "containers": [{**mapping(spec, "containers", 0), "image": "example.com/web:2.0"}]}
    template: JsonObject = {**mapping(before, "spec", "template"), "spec": pods}
    after: JsonObject = {**before, "spec": {**mapping(before, "spec"), "template": template}}
    effect = told(forecast((cpu("1", "1"),), (after, running(before, 2))), Does.RESTART)
    assert "quota" not in effect.says


def test_pods_that_state_nothing_are_refused_where_no_limit_range_fills_them() -> None:
    held, bare = quota({"limits.memory": "4Gi"}, {"limits.memory": "0"}), workload(2)
    assert "quota" not in told(forecast((held,), (bare, None)), Does.CREATE).says
    refused = told(forecast((held,), (bare, None), more={LIMIT_RANGES: ()}), Does.CREATE)
    assert refused.says.endswith("; quota team refuses its new pods: must specify limits.memory for: web")
    fills: JsonObject = {"spec": {"limits": [{"type": "Container", "default": {"memory": "1Gi"}}]}}
    assert "quota" not in told(forecast((held,), (bare, None), more={LIMIT_RANGES: (fills,)}), Does.CREATE).says
    rule: JsonObject = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    webhook: JsonObject = {"metadata": {"name": "w"}, "webhooks": [{"name": "w.example.com", "rules": [rule]}]}
    facts: dict[FactKind[object], object] = {LIMIT_RANGES: (), WEBHOOKS: (webhook,)}
    assert "quota" not in told(forecast((held,), (bare, None), more=facts), Does.CREATE).says


def test_what_containers_do_not_state_is_not_guessed() -> None:
    """What pods that run take of the quota is not known without the namespace's defaults."""
    spec: JsonObject = {"strategy": {"type": "Recreate"}}
    found = forecast((cpu("1", "1"),), (workload(2, "400m", spec), running(workload(2, "", spec), 2)))
    assert "quota" not in told(found, Does.RESTART).says


def test_workloads_are_summed() -> None:
    first, second = workload(2, "500m"), workload(2, "500m")
    second = {**second, "metadata": {"name": "worker", "namespace": "shop"}}
    found = forecast((cpu("3", "1500m"),), (first, None), (second, None))
    says = {effect.key.name: effect.says for effect in found.effects}
    assert says["web"] == "creates Deployment shop/web", "by name it is the first"
    assert says["worker"].endswith("quota team has room for 1 of its 2 new pods (requests.cpu)")


def test_without_quotas_nothing_is_said() -> None:
    facts: dict[FactKind[object], object] = {RESOURCE_QUOTAS: (), WEBHOOKS: ()}
    found = Before(((workload(5, "500m"), None),), facts=facts, moved=True).forecast()
    assert told(found, Does.CREATE).says == "creates Deployment shop/web"
