"""What a change raises or weakens: situations as data, and laws that hold for all policies and roles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whydrift.core.compare.differences import differences
from whydrift.core.explain.change import Change
from whydrift.core.explain.raised import raising
from whydrift.core.explain.security import weakening
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson

CONTAINER = ("spec", "template", "spec", "containers", 0)
RAISED: list[tuple[str, Path, Json, Json]] = [
    ("Deployment", ("spec", "replicas"), 3, 5),
    ("HorizontalPodAutoscaler", ("spec", "maxReplicas"), 6, 24),
    ("Deployment", (*CONTAINER, "resources", "limits", "cpu"), 1, "1500m"),
    ("Deployment", (*CONTAINER, "resources", "requests", "memory"), "900Mi", "1Gi"),
    ("ResourceQuota", ("spec", "hard", "requests.cpu"), "20", "32"),
    ("PersistentVolumeClaim", ("spec", "resources", "requests", "storage"), "10Gi", "20Gi"),
    ("Deployment", (*CONTAINER, "image"), "web:1.2.0", "web:1.2.1"),
    ("Deployment", ("spec", "template", "spec", "terminationGracePeriodSeconds"), 30, 120),
    ("Deployment", (*CONTAINER, "livenessProbe", "failureThreshold"), 3, 10),
    ("HTTPRoute", ("spec", "rules", 0, "timeouts", "request"), "30s", "2m"),
    ("Certificate", ("spec", "duration"), "2160h", "8760h"),
]
NOT_RAISED: list[tuple[str, Path, Json, Json]] = [
    ("Deployment", ("spec", "replicas"), 5, 3),
    ("Deployment", (*CONTAINER, "resources", "limits", "cpu"), "1500m", 1),
    ("ConfigMap", ("data", "TIMEOUT"), "30s", "60s"),
    ("Ingress", ("metadata", "annotations", "example.com/timeout"), "30s", "60s"),
    ("Deployment", (*CONTAINER, "env", 0, "value"), "1", "2"),
    ("Service", ("spec", "ports", 0, "port"), 80, 8080),
    ("Deployment", (*CONTAINER, "image"), "web:1.2.0", "other:1.3.0"),
    ("Deployment", ("spec", "replicas"), None, 3),
    ("HTTPRoute", ("spec", "rules", 0, "backendRefs", 0, "weight"), 10, 50),
]
WEAKENED: list[tuple[Path, MaybeJson, MaybeJson]] = [
    ((*CONTAINER, "securityContext", "privileged"), False, True),
    ((*CONTAINER, "securityContext", "allowPrivilegeEscalation"), False, ABSENT),
    ((*CONTAINER, "securityContext", "runAsNonRoot"), True, ABSENT),
    ((*CONTAINER, "securityContext", "capabilities", "drop", 0), "ALL", ABSENT),
    ((*CONTAINER, "securityContext", "capabilities", "add", 0), ABSENT, "NET_ADMIN"),
    ((*CONTAINER, "securityContext"), {"runAsNonRoot": True}, ABSENT),
    (("spec", "template", "spec", "hostNetwork"), ABSENT, True),
    (("spec", "template", "spec", "volumes", 1), ABSENT, {"name": "node", "hostPath": {"path": "/"}}),
    ((*CONTAINER, "securityContext", "runAsUser"), 1000, 0),
    (("spec", "template", "spec", "securityContext", "seccompProfile", "type"), "RuntimeDefault", "Unconfined"),
]
NOT_WEAKENED: list[tuple[Path, MaybeJson, MaybeJson]] = [
    ((*CONTAINER, "securityContext", "privileged"), True, False),
    ((*CONTAINER, "securityContext", "runAsNonRoot"), ABSENT, True),
    (("metadata", "annotations", "privileged"), "false", "true"),
    ((*CONTAINER, "env", 0, "value"), "a", "b"),
    (("spec", "template", "spec", "volumes", 1), ABSENT, {"name": "tmp", "emptyDir": {}}),
]


def change(kind: str, path: Path, before: MaybeJson, after: MaybeJson) -> Change:
    return Change(ObjectKey("", kind, "shop", "web"), path, before, after, {}, {})


@pytest.mark.parametrize(("kind", "path", "before", "after"), RAISED)
def test_raised(kind: str, path: Path, before: Json, after: Json) -> None:
    assert raising(change(kind, path, before, after))
    assert not raising(change(kind, path, after, before))


@pytest.mark.parametrize(("kind", "path", "before", "after"), NOT_RAISED)
def test_not_raised(kind: str, path: Path, before: Json, after: Json) -> None:
    assert not raising(change(kind, path, before, after))


@pytest.mark.parametrize(("path", "before", "after"), WEAKENED)
def test_weakened(path: Path, before: MaybeJson, after: MaybeJson) -> None:
    assert weakening(change("Deployment", path, before, after))
    assert not weakening(change("Deployment", path, after, before))


@pytest.mark.parametrize(("path", "before", "after"), NOT_WEAKENED)
def test_not_weakened(path: Path, before: MaybeJson, after: MaybeJson) -> None:
    assert not weakening(change("Deployment", path, before, after))


def test_pod_security_of_a_namespace() -> None:
    path: Path = ("metadata", "labels", "pod-security.kubernetes.io/enforce")
    assert weakening(change("Namespace", path, "restricted", "baseline"))
    assert weakening(change("Namespace", path, "restricted", ABSENT))
    assert weakening(change("Namespace", path, ABSENT, "privileged"))
    assert not weakening(change("Namespace", path, "baseline", "restricted"))
    assert not weakening(change("Namespace", ("metadata", "labels", "team"), "a", "b"))


def texts(*words: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True)


rules = st.fixed_dictionaries(
    {
        "apiGroups": st.just([""]),
        "resources": texts("pods", "secrets", "*"),
        "verbs": texts("get", "list", "delete", "*"),
    }
)
peers: st.SearchStrategy[JsonObject] = st.builds(
    lambda team: {"podSelector": {"matchLabels": {"team": team}}}, st.sampled_from(["a", "b", "c"])
)
openings = st.fixed_dictionaries({}, optional={"from": st.lists(peers, min_size=1, max_size=2)})


def weakened(group: str, kind: str, before: JsonObject, after: JsonObject) -> bool:
    key = ObjectKey(group, kind, "shop", "web")
    found = (Change(key, d.path, d.target, d.live, before, after) for d in differences(before, after))
    return any(weakening(change) for change in found)


@given(st.lists(rules, max_size=3), st.lists(rules, min_size=1, max_size=2))
def test_a_role_is_never_widened_by_taking_rules_away(kept: list[Json], gone: list[Json]) -> None:
    assert not weakened("rbac.authorization.k8s.io", "Role", {"rules": [*kept, *gone]}, {"rules": kept})


@given(st.lists(openings, max_size=3), st.lists(openings, min_size=1, max_size=2))
def test_a_policy_is_never_opened_by_taking_rules_away(kept: list[Json], gone: list[Json]) -> None:
    before: JsonObject = {"spec": {"ingress": [*kept, *gone]}}
    assert not weakened("networking.k8s.io", "NetworkPolicy", before, {"spec": {"ingress": kept}})


@given(st.lists(openings.filter(bool), min_size=1, max_size=3))
def test_a_policy_is_opened_by_a_rule_for_everybody(closed: list[Json]) -> None:
    before: JsonObject = {"spec": {"ingress": closed}}
    assert weakened("networking.k8s.io", "NetworkPolicy", before, {"spec": {"ingress": [{}]}})


def test_a_role_is_widened_by_a_verb_that_no_rule_had() -> None:
    one: JsonObject = {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}
    two: JsonObject = {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "delete"]}]}
    assert weakened("rbac.authorization.k8s.io", "ClusterRole", one, two)
    assert not weakened("rbac.authorization.k8s.io", "ClusterRole", two, one)


TRAFFIC: list[tuple[str, Json, Json, bool]] = [
    (
        "a protocol that the server wrote in",
        {"from": [{"podSelector": {}}], "ports": [{"port": 80}]},
        {"from": [{"podSelector": {}}], "ports": [{"port": 80, "protocol": "TCP"}]},
        False,
    ),
    ("another protocol", {"ports": [{"port": 53}]}, {"ports": [{"port": 53, "protocol": "UDP"}]}, True),
    (
        "a narrower block",
        {"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
        {"from": [{"ipBlock": {"cidr": "10.7.0.0/16"}}]},
        False,
    ),
    (
        "a wider block",
        {"from": [{"ipBlock": {"cidr": "10.7.0.0/16"}}]},
        {"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
        True,
    ),
    (
        "a block of the other family",
        {"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]},
        {"from": [{"ipBlock": {"cidr": "::/0"}}]},
        True,
    ),
    (
        "a block that is none",
        {"from": [{"ipBlock": {"cidr": "all"}}]},
        {"from": [{"ipBlock": {"cidr": "10.7.0.0/16"}}]},
        True,
    ),
    (
        "an exception more",
        {"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
        {"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.9.0.0/16"]}}]},
        False,
    ),
    (
        "an exception less",
        {"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.9.0.0/16"]}}]},
        {"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]},
        True,
    ),
    (
        "a block beside the exception",
        {"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.9.0.0/16"]}}]},
        {"from": [{"ipBlock": {"cidr": "10.7.0.0/16"}}]},
        False,
    ),
    (
        "pods with one more label",
        {"from": [{"podSelector": {"matchLabels": {"a": "1"}}}]},
        {"from": [{"podSelector": {"matchLabels": {"a": "1", "b": "2"}}}]},
        False,
    ),
    (
        "pods of all namespaces",
        {"from": [{"podSelector": {"matchLabels": {"a": "1"}}}]},
        {"from": [{"podSelector": {"matchLabels": {"a": "1"}}, "namespaceSelector": {}}]},
        True,
    ),
    ("the own namespace of all", {"from": [{"namespaceSelector": {}}]}, {"from": [{"podSelector": {}}]}, False),
    (
        "a block instead of pods",
        {"from": [{"podSelector": {}}]},
        {"from": [{"ipBlock": {"cidr": "10.7.0.0/16"}}]},
        True,
    ),
    ("a part of a range", {"ports": [{"port": 8000, "endPort": 8100}]}, {"ports": [{"port": 8080}]}, False),
    (
        "a longer range",
        {"ports": [{"port": 8000, "endPort": 8100}]},
        {"ports": [{"port": 8000, "endPort": 9000}]},
        True,
    ),
    ("a named port", {"ports": [{"port": "http"}]}, {"ports": [{"port": "admin"}]}, True),
    ("one port of all", {"ports": [{"protocol": "TCP"}]}, {"ports": [{"port": "http"}]}, False),
    ("all ports", {"ports": [{"port": 80}]}, {}, True),
]


@pytest.mark.parametrize(("before", "after", "opened"), [row[1:] for row in TRAFFIC], ids=[row[0] for row in TRAFFIC])
def test_a_policy_is_opened_where_more_traffic_passes_not_where_it_is_written_in_other_words(
    before: Json, after: Json, opened: bool
) -> None:
    policy = ("networking.k8s.io", "NetworkPolicy")
    assert bool(weakened(*policy, {"spec": {"ingress": [before]}}, {"spec": {"ingress": [after]}})) is opened


def test_a_policy_is_not_opened_by_two_rules_made_one() -> None:
    before: JsonObject = {"spec": {"egress": [{"ports": [{"port": 80}]}, {"ports": [{"port": 443}]}]}}
    after: JsonObject = {"spec": {"egress": [{"ports": [{"port": 443}, {"port": 80}]}]}}
    assert not weakened("networking.k8s.io", "NetworkPolicy", before, after)
