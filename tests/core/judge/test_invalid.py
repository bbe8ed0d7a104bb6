"""What the API server refuses as invalid, and what it takes although it looks wrong."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.core.judge.situations import Before, applied, deployment, knowledge, said
from whydrift.core.judge.invalid_by_schema import against_schema
from whydrift.core.judge.invalid_pods import against_rules
from whydrift.core.model.effect import Does
from whydrift.core.model.fact_kinds import SCHEMAS, WEBHOOKS
from whydrift.core.model.facts import FactKind, Gap
from whydrift.core.model.schema import Schemas
from whydrift.core.model.values import Json, JsonObject, is_object, items, mapping

SPEC: JsonObject = {
    "type": "object",
    "required": ["host"],
    "properties": {
        "host": {"type": "string", "minLength": 3, "pattern": "^[a-z.]+$"},
        "mode": {"type": "string", "enum": ["Fast", "Slow"]},
        "weight": {"type": "integer", "minimum": 1, "maximum": 100},
        "port": {"x-kubernetes-int-or-string": True},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "routes": {
            "type": "array",
            "maxItems": 2,
            "items": {"type": "object", "required": ["to"], "properties": {"to": {"type": "string"}}},
        },
        "slow": {"type": "string", "pattern": "^(a+)+$"},
    },
}
CRD: JsonObject = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "gates.example.com"},
    "spec": {
        "group": "example.com",
        "names": {"kind": "Gate", "plural": "gates"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": SPEC}}},
            }
        ],
    },
}


def _schemas() -> Schemas:
    return knowledge().schemas.with_crds([CRD])


def _gate(**spec: Json) -> JsonObject:
    metadata: JsonObject = {"name": "north", "namespace": "shop"}
    return {"apiVersion": "example.com/v1", "kind": "Gate", "metadata": metadata, "spec": {"host": "a.example", **spec}}


def _refused(obj: JsonObject, live: JsonObject | None = None) -> list[str]:
    return [said.partition(":")[0] for said in against_schema(obj, live, _schemas().type_of("example.com/v1", "Gate"))]


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"unknown": 1},
        {"weight": 10.0},
        {"weight": None},
        {"port": "http"},
        {"port": 80},
        {"labels": {"a": "b"}},
        {"slow": "b"},
        {"routes": [{"to": "a"}, {"to": "b", "more": 1}]},
    ],
)
def test_a_schema_takes(spec: JsonObject) -> None:
    assert _refused(_gate(**spec)) == []


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"weight": "10"}, "/spec/weight"),
        ({"weight": True}, "/spec/weight"),
        ({"weight": 0}, "/spec/weight"),
        ({"weight": 101}, "/spec/weight"),
        ({"mode": "fast"}, "/spec/mode"),
        ({"host": 80}, "/spec/host"),
        ({"host": "A.example"}, "/spec/host"),
        ({"host": "a.example\n"}, "/spec/host"),
        ({"host": "a"}, "/spec/host"),
        ({"labels": {"a": 1}}, "/spec/labels/a"),
        ({"routes": [{"to": "a"}, {}]}, "/spec/routes/1/to"),
        ({"routes": [{"to": "a"}, {"to": "b"}, {"to": "c"}]}, "/spec/routes"),
        ({"routes": {"to": "a"}}, "/spec/routes"),
    ],
)
def test_a_schema_refuses(spec: JsonObject, field: str) -> None:
    assert _refused(_gate(**spec)) == [field]


def test_what_was_there_is_not_looked_at_again() -> None:
    before = _gate(mode="fast", weight=3, routes=[{}, {"to": "b"}])
    assert _refused(_gate(mode="fast", weight=4, routes=[{"to": "c"}, {}]), before) == []
    assert _refused(_gate(mode="fastest"), before) == ["/spec/mode"]


def test_a_missing_field_is_named() -> None:
    assert _refused({**_gate(), "spec": {}}) == ["/spec/host"]
    assert _refused({**_gate(), "spec": {"host": None}}) == []


def _pods(change: JsonObject, kind: str = "Deployment", **container: Json) -> JsonObject:
    """A workload whose pods' spec is changed; `replicas` is its own."""
    obj = deepcopy(deployment())
    spec = mapping(obj, "spec", "template", "spec")
    mapping(obj, "spec").update({key: part for key, part in change.items() if key == "replicas"})
    spec.update({key: part for key, part in change.items() if key != "replicas"})
    stated = items(spec, "containers")[0]
    assert is_object(stated)
    stated.update(container)
    return {**obj, "kind": kind}


LIMITED: JsonObject = {"requests": {"cpu": "500m", "memory": "64Mi"}, "limits": {"cpu": "0.5", "memory": "64Mi"}}
MOUNT: Json = [{"name": "data", "mountPath": "/data"}]


@pytest.mark.parametrize(
    "obj",
    [
        _pods({}),
        _pods({}, resources=LIMITED),
        _pods({}, volumeMounts=MOUNT, kind="StatefulSet"),
        _pods({"volumes": [{"name": "data", "emptyDir": {}}]}, volumeMounts=MOUNT),
        _pods({}, ports=[{"containerPort": 53, "protocol": "TCP"}, {"containerPort": 53, "protocol": "UDP"}]),
        _pods({}, env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]),
        {**_pods({}, image=""), "apiVersion": "example.com/v1"},
    ],
)
def test_the_rules_take(obj: JsonObject) -> None:
    assert list(against_rules(obj)) == []


TEMPLATE = "/spec/template/spec"
WEB = f"{TEMPLATE}/containers/0"


@pytest.mark.parametrize(
    ("obj", "field"),
    [
        (_pods({"replicas": -1}), "/spec/replicas"),
        (_pods({"restartPolicy": "Never"}), f"{TEMPLATE}/restartPolicy"),
        (_pods({"restartPolicy": "Always"}, kind="Job") | {"apiVersion": "batch/v1"}, f"{TEMPLATE}/restartPolicy"),
        (_pods({"initContainers": [{"name": "web", "image": "a"}]}), f"{WEB}/name"),
        (_pods({"volumes": [{"name": "a"}, {"name": "a"}]}), f"{TEMPLATE}/volumes/1/name"),
        (_pods({}, image=""), f"{WEB}/image"),
        (_pods({}, imagePullPolicy="always"), f"{WEB}/imagePullPolicy"),
        (_pods({}, ports=[{"containerPort": 80800}]), f"{WEB}/ports/0/containerPort"),
        (
            _pods({}, ports=[{"containerPort": 1, "name": "a"}, {"containerPort": 2, "name": "a"}]),
            f"{WEB}/ports/1/name",
        ),
        (_pods({}, volumeMounts=MOUNT), f"{WEB}/volumeMounts/0/name"),
        (_pods({}, resources={"requests": {"cpu": 2}, "limits": {"cpu": "500m"}}), f"{WEB}/resources/requests/cpu"),
    ],
)
def test_the_rules_refuse(obj: JsonObject, field: str) -> None:
    assert [said.partition(":")[0] for said in against_rules(obj)] == [field]


def test_a_selector_has_to_match_its_pods() -> None:
    obj = deepcopy(deployment())
    mapping(obj, "spec", "selector", "matchLabels")["app"] = "shop"
    assert [said.partition(":")[0] for said in against_rules(obj)] == ["/spec/template/metadata/labels"]


@pytest.mark.parametrize(("stated", "taken"), [(1, True), ("50%", True), ("", False), ("50", False), ("half%", False)])
def test_a_share_of_pods_is_a_number_or_a_percentage(stated: Json, taken: bool) -> None:
    budget: JsonObject = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "spec": {"maxUnavailable": stated}}
    rolling: JsonObject = {"rollingUpdate": {"maxUnavailable": stated}}
    rolled = deepcopy(deployment())
    mapping(rolled, "spec")["strategy"] = rolling
    assert (not list(against_rules(budget))) is taken
    assert (not list(against_rules(rolled))) is taken


def test_an_autoscaler_has_room() -> None:
    scaler: JsonObject = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler"}
    assert not list(against_rules({**scaler, "spec": {"minReplicas": 3, "maxReplicas": 3}}))
    assert list(against_rules({**scaler, "spec": {"minReplicas": 3, "maxReplicas": 2}}))


NO_WEBHOOKS: dict[FactKind[object], object] = {WEBHOOKS: ()}
MUTATING: JsonObject = {
    "metadata": {"name": "fixer"},
    "webhooks": [
        {
            "name": "fix.example.com",
            "rules": [{"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"]}],
        }
    ],
}
HUNGRY = _pods({}, resources={"requests": {"cpu": 2}, "limits": {"cpu": "500m"}})
CALM = _pods({}, resources={"requests": {"cpu": "100m"}, "limits": {"cpu": "500m"}})
VALID_NO_MORE: JsonObject = {"spec": {"syncPolicy": {"syncOptions": ["Validate=false"]}}}


def _fails(before: Before) -> list[str]:
    return [effect.says.partition(": ")[2] for effect in before.forecast().fails]


def test_nothing_is_foreseen_where_a_webhook_may_put_it_right_or_none_was_read() -> None:
    pair = (HUNGRY, applied(CALM, CALM))
    assert not _fails(Before((pair,), moved=True, facts={WEBHOOKS: (MUTATING,)}))
    assert not _fails(Before((pair,), moved=True, gaps={WEBHOOKS: Gap("webhooks", "403")}))


def test_a_field_that_the_schema_does_not_know_does_not_fail_client_side() -> None:
    """The server drops it with a warning, with Validate=false and without (measured.md 32, argo-cd issue 16817)."""
    typo = _pods({}, imagePullpolicy="Always", image="example.com/web:2")
    sync = Before(((typo, applied(CALM, CALM)),), moved=True, facts=NO_WEBHOOKS).forecast()
    assert not sync.fails, said(sync)


@pytest.mark.parametrize("spec", [{}, VALID_NO_MORE["spec"]])
def test_a_sync_is_foreseen_to_fail_with_the_field(spec: JsonObject) -> None:
    before = Before(((HUNGRY, applied(CALM, CALM)),), moved=True, facts=NO_WEBHOOKS, spec=spec)
    assert [effect.does for effect in before.forecast().effects] == [Does.FAIL], said(before.forecast())
    assert _fails(before) == [f"{WEB}/resources/requests/cpu: 2 is more than the limit, 500m"]


@pytest.mark.parametrize("live", [None, applied(_gate(weight=3), _gate(weight=3))])
def test_a_custom_resource_is_held_to_its_schema(live: JsonObject | None) -> None:
    facts: dict[FactKind[object], object] = {**NO_WEBHOOKS, SCHEMAS: _schemas()}
    assert _fails(Before(((_gate(weight=300), live),), moved=True, facts=facts)) == [
        "/spec/weight: 300 is more than 100 allows"
    ]
    assert not _fails(Before(((_gate(weight=300), live),), moved=True, facts=NO_WEBHOOKS))


def test_a_definition_that_changes_too_may_allow_it() -> None:
    facts: dict[FactKind[object], object] = {**NO_WEBHOOKS, SCHEMAS: _schemas()}
    pairs = ((_gate(weight=300), applied(_gate(weight=3), _gate(weight=3))), ({**CRD, "spec": {}}, CRD))
    assert not _fails(Before(pairs, moved=True, facts=facts))
