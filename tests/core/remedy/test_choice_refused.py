"""What is done about a sync that is refused, by what the API server (or Argo CD) says of the object."""

from __future__ import annotations

import pytest

from tests.cases import subject_of
from tests.core.remedy.choosing import chosen, situation_of
from tests.core.remedy.test_choice import told_of
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.explain.engine import explain
from whydrift.core.judge.forecast import forecast
from whydrift.core.model.values import Json, JsonObject
from whydrift.core.remedy.choices.named_fields import named_field
from whydrift.core.remedy.chosen import chosen as all_chosen

FAILING = [cause for cause in CATALOGUE if cause.id == "sync-is-failing"]
META: JsonObject = {"name": "web", "namespace": "shop"}


def told(kind: str, target: JsonObject, live: JsonObject | None, message: str) -> Json:
    """The choice for the only difference of an object that the last sync could not apply."""
    found = all_told(kind, target, live, message)
    assert len(found) == 1, f"one difference: {sorted(found)}"
    return next(iter(found.values()))


def all_told(kind: str, target: JsonObject, live: JsonObject | None, message: str) -> dict[str, Json]:
    """The choices for an object that the last sync could not apply, by path."""
    version = {"Job": "batch/v1", "Deployment": "apps/v1", "PodDisruptionBudget": "policy/v1"}.get(kind, "v1")
    group = version.rpartition("/")[0]
    row: JsonObject = {"group": group, "kind": kind, **META, "status": "SyncFailed", "message": message}
    operation: JsonObject = {
        "phase": "Failed",
        "message": f"one or more objects failed to apply, reason: {message}",
        "syncResult": {"revision": "r2", "resources": [row]},
    }
    head: JsonObject = {"apiVersion": version, "kind": kind, "metadata": META}
    case: JsonObject = {
        "application": {"status": {"sync": {"revision": "r2"}, "operationState": operation}},
        "target": {**head, **target},
        "facts": {"manifests of the last synced revision": [{**head, **(live or {})}]},
    }
    if live is not None:
        case["live"] = {**head, **live}
    return {path: told_of(choice) for path, (_, _, choice) in chosen(case, FAILING).items()}


SYNC = "metadata.annotations.argocd.argoproj.io/sync-options"
BEFORE: JsonObject = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:1"}]}}}}
AFTER: JsonObject = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:latest"}]}}}}
IMAGE = "spec.template.spec.containers.0.image"


@pytest.mark.parametrize(
    ("kind", "target", "live", "message", "expected"),
    [
        (
            "Deployment", AFTER, None, 'namespaces "shop" not found',
            ["option safe", {"options": ["CreateNamespace=true"], "instead": ["out-of-band"]}],
        ),
        (
            "ConfigMap", {"data": {"a": "long"}}, {"data": {"a": "short"}},
            'ConfigMap "web" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes',
            ["annotate unsafe", {"changes": {SYNC: "ServerSideApply=true"}, "instead": ["option"]}],
        ),
        (
            "ConfigMap", {"data": {"a": "long"}}, {"data": {"a": "short"}},
            "error when patching: The order in patch list: [map[name:v1]] doesn't match $setElementOrder list",
            ["annotate unsafe", {"changes": {SYNC: "ServerSideApply=true"}, "instead": ["annotate"]}],
        ),
        (
            "Job", AFTER, BEFORE, 'Job.batch "web" is invalid: spec.template: Invalid value: {}: field is immutable',
            ["annotate unsafe", {"changes": {SYNC: "Replace=true,Force=true"}}],
        ),
        (
            "Deployment", {"spec": {"selector": {"matchLabels": {"app": "new"}}}},
            {"spec": {"selector": {"matchLabels": {"app": "old"}}}},
            'Deployment.apps "web" is invalid: spec.selector: Invalid value: {}: field is immutable',
            [
                "git-set unsafe",
                {"changes": {"spec.selector.matchLabels.app": "old"}, "instead": ["out-of-band", "ask", "annotate"]},
            ],
        ),
        (
            "Deployment", AFTER, BEFORE, "admission webhook \"no-latest\" denied the request: a fixed tag is needed",
            ["git-set unsafe", {"changes": {IMAGE: "web:1"}}],
        ),
        (
            "Deployment", AFTER, None, "admission webhook \"no-latest\" denied the request: a fixed tag is needed",
            ["git-set manual", {"at": "all of it"}],
        ),
        (
            "ConfigMap", {"data": {"a": "long"}}, {"data": {"a": "short"}}, "Request entity too large: limit is 3 MiB",
            ["ask manual", {"changes": {"data.a": "short"}, "instead": ["git-drop"]}],
        ),
        (
            "Service", {"spec": {}}, None, "Shared resource found: Service/web is part of applications a and b",
            ["one-owner manual", {"at": "all of it"}],
        ),
        (
            "PodDisruptionBudget", {"spec": {"maxUnavailable": "", "minAvailable": 1}}, None,
            'PodDisruptionBudget.policy "web" is invalid: spec.maxUnavailable: Invalid value: "": must be a percent',
            ["git-drop safe", {"changes": {"spec.maxUnavailable": "(dropped)"}}],
        ),
        (
            "Service", {"spec": {"ports": [{"port": 80800}]}}, None,
            'Service "web" is invalid: spec.ports[0].port: Invalid value: 80800: must be between 1 and 65535',
            ["git-set manual", {"at": "spec.ports.0.port"}],
        ),
        (
            "Service", {"spec": {"ports": [{"name": "a", "port": 80800}]}},
            {"spec": {"ports": [{"name": "a", "port": 80}]}},
            'Service "web" is invalid: spec.ports[0].port: Invalid value: 80800: must be between 1 and 65535',
            ["git-set unsafe", {"changes": {"spec.ports.0.port": 80}}],
        ),
        (
            "Deployment",
            {"spec": {"template": {"spec": {"containers": [{"name": "web", "imagePullpolicy": "Always"}]}}}}, None,
            'failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): '
            '.spec.template.spec.containers[name="web"].imagePullpolicy: field not declared in schema',
            [
                "git-set unsafe",
                {
                    "changes": {
                        "spec.template.spec.containers.0.imagePullpolicy": "(dropped)",
                        "spec.template.spec.containers.0.imagePullPolicy": "Always",
                    }
                },
            ],
        ),
        (
            "Service", {"spec": {"colour": "red"}}, None,
            'Service cannot be handled as a Service: strict decoding error: unknown field "spec.colour"',
            ["git-drop safe", {"changes": {"spec.colour": "(dropped)"}}],
        ),
        (
            "Service", {"spec": {}}, None, 'services "web" is forbidden: exceeded quota: small, requested: services=1',
            ["ask manual", {"at": "all of it", "instead": ["git-drop"]}],
        ),
        (
            "Service", {"spec": {}}, None, "resource :Service is not permitted in project team",
            ["ask manual", {"at": "all of it", "instead": ["git-drop"]}],
        ),
        (
            "Service", {"spec": {}}, None, 'failed calling webhook "guard.example.com": connection refused',
            ["ask manual", {"at": "all of it", "instead": ["git-drop"]}],
        ),
    ],
)  # fmt: skip
def test_what_is_refused_is_mended_by_its_message(
    kind: str, target: JsonObject, live: JsonObject | None, message: str, expected: Json
) -> None:
    assert told(kind, target, live, message) == expected


def test_what_came_with_a_refused_value_waits_and_is_not_taken_back() -> None:
    """Only the value that the message names goes back to what was taken before."""
    before: JsonObject = {"spec": {"type": "ClusterIP", "ports": [{"name": "a", "port": 80, "targetPort": 80}]}}
    after: JsonObject = {"spec": {"type": "NodePort", "ports": [{"name": "a", "port": 80800, "targetPort": 81}]}}
    said = 'Service "web" is invalid: spec.ports[0].port: Invalid value: 80800: must be between 1 and 65535'
    assert all_told("Service", after, before, said) == {
        "/spec/ports/0/port": ["git-set unsafe", {"changes": {"spec.ports.0.port": 80}}],
        "/spec/ports/0/targetPort": "nothing safe",
        "/spec/type": "nothing safe",
    }


def test_long_words_of_a_message_take_no_time() -> None:
    """A message that names no field: the names of groups and of objects in it are long."""
    said = "RoleBinding.rbac.authorization.k8s.io-and-what-else-is-part-of-such-a-name" * 20
    assert named_field(f"{said} is not valid", {"roleRef": {"name": "auditor"}}) == ()
    assert named_field(f"{said}: .roleRef.name: expected string", {"roleRef": {"name": 1}}) == ("roleRef", "name")


def told_before(kind: str, version: str, before: JsonObject, after: JsonObject) -> dict[str, Json]:
    """The choices for what a commit changed in an object since the last sync, which nothing tried to apply yet."""
    head: JsonObject = {"apiVersion": version, "kind": kind, "metadata": META}
    old, new = {**head, **before}, {**head, **after}
    case: JsonObject = {
        "application": {"status": {"sync": {"revision": "r2"}}},
        "target": new,
        "lastApplied": old,
        "live": old,
        "normalizedLive": old,
        "facts": {"newest commit": {"revision": "r2"}, "manifests of the last synced revision": [old]},
    }
    subject = subject_of(case)
    findings = explain(subject, MOVED).findings
    situation = situation_of(subject, findings)
    found = all_chosen(situation, [(subject.object, findings)], forecast(situation))
    return {difference.pointer: told_of(choice) for (_, difference), choice in found.items()}


def selecting(label: str, image: str) -> JsonObject:
    """The spec of a Deployment that finds its pods by one label."""
    labels: JsonObject = {label: "web", "tier": image}
    pods: JsonObject = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": image}]}}
    return {"spec": {"selector": {"matchLabels": {label: "web"}}, "template": pods}}


def test_labels_that_a_fixed_selector_needs_go_back_with_it_and_nothing_else() -> None:
    """A selector that does not find the object's own pods is refused as well; an image that came with it only waits."""
    pinned: dict[str, Json] = {
        f"{place}/{label}": "git-set unsafe"
        for place in ("/spec/selector/matchLabels", "/spec/template/metadata/labels")
        for label in ("app", "name")
    }
    found = told_before("Deployment", "apps/v1", selecting("app", "web:1"), selecting("name", "web:2"))
    assert {path: told[0] if isinstance(told, list) else told for path, told in found.items()} == {
        **pinned,
        "/spec/template/metadata/labels/tier": "nothing safe",
        "/spec/template/spec/containers/0/image": "nothing safe",
    }


MOVED = [cause for cause in CATALOGUE if cause.id == "git-moved-ahead"]


def claims(size: str, replicas: int = 1) -> JsonObject:
    """The spec of a StatefulSet with one claim."""
    claim: JsonObject = {"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": size}}}}
    return {"spec": {"replicas": replicas, "volumeClaimTemplates": [claim]}}


def test_what_a_sync_would_be_refused_for_is_not_synced() -> None:
    """As if it had been tried; the rest of the object waits for that."""
    storage = "spec/volumeClaimTemplates/0/spec/resources/requests/storage"
    assert told_before("Job", "batch/v1", BEFORE, AFTER) == {
        f"/{IMAGE.replace('.', '/')}": ["annotate unsafe", {"changes": {SYNC: "Replace=true,Force=true"}}]
    }
    assert told_before("StatefulSet", "apps/v1", claims("1Gi"), claims("2Gi", 3)) == {
        f"/{storage}": [
            "git-set unsafe",
            {"changes": {storage.replace("/", "."): "1Gi"}, "instead": ["out-of-band", "annotate"]},
        ],
        "/spec/replicas": "nothing safe",
    }
    smaller = told_before("PersistentVolumeClaim", "v1", CLAIM, SMALLER)
    assert smaller == {
        "/spec/resources/requests/storage": [
            "git-set unsafe",
            {"changes": {"spec.resources.requests.storage": "2Gi"}, "instead": ["out-of-band"]},
        ]
    }
    assert told_before("PersistentVolumeClaim", "v1", SMALLER, CLAIM) == {
        "/spec/resources/requests/storage": ["sync unsafe", {"instead": ["nothing"]}]
    }, "a claim may grow"


CLAIM: JsonObject = {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}
SMALLER: JsonObject = {"spec": {"resources": {"requests": {"storage": "1Gi"}}}}
