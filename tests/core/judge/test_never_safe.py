"""What must never be called safe: each situation loses somebody's work, or is not known."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.core.judge.situations import (
    ID,
    NEW,
    OLD,
    Before,
    applied,
    config_map,
    deployment,
    manager,
    said,
    with_metadata,
)
from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.core.model.effect import Does
from whydrift.core.model.fact_kinds import COMPARED_MANIFESTS, NEWEST, SCHEMAS
from whydrift.core.model.facts import Gap
from whydrift.core.model.fleet import Commit, Newest
from whydrift.core.model.objects import key_of
from whydrift.core.model.values import Json, JsonObject

SCALED = manager("kubectl", {"f:spec": {"f:replicas": {}}}, subresource="scale", time=None)
JOB: JsonObject = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "migrate", "namespace": "shop"},
    "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "m", "image": "m:1"}]}}},
}
HOOK = with_metadata(JOB, {"argocd.argoproj.io/hook": "PreSync"})


def _service(port: int) -> JsonObject:
    ports: list[Json] = [{"name": "http", "port": port, "targetPort": 8080, "protocol": "TCP"}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"selector": {"app": "web"}, "ports": ports},
    }


def _namespace(level: str) -> JsonObject:
    labels: JsonObject = {"pod-security.kubernetes.io/enforce": level}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}


def _with_env(*names: str) -> JsonObject:
    obj = deployment()
    env: list[Json] = [{"name": name, "value": "1"} for name in names]
    return _in_container(obj, "env", env)


def _in_container(obj: JsonObject, key: str, value: Json) -> JsonObject:
    copy = deepcopy(obj)
    spec = copy["spec"]
    assert isinstance(spec, dict) and isinstance(spec["template"], dict)
    pods = spec["template"]["spec"]
    assert isinstance(pods, dict) and isinstance(pods["containers"], list)
    container = pods["containers"][0]
    assert isinstance(container, dict)
    container[key] = value
    return copy


def _with_selector(app: str) -> JsonObject:
    spec = deployment()["spec"]
    assert isinstance(spec, dict)
    return {**deployment(), "spec": {**spec, "selector": {"matchLabels": {"app": app}}}}


def _web(live: JsonObject, last: JsonObject | None = None, *entries: Json) -> JsonObject:
    return applied(live, deployment() if last is None else last, *entries)


def _unseen() -> Newest:
    commit = Commit(NEW, "jo", "2026-11-20T09:00:00Z", "newer image")
    then, now = deployment(), deployment(image="example.com/web:2.0")
    return Newest(NEW, (commit,), {key_of(now): now}, {key_of(then): then})


PROBE: JsonObject = {"initialDelaySeconds": 0, "tcpSocket": {"port": 80}}
SLOW: JsonObject = {"initialDelaySeconds": 45, "tcpSocket": {"port": 80}}
SITUATIONS: dict[str, Before] = {
    "a person scaled up": Before(((deployment(), _web(deployment(5), None, SCALED)),)),
    "a person scaled down to nothing, which leaves no manager": Before(((deployment(), _web(deployment(0))),)),
    "a value that nobody is known to have written": Before(((config_map(a="1"), config_map(a="2")),)),
    "a key that last-applied has, git not, and live changed": Before(
        ((config_map(), applied(config_map(a="2"), config_map(a="1"))),), moved=True
    ),
    "git stopped stating replicas: a client-side sync sets 1 (measured.md 19)": Before(
        ((deployment(None), _web(deployment(6), deployment(3), SCALED)),), moved=True, synced=True
    ),
    "an explicit zero that the comparison drops: Synced, and pods are rolled (measured.md 30)": Before(
        (
            (
                _in_container(deployment(), "readinessProbe", PROBE),
                _web(
                    _in_container(deployment(), "readinessProbe", SLOW),
                    _in_container(deployment(), "readinessProbe", PROBE),
                ),
            ),
        ),
        synced=True,
    ),
    "the order of env: pods restart for nothing": Before(
        ((_with_env("A", "B"), _web(_with_env("B", "A"), _with_env("B", "A"))),)
    ),
    "a leftover: a prune leaves no dump": Before(
        ((None, with_metadata(config_map(), {ID: "shop:/ConfigMap:shop/config"})),)
    ),
    "a leftover that asks before it is deleted": Before(
        (
            (
                None,
                with_metadata(
                    config_map(),
                    {ID: "shop:/ConfigMap:shop/config", "argocd.argoproj.io/sync-options": "Prune=confirm"},
                ),
            ),
        )
    ),
    "a hook that is in git": Before(
        ((config_map(a="1"), config_map(a="1")),), facts={COMPARED_MANIFESTS: {key_of(HOOK): HOOK}}
    ),
    "git's hooks were not read": Before(
        ((config_map(a="1"), config_map(a="1")),),
        gaps={COMPARED_MANIFESTS: Gap("manifests", "403", "applications get")},
    ),
    "a Job that was deleted after it ran": Before(((JOB, None),)),
    "a commit that Argo CD has not looked at": Before(
        ((deployment(), deployment()),), facts={NEWEST: _unseen()}, synced=True
    ),
    "an object that carries the id of another application": Before(
        (
            (
                with_metadata(config_map(a="1"), {ID: "shop:/ConfigMap:shop/config"}),
                with_metadata(config_map(a="1"), {ID: "till:/ConfigMap:shop/config"}),
            ),
        )
    ),
    "a commit that makes the namespace refuse pods": Before(
        ((_namespace("restricted"), applied(_namespace("privileged"), _namespace("privileged"))),), moved=True
    ),
    "a commit that takes a port away": Before(((_service(9090), applied(_service(8080), _service(8080))),), moved=True),
    "a commit that leaves the number of pods to the server's default": Before(
        ((deployment(None), _web(deployment(3))),), moved=True
    ),
    "Replace=true takes away what only live has": Before(
        ((config_map(a="1"), config_map(a="1", b="by hand")),),
        spec={"syncPolicy": {"syncOptions": ["Replace=true"]}},
        synced=True,
    ),
    "Force=true deletes what cannot be changed": Before(
        (
            (
                with_metadata(
                    _with_selector("x"),
                    {"argocd.argoproj.io/sync-options": "Force=true"},
                ),
                _web(deployment()),
            ),
        ),
        moved=True,
    ),
    "a kind that nothing is known of, applied server-side": Before(
        (
            (
                {"apiVersion": "x.example.com/v1", "kind": "Thing", "metadata": {"name": "t"}, "spec": {"a": 1}},
                {"apiVersion": "x.example.com/v1", "kind": "Thing", "metadata": {"name": "t"}, "spec": {"a": 2}},
            ),
        ),
        spec={"syncPolicy": {"syncOptions": ["ServerSideApply=true"]}},
    ),
    "a rule hides what a sync resets": Before(
        ((deployment(), _web(deployment(20), None, SCALED)),),
        spec={"ignoreDifferences": [{"group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]}]},
        synced=True,
    ),
    "a rollback in Argo CD": Before(
        ((config_map(a="2"), applied(config_map(a="1"), config_map(a="1"))),),
        status={
            "history": [
                {"revision": OLD, "deployedAt": "2026-11-01T09:00:01Z"},
                {"revision": NEW, "deployedAt": "2026-11-02T09:00:01Z"},
                {"revision": OLD, "deployedAt": "2026-11-03T09:00:01Z"},
            ]
        },
        moved=True,
    ),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_is_not_safe(name: str) -> None:
    """Not one of these may be called safe."""
    found = SITUATIONS[name].forecast()
    assert not found.safe, said(found)


def test_says_what_restarts_though_nothing_shows() -> None:
    """The zero that the comparison drops: the field goes, and pods restart for it."""
    name = next(name for name in SITUATIONS if name.startswith("an explicit zero"))
    found = SITUATIONS[name].forecast()
    assert {effect.does for effect in found.effects} == {Does.REMOVE_KEY, Does.RESTART}
    assert found.effects[0].paths == ("/spec/template/spec/containers/0/readinessProbe/initialDelaySeconds",)


def test_says_from_how_many_to_how_many() -> None:
    """`scales from 5 to 3`."""
    effect = SITUATIONS["a person scaled up"].forecast().effects[0]
    assert (effect.does, effect.says, effect.loses) == (Does.SCALE, "scales from 5 to 3", "person-edits-live")


def test_what_was_not_read_is_unknown() -> None:
    """An unknown effect, not a failing one."""
    found = SITUATIONS["git's hooks were not read"].forecast()
    assert [effect.does for effect in found.effects] == [Does.UNKNOWN] and not found.known


def _store(name: str, filled: bool) -> JsonObject:
    key: JsonObject = {"name": name, **({"policy": "Default"} if filled else {})}
    return {
        "apiVersion": "x.example.com/v1",
        "kind": "Store",
        "metadata": {"name": "keys", "namespace": "shop"},
        "spec": {"keys": [key]},
    }


def test_defaults_inside_an_item_do_not_speak_for_the_item() -> None:
    """An item that got another key since Argo CD compared: its defaults are explained, it is not."""
    policy: JsonObject = {"type": "string", "default": "Default"}
    key: JsonObject = {"type": "object", "properties": {"name": {"type": "string"}, "policy": policy}}
    spec: JsonObject = {"type": "object", "properties": {"keys": {"type": "array", "items": key}}}
    version: JsonObject = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}},
    }
    crd: JsonObject = {"spec": {"group": "x.example.com", "names": {"kind": "Store"}, "versions": [version]}}
    schemas = builtin_schemas().with_crds([crd])
    held = (_store("a", True), _store("a", False))
    same = Before(((_store("a", False), _store("a", True)),), facts={SCHEMAS: schemas}, compared=held).forecast()
    other = Before(((_store("a", False), _store("b", True)),), facts={SCHEMAS: schemas}, compared=held).forecast()
    assert same.safe and not other.safe, said(other)


def test_a_missing_false_is_no_false() -> None:
    """Where absent means true, a sync that puts false back undoes what somebody allowed."""
    account: JsonObject = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "web", "namespace": "shop"},
    }
    git: JsonObject = {**account, "automountServiceAccountToken": False}
    assert not Before(((git, applied(account, git)),), synced=True).forecast().safe


def test_a_health_check_that_fails_refuses_the_sync_and_excuses_nothing() -> None:
    """Argo CD compared all the same; the error may be gone when the sync begins (reference/measured.md 11, 37)."""
    health: JsonObject = {
        "type": "ComparisonError",
        "message": 'error setting app health: failed to get resource health for "Db"',
    }
    waiting = Before(((deployment(), _web(deployment(5), None, SCALED)),), status={"conditions": [health]})
    found = waiting.forecast()
    assert not found.safe and not found.converges
    assert [e.key.kind for e in found.fails] == ["Application"], said(found)
    equal = Before(((config_map(a="1"), config_map(a="1")),), status={"conditions": [health]}, synced=True).forecast()
    assert equal.safe and equal.converges and equal.fails


def test_an_object_that_argocd_does_not_watch() -> None:
    """It may be there, and changed by hand: Argo CD 3.6.1 said Missing, and every sync applied it again."""
    said = "does not match the resource selector"
    message = f'Resource /ConfigMap config {said} "a=b" in the settings and will not be watched'
    told: JsonObject = {"conditions": [{"type": "ExcludedResourceWarning", "message": message}]}
    found = Before(((config_map(), None),), status=told).forecast()
    assert not found.safe and not found.converges
    assert Before(((config_map(), None),)).forecast().safe
