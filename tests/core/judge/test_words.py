"""What effects say: capacity, budgets, bands, and what a failing sync does not reach."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.judge.situations import (
    Before,
    applied,
    autoscaler,
    config_map,
    deployment,
    manager,
    said,
    with_metadata,
)
from whydrift.core.model.effect import Does
from whydrift.core.model.fact_kinds import AUTOSCALERS, COMPARED_MANIFESTS, DISRUPTION_BUDGETS, POD_METRICS
from whydrift.core.model.facts import FactKind
from whydrift.core.model.objects import key_of
from whydrift.core.model.values import Json, JsonObject

SCALED = manager("kubectl", {"f:spec": {"f:replicas": {}}}, subresource="scale", time=None)


def _scaled(live: int, resources: JsonObject | None = None, **facts: Any) -> str:
    """What a sync of a Deployment that git wants at 3 says of its pods."""
    sides = [_with_resources(deployment(number), resources or {}) for number in (3, live)]
    given: dict[FactKind[object], object] = {POD_METRICS: facts.get("metrics", ()), AUTOSCALERS: facts.get("hpas", ())}
    found = Before(((sides[0], applied(sides[1], sides[0], SCALED)),), facts=given).forecast()
    return next(effect.says for effect in found.effects if effect.does is Does.SCALE)


def _with_resources(obj: JsonObject, resources: JsonObject) -> JsonObject:
    container: JsonObject = {"name": "web", "image": "example.com/web:1.0", "resources": resources}
    pods: JsonObject = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [container]}}
    spec = obj["spec"]
    assert isinstance(spec, dict)
    return {**obj, "spec": {**spec, "template": pods}}


def _pod(cpu: str) -> JsonObject:
    containers: list[Json] = [{"name": "web", "usage": {"cpu": cpu}}]
    return {"metadata": {"name": "web-1", "labels": {"app": "web"}}, "containers": containers}


def test_the_load_is_told_against_requests_and_limits() -> None:
    pods = tuple(_pod("45m") for _ in range(5))
    requests: JsonObject = {"requests": {"cpu": "100m"}}
    assert _scaled(5, requests, metrics=pods) == "scales from 5 to 3; CPU per pod 45 % → 75 % of its request"
    both: JsonObject = {**requests, "limits": {"cpu": "70m"}}
    assert _scaled(5, both, metrics=pods).endswith("of its request, 64 % → 107 % of its limit, more than there is")
    few = _scaled(5, requests, metrics=pods[:2])
    assert few == "scales from 5 to 3; what 3 of its pods use was not read"
    assert _scaled(5, {}, metrics=pods) == _scaled(5, requests) == "scales from 5 to 3"


def test_the_band_of_the_autoscaler_is_told() -> None:
    assert _scaled(5, hpas=(autoscaler(2, 8),)).endswith("; HorizontalPodAutoscaler web keeps between 2 and 8")
    assert _scaled(5, hpas=(autoscaler(4, 8),)).endswith("keeps between 4 and 8 and takes it to 4 again")


def _budget(**labels: Json) -> JsonObject:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"minAvailable": 2, "selector": {"matchLabels": labels}},
        "status": {"disruptionsAllowed": 1, "expectedPods": 3},
    }


def _restart(budget: JsonObject) -> str:
    old, new = deployment(), deployment(image="example.com/web:1.1")
    facts: dict[FactKind[object], object] = {DISRUPTION_BUDGETS: (budget,)}
    found = Before(((new, applied(old, old)),), facts=facts, moved=True).forecast()
    return next(effect.says for effect in found.effects if effect.does is Does.RESTART)


def test_a_restart_names_the_budget_of_its_pods_and_no_other() -> None:
    told = "; PodDisruptionBudget web lets 1 of 3 be away now (a rollout does not ask it)"
    assert _restart(_budget(app="web")) == f"restarts its 3 pods{told}"
    assert _restart(_budget(app="other")) == "restarts its 3 pods"
    without = {key: part for key, part in _budget(app="web").items() if key != "status"}
    assert "asks for minAvailable 2" in _restart(without)


def _wave(obj: JsonObject, number: int) -> JsonObject:
    return with_metadata(obj, {"argocd.argoproj.io/sync-wave": str(number)})


def test_what_comes_after_a_failure_is_not_reached_and_what_comes_before_is() -> None:
    frozen: JsonObject = {"immutable": True}
    failing = (_wave(config_map("b", a="2"), 1), applied({**_wave(config_map("b", a="1"), 1), **frozen}, config_map()))
    first = (_wave(config_map("a", a="2"), 0), _wave(applied(config_map("a", a="1"), config_map("a", a="1")), 0))
    last = (_wave(config_map("c", a="2"), 2), _wave(applied(config_map("c", a="1"), config_map("c", a="1")), 2))
    job: JsonObject = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j", "namespace": "shop"}}
    hook = with_metadata(job, {"argocd.argoproj.io/hook": "PostSync"})
    facts: dict[FactKind[object], object] = {COMPARED_MANIFESTS: {key_of(hook): hook}}
    found = Before((first, failing, last), facts=facts, moved=True).forecast()
    says = {effect.key.name: effect.says for effect in found.effects}
    assert says["b"].startswith("fails: "), said(found)
    assert "not reached" not in says["a"]
    assert says["c"].endswith("which is not reached while wave 1 fails")
    assert says["j"].endswith("which is not reached while the phase Sync fails")


SUM, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64


@pytest.mark.parametrize(
    ("live", "git", "does", "says"),
    [
        ("web:1.1", "web:1.0", Does.DOWNGRADE, "downgrades {} from 1.1 to 1.0"),
        (f"web:1.1@{SUM}", f"web:1.0@{OTHER}", Does.DOWNGRADE, "downgrades {} from 1.1@sha256:aaaaaaaaaaaa to 1.0@"),
        (f"web:1.1@{SUM}", "web:1.2", Does.UPGRADE, "upgrades {} from 1.1@sha256:aaaaaaaaaaaa to 1.2"),
        (f"web:1.1@{SUM}", f"web:1.1@{OTHER}", Does.OVERWRITE, "{}: 1.1@sha256:aaaaaaaaaaaa → 1.1@sha256:bbbbbbbbbbbb"),
        ("web:1.1", f"web@{SUM}", Does.OVERWRITE, "→ @sha256:aaaaaaaaaaaa: which version that digest is, is not known"),
        (f"web@{SUM}", "web", Does.OVERWRITE, "{}: @sha256:aaaaaaaaaaaa → no tag: which version"),
        ("web:1.1", "web:latest", Does.OVERWRITE, "{}: 1.1 → latest"),
        (f"web:1.1@{SUM}", f"fork:1.0@{SUM}", Does.OVERWRITE, '{}: "example.com/web:1.1@sha256:aaa'),
    ],
)
def test_versions_of_an_image_are_told_also_beside_digests(live: str, git: str, does: Does, says: str) -> None:
    """A digest alone is no version; beside a tag it pins one."""
    wanted, runs = (deployment(3, f"example.com/{image}") for image in (git, live))
    hand = manager(
        "kubectl-set",
        {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"web"}': {"f:image": {}}}}}}},
    )
    found = Before(((wanted, applied(runs, wanted, hand)),)).forecast()
    effect = next(effect for effect in found.effects if "].image" in effect.says and "].imageP" not in effect.says)
    assert effect.does is does and says.format("spec.template.spec.containers[name=web].image") in effect.says
    assert not effect.safe
