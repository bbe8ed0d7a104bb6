"""What may stand in an object once only: both together are refused, one alone is not."""

from __future__ import annotations

import pytest

from tests.core.judge.situations import Before, applied, deployment, said
from whydrift.core.judge.either_or import both_stated
from whydrift.core.model.effect import Does
from whydrift.core.model.values import Json, JsonObject

PLAIN: JsonObject = {"name": "TOKEN", "value": "none"}
REFERENCE: JsonObject = {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "token", "key": "token"}}}


def _with(part: JsonObject) -> JsonObject:
    containers: list[Json] = [{"name": "web", "image": "example.com/web:1.0", **part}]
    return {**deployment(), "spec": {"template": {"spec": {"containers": containers}}}}


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ({"env": [PLAIN, REFERENCE]}, ""),
        ({"env": [{**PLAIN, **REFERENCE}]}, "/env/0"),
        ({"env": [{**REFERENCE, "value": ""}]}, ""),
        ({"livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 5}}, ""),
        ({"livenessProbe": {"httpGet": {"port": 80}, "exec": {"command": ["true"]}}}, "/livenessProbe"),
    ],
)
def test_of_two_alternatives_one_may_stand(part: JsonObject, place: str) -> None:
    found = both_stated(_with(part)).partition(":")[0]
    assert found == (f"/spec/template/spec/containers/0{place}" if place else "")


def test_a_budget_has_one_of_two_limits() -> None:
    budget: JsonObject = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "spec": {"minAvailable": 1}}
    assert not both_stated(budget)
    assert both_stated({**budget, "spec": {"minAvailable": 1, "maxUnavailable": "50%"}})


@pytest.mark.parametrize(
    ("kind", "field", "alone"),
    [("Deployment", "strategy", "Recreate"), ("StatefulSet", "updateStrategy", "OnDelete")],
)
def test_numbers_of_a_rolling_update_stand_beside_no_other_strategy(kind: str, field: str, alone: str) -> None:
    def rolled(strategy: JsonObject, named: str = kind) -> str:
        return both_stated({"apiVersion": "apps/v1", "kind": named, "spec": {field: strategy}})

    numbers: JsonObject = {"maxUnavailable": 1}
    assert not rolled({"type": "RollingUpdate", "rollingUpdate": numbers})
    assert not rolled({"type": alone})
    assert not rolled({"type": alone, "rollingUpdate": numbers}, "DaemonSet")
    assert rolled({"type": alone, "rollingUpdate": numbers}).startswith(f"/spec/{field}: rollingUpdate")


def test_a_server_side_sync_cannot_put_recreate_beside_the_numbers_that_a_rolling_update_got() -> None:
    git = _strategy({"type": "Recreate"})
    hand = _strategy({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}})
    sync = Before(((git, hand),), {"syncPolicy": {"syncOptions": ["ServerSideApply=true"]}}).forecast()
    assert [effect.does for effect in sync.effects] == [Does.FAIL], said(sync)
    assert (sync.safe, sync.converges) == (True, False)


def test_a_client_side_sync_takes_the_numbers_away_with_the_strategy() -> None:
    git = _strategy({"type": "Recreate"})
    hand = _strategy({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}})
    sync = Before(((git, applied(hand, git)),)).forecast()
    assert Does.FAIL not in [effect.does for effect in sync.effects], said(sync)
    assert (sync.safe, sync.converges) == (False, True)


def _strategy(strategy: JsonObject) -> JsonObject:
    obj = deployment()
    spec = obj["spec"]
    assert isinstance(spec, dict)
    return {**obj, "spec": {**spec, "strategy": strategy}}


def test_a_custom_resource_may_state_both() -> None:
    assert not both_stated({**_with({"env": [{**PLAIN, **REFERENCE}]}), "apiVersion": "example.com/v1"})


def test_a_sync_cannot_put_a_value_beside_a_reference_that_somebody_made_of_it() -> None:
    git, hand = (_env(deployment(), item) for item in (PLAIN, REFERENCE))
    sync = Before(((git, applied(hand, git)),)).forecast()
    assert [effect.does for effect in sync.effects] == [Does.FAIL], said(sync)
    assert (sync.safe, sync.converges) == (True, False)


def _env(obj: JsonObject, item: JsonObject) -> JsonObject:
    made = _with({"env": [item]})["spec"]
    spec = obj["spec"]
    assert isinstance(spec, dict) and isinstance(made, dict)
    return {**obj, "spec": {**spec, **made}}
