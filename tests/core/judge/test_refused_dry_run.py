"""What a server-side dry run was refused for is what the sync is refused for, where it asks for the same."""

from __future__ import annotations

import pytest

from tests.core.judge.situations import Before, applied, config_map, deployment, manager, said, with_metadata
from tests.core.judge.test_quota import service
from whydrift.core.model.effect import Does, Forecast
from whydrift.core.model.fact_kinds import DRY_RUN
from whydrift.core.model.facts import FactKind, Gap
from whydrift.core.model.values import JsonObject

Pair = tuple[JsonObject | None, JsonObject | None]
POLICY = (
    "deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'tags' with binding 'tags' denied request: "
    "images need a fixed tag"
)
WEBHOOK = 'admission webhook "check.example.com" denied the request: no'
SECURITY = 'pods "job" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false'
FULL = 'services "api" is forbidden: exceeded quota: team, requested: services=1, used: services=5, limited: services=5'
INVALID = 'Service "api" is invalid: spec.ports[1].port: Invalid value: 80800: must be between 1 and 65535, inclusive'


def refused(said: str, status: int | None = 403, *pairs: Pair, spec: JsonObject | None = None) -> Forecast:
    """What a sync does where the dry run of each object was answered so."""
    gaps: dict[FactKind[object], Gap] = {DRY_RUN: Gap("dry run", f"{status}: {said}", "", status, said)}
    return Before(pairs or ((service("api"), None),), gaps=gaps, spec=spec or {}, moved=True).forecast()


def changed(target: JsonObject | None = None, live: JsonObject | None = None) -> Pair:
    """A Deployment whose image a commit changes."""
    before = live or deployment(3)
    return target or deployment(3, "example.com/web:latest"), applied(before, before)


@pytest.mark.parametrize(
    ("words", "status"),
    [(POLICY, 422), (WEBHOOK, 403), (WEBHOOK, 400), (SECURITY, 403), (FULL, 403), (INVALID, 422)],
)
def test_a_new_object_that_was_refused_is_refused(words: str, status: int) -> None:
    found = refused(words, status)
    assert [(e.does, e.says) for e in found.effects] == [(Does.FAIL, f"fails: {words}")], said(found)
    assert found.safe and not found.converges


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ('services "api" is forbidden: User "kim" cannot patch resource "services" in API group ""', 403),
        ('admission webhook "check.example.com" does not support dry run', 400),
        ("Internal error occurred: failed calling webhook: connection refused", 500),
        ('clusterroles.rbac.authorization.k8s.io "view" not found', 404),
        ('pods "api" is forbidden: no PriorityClass with name high was found', 403),
        ('roles.rbac.authorization.k8s.io "api" is forbidden: user "kim" is attempting to grant RBAC permissions', 403),
        (
            "failed to create typed patch object (shop/api; /v1, Kind=Service): .spec.x: field not declared in schema",
            400,
        ),
        ('Operation cannot be fulfilled on services "api": the object has been modified', 409),
        ("the server is tired", 403),
        ("", 403),
        (POLICY, 503),
        (POLICY, None),
    ],
)
def test_what_says_nothing_of_a_sync_refuses_none(words: str, status: int | None) -> None:
    found = refused(words, status)
    assert [e.does for e in found.effects] == [Does.CREATE], said(found)


def test_a_change_that_was_refused_is_refused() -> None:
    found = refused(POLICY, 422, changed())
    assert [(e.does, e.says) for e in found.effects] == [(Does.FAIL, f"fails: {POLICY}")], said(found)
    assert found.safe and not found.converges


def test_a_policy_may_let_argo_cd_in_so_what_would_be_lost_counts() -> None:
    """It sees who asks; an invalid value is one whoever sends it."""
    scaled = applied(deployment(5), deployment(3), manager("kubectl", {"f:spec": {"f:replicas": {}}}))
    pair = (deployment(3, "example.com/web:latest"), scaled)
    found = refused(POLICY, 422, pair)
    assert found.fails and not found.safe, said(found)
    invalid = refused(INVALID, 422, pair)
    assert invalid.fails and invalid.safe, said(invalid)


def test_where_the_sync_leaves_another_object_than_was_tried_nothing_is_known() -> None:
    """Applied client-side what git drops goes, and stays in a dry run beside the manager that wrote it."""
    live = deployment(3, hostNetwork=True)
    own = manager("argocd-controller", {"f:spec": {"f:template": {"f:spec": {"f:hostNetwork": {}}}}})
    found = refused(POLICY, 422, (deployment(3), applied(live, live, own)))
    assert not found.fails and any(e.does is Does.RESTART for e in found.effects), said(found)


def test_what_changes_nothing_is_not_sent() -> None:
    same = deployment(3)
    assert not refused(POLICY, 422, (same, applied(same, same))).fails


@pytest.mark.parametrize(
    "beside",
    [
        ({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"x": "y"}}}, None),
        ({"apiVersion": "constraints.gatekeeper.sh/v1beta1", "kind": "Tags", "metadata": {"name": "tags"}}, None),
        ({"apiVersion": "kyverno.io/v1", "kind": "ClusterPolicy", "metadata": {"name": "tags"}}, None),
    ],
)
def test_a_policy_that_the_same_sync_changes_may_let_it_in(beside: Pair) -> None:
    found = refused(POLICY, 422, (service("api"), None), beside)
    assert "Service" not in {e.key.kind for e in found.fails}, said(found)


def test_what_the_same_sync_takes_away_may_make_room() -> None:
    old = service("old")
    assert not refused(FULL, 403, (service("api"), None), (None, applied(old, old))).fails


def test_a_forced_sync_makes_it_anew() -> None:
    target = with_metadata(deployment(3, "example.com/web:latest"), {"argocd.argoproj.io/sync-options": "Force=true"})
    assert not refused(POLICY, 422, changed(target)).fails


def test_a_config_map_that_a_webhook_refuses_applied_server_side() -> None:
    spec: JsonObject = {"syncPolicy": {"syncOptions": ["ServerSideApply=true"]}}
    entry = manager("argocd-controller", {"f:data": {"f:a": {}}}, "Apply", "v1")
    live = with_metadata(config_map(a="1"), managedFields=[entry], uid="1")
    found = refused(WEBHOOK, 403, (config_map(a="2"), live), spec=spec)
    assert [e.says for e in found.fails] == [f"fails: {WEBHOOK}"], said(found)


def test_a_job_that_was_refused_would_run_where_it_is_let_in() -> None:
    job: JsonObject = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "seed", "namespace": "shop"},
        "spec": {"template": {"spec": {"containers": []}}},
    }
    found = refused(WEBHOOK, 403, (job, None))
    assert [e.does for e in found.effects] == [Does.FAIL, Does.CREATE] and not found.safe, said(found)
