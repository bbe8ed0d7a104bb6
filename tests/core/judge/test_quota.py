"""Quotas: what a sync makes that has no room is refused, in the API server's words; what is in doubt is not claimed."""

from __future__ import annotations

import pytest

from tests.core.judge.situations import Before, applied, config_map, said, with_metadata
from whydrift.core.model.effect import Does, Forecast
from whydrift.core.model.fact_kinds import DRY_RUN, LIMIT_RANGES, RESOURCE_QUOTAS, WEBHOOKS
from whydrift.core.model.facts import FactKind, Gap
from whydrift.core.model.values import Json, JsonObject, mapping

Pair = tuple[JsonObject | None, JsonObject | None]


def quota(hard: dict[str, str], used: dict[str, str], spec: JsonObject | None = None, name: str = "team") -> JsonObject:
    """A ResourceQuota as it lives in the namespace shop."""
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"hard": dict(hard), **(spec or {})},
        "status": {"hard": dict(hard), "used": dict(used)},
    }


def service(name: str, **spec: Json) -> JsonObject:
    """A Service with two ports."""
    ports: list[Json] = [{"name": "http", "port": 80}, {"name": "https", "port": 443}]
    return _object("v1", "Service", name, {"ports": ports, **spec})


def claim(name: str, size: str, storage_class: str = "") -> JsonObject:
    """A PersistentVolumeClaim."""
    named: JsonObject = {"storageClassName": storage_class} if storage_class else {}
    spec: JsonObject = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}, **named}
    return _object("v1", "PersistentVolumeClaim", name, spec)


def pod(name: str, resources: JsonObject | None = None, **spec: Json) -> JsonObject:
    """A Pod that no controller makes."""
    container: JsonObject = {"name": "main", "image": "example.com/main:1", "resources": resources or {}}
    return _object("v1", "Pod", name, {"containers": [container], **spec})


def _object(version: str, kind: str, name: str, spec: JsonObject) -> JsonObject:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": spec}


def forecast(
    quotas: tuple[JsonObject, ...], *pairs: Pair, more: dict[FactKind[object], object] | None = None
) -> Forecast:
    """What a sync does where these quotas are."""
    facts: dict[FactKind[object], object] = {RESOURCE_QUOTAS: quotas, WEBHOOKS: (), **(more or {})}
    return Before(pairs, facts=facts, moved=True).forecast()


def new(*objects: JsonObject) -> tuple[Pair, ...]:
    """Objects that the cluster does not have."""
    return tuple((obj, None) for obj in objects)


def failing(found: Forecast) -> dict[str, str]:
    """Why each object is refused, by name."""
    return {effect.key.name: effect.says for effect in found.fails}


def test_an_object_for_which_there_is_no_room_is_refused_in_the_servers_words() -> None:
    found = forecast((quota({"services": "5"}, {"services": "5"}),), *new(service("api"), config_map(a="1")))
    words = "fails: exceeded quota: team, requested: services=1, used: services=5, limited: services=5"
    assert failing(found) == {"api": words}
    assert found.safe and not found.converges
    assert [e.key.kind for e in found.effects if e.does is Does.CREATE] == ["ConfigMap"]


@pytest.mark.parametrize(
    ("hard", "used", "made"),
    [
        ({"services": "5"}, {"services": "4"}, service("api")),
        ({"secrets": "5"}, {"secrets": "5"}, service("api")),
        ({"services": "5"}, {}, service("api")),
        ({"count/services.apps": "0"}, {"count/services.apps": "0"}, service("api")),
        ({"services.loadbalancers": "0"}, {"services.loadbalancers": "0"}, service("api")),
        ({"requests.storage": "10Gi"}, {"requests.storage": "5Gi"}, claim("data", "5Gi")),
        (
            {"fast.storageclass.storage.k8s.io/requests.storage": "0"},
            {"fast.storageclass.storage.k8s.io/requests.storage": "0"},
            claim("data", "5Gi", "slow"),
        ),
    ],
    ids=["room", "others", "no status yet", "another group", "no load balancer", "storage", "another class"],
)
def test_what_has_room_is_made(hard: dict[str, str], used: dict[str, str], made: JsonObject) -> None:
    assert not forecast((quota(hard, used),), *new(made)).fails


@pytest.mark.parametrize(
    ("hard", "used", "made", "words"),
    [
        ({"count/services": "1"}, {"count/services": "1"}, service("api"), "requested: count/services=1"),
        (
            {"services.loadbalancers": "1"},
            {"services.loadbalancers": "1"},
            service("api", type="LoadBalancer"),
            "requested: services.loadbalancers=1",
        ),
        (
            {"services.nodeports": "3"},
            {"services.nodeports": "2"},
            service("api", type="NodePort"),
            "requested: services.nodeports=2, used: services.nodeports=2, limited: services.nodeports=3",
        ),
        (
            {"requests.storage": "10Gi", "persistentvolumeclaims": "9"},
            {"requests.storage": "8Gi", "persistentvolumeclaims": "1"},
            claim("data", "5Gi"),
            "requested: requests.storage=5Gi, used: requests.storage=8Gi, limited: requests.storage=10Gi",
        ),
        (
            {"fast.storageclass.storage.k8s.io/persistentvolumeclaims": "1"},
            {"fast.storageclass.storage.k8s.io/persistentvolumeclaims": "1"},
            claim("data", "5Gi", "fast"),
            "requested: fast.storageclass.storage.k8s.io/persistentvolumeclaims=1",
        ),
        (
            {"requests.cpu": "1", "pods": "10"},
            {"requests.cpu": "800m", "pods": "1"},
            pod("job", {"requests": {"cpu": "300m"}}),
            "requested: requests.cpu=300m, used: requests.cpu=800m, limited: requests.cpu=1",
        ),
        (
            {"cpu": "1"},
            {"cpu": "900m"},
            pod("job", {"limits": {"cpu": "300m"}}),
            "requested: cpu=300m",
        ),
    ],
)
def test_each_kind_counts_for_what_it_asks(
    hard: dict[str, str], used: dict[str, str], made: JsonObject, words: str
) -> None:
    found = forecast((quota(hard, used),), *new(made))
    assert words in found.because, said(found)


def test_several_that_are_made_are_summed_in_the_order_of_the_sync() -> None:
    """One more has room: the first by wave, then by name."""
    early = with_metadata(service("zeta"), {"argocd.argoproj.io/sync-wave": "-1"})
    found = forecast((quota({"services": "5"}, {"services": "4"}),), *new(service("beta"), early, service("alpha")))
    assert sorted(failing(found)) == ["alpha", "beta"]
    assert "used: services=5, limited: services=5" in failing(found)["alpha"]


def test_what_is_refused_takes_no_room() -> None:
    claims = new(claim("a", "8Gi"), claim("b", "2Gi"))
    found = forecast((quota({"requests.storage": "10Gi"}, {"requests.storage": "5Gi"}),), *claims)
    assert list(failing(found)) == ["a"]


def test_a_quota_that_the_same_sync_raises_has_the_room_that_it_will_have() -> None:
    full, raised = quota({"services": "5"}, {"services": "5"}), quota({"services": "6"}, {})
    assert not forecast((full,), (raised, full), *new(service("api"))).fails
    two = forecast((full,), (raised, full), *new(service("api"), service("web")))
    assert list(failing(two)) == ["web"]
    lowered = quota({"services": "4"}, {})
    assert not forecast((quota({"services": "5"}, {"services": "4"}),), (lowered, full), *new(service("api"))).fails
    dropped = quota({"secrets": "6"}, {})
    assert not forecast((full,), (dropped, full), *new(service("api"))).fails


def test_what_the_sync_takes_away_may_make_room() -> None:
    full = quota({"services": "5"}, {"services": "5"})
    gone = applied(service("old"), service("old"))
    assert not forecast((full,), (None, gone), *new(service("api"))).fails
    assert not forecast((full,), (None, full), *new(service("api"))).fails


def test_scopes_that_do_not_surely_take_a_pod_refuse_nothing() -> None:
    job = pod("job", {"requests": {"cpu": "300m"}})
    full = ({"requests.cpu": "1"}, {"requests.cpu": "1"})
    assert forecast((quota(*full),), *new(job)).fails
    assert forecast((quota(*full, {"scopes": ["NotBestEffort", "NotTerminating"]}),), *new(job)).fails
    for scopes in (["Terminating"], ["BestEffort"], ["CrossNamespacePodAffinity"]):
        assert not forecast((quota(*full, {"scopes": list[Json](scopes)}),), *new(job)).fails, scopes
    row: JsonObject = {"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}
    high: JsonObject = {"scopeSelector": {"matchExpressions": [row]}}
    assert not forecast((quota(*full, high),), *new(job)).fails
    urgent = pod("job", {"requests": {"cpu": "300m"}}, priorityClassName="high")
    assert forecast((quota(*full, high),), *new(urgent)).fails
    assert not forecast((quota({"services": "0"}, {"services": "0"}, high),), *new(service("api"))).fails


def test_a_pod_that_states_nothing_is_refused_only_where_no_limit_range_fills_it() -> None:
    held, job = quota({"limits.cpu": "4"}, {"limits.cpu": "0"}), pod("job")
    assert not forecast((held,), *new(job)).fails
    found = forecast((held,), *new(job), more={LIMIT_RANGES: ()})
    assert failing(found) == {"job": "fails: failed quota: team: must specify limits.cpu for: main"}
    fills: JsonObject = {"spec": {"limits": [{"type": "Container", "default": {"cpu": "1"}}]}}
    assert not forecast((held,), *new(job), more={LIMIT_RANGES: (fills,)}).fails
    fills = {"spec": {"limits": [{"type": "Container", "default": {"cpu": "5"}}]}}
    assert "requested: limits.cpu=5" in forecast((held,), *new(job), more={LIMIT_RANGES: (fills,)}).because


def test_what_a_webhook_may_change_is_only_counted() -> None:
    rule: JsonObject = {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"]}
    webhook: JsonObject = {"metadata": {"name": "w"}, "webhooks": [{"name": "w.example.com", "rules": [rule]}]}
    balanced = service("api", type="LoadBalancer")
    full = quota({"services.loadbalancers": "0"}, {"services.loadbalancers": "0"})
    assert forecast((full,), *new(balanced)).fails
    assert not forecast((full,), *new(balanced), more={WEBHOOKS: (webhook,)}).fails
    counted = forecast((quota({"services": "0"}, {"services": "0"}),), *new(balanced), more={WEBHOOKS: (webhook,)})
    assert [e.does for e in counted.effects] == [Does.FAIL], said(counted)


def test_what_a_dry_run_was_let_in_for_is_not_refused_alone() -> None:
    full, made = quota({"services": "5"}, {"services": "5"}), service("api")
    assert not forecast((full,), *new(made), more={DRY_RUN: made}).fails


def test_quotas_that_were_not_read_refuse_nothing_and_are_told_of_once() -> None:
    refused = Gap("resource quotas", "403: not allowed", "list resourcequotas", 403)
    told = Before(new(service("api"), service("web")), gaps={RESOURCE_QUOTAS: refused}, moved=True).forecast()
    assert told.safe and not told.fails
    assert [e.says.count("whether a quota has room for it was not read") for e in told.effects] == [1, 0], said(told)
    unread = Gap("resource quotas", "cluster x is not reached", "list resourcequotas")
    quiet = Before(new(service("api")), gaps={RESOURCE_QUOTAS: unread}, moved=True).forecast()
    assert [e.says for e in quiet.effects] == ["creates Service shop/api"]


def test_what_would_hurt_counts_although_it_is_refused_now() -> None:
    """There may be room by the time that somebody presses: the Job would run."""
    job = _object(
        "batch/v1", "Job", "seed", {"template": {"spec": {**mapping(pod("seed"), "spec"), "restartPolicy": "Never"}}}
    )
    found = forecast((quota({"count/jobs.batch": "1"}, {"count/jobs.batch": "1"}),), *new(job))
    assert [e.does for e in found.effects] == [Does.FAIL, Does.CREATE] and not found.safe, said(found)
