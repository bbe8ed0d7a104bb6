"""The Helm chart, rendered by helm: least rights, restricted pods, and settings that whydrift itself accepts."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import msgspec
import pytest
import yaml

from tests.adapters.render.tools import tools
from tests.from_yaml import all_from_yaml
from whydrift.core.model.values import JsonObject, items, mapping, text
from whydrift.settings import File

CHART = Path(__file__).parents[2] / "deploy" / "chart" / "whydrift"
LAPTOP: dict[str, object] = {}
TEAM: dict[str, object] = {
    "postgresql": {"secret": {"name": "store"}},
    "replicas": 2,
    "workers": {"replicas": 3},
    "auth": {"userHeader": "X-Forwarded-User", "trustedProxies": ["10.0.0.0/8"], "tokenSecret": {"name": "tokens"}},
    "argocd": {"applicationNamespaces": ["*", "teams"], "insecure": True, "ca": {"configMap": "argocd-ca"}},
    "ingress": {"enabled": True, "hosts": ["whydrift.example.com"], "className": "nginx"},
    "metrics": {"serviceMonitor": {"enabled": True}, "rules": {"enabled": True}},
    "config": """\
[watch]
settle = 90
[[routes]]
name = "on-call"
to = "apprise"
url = "env:URL"
match = [{severity = "loses"}]
""",
}


def _rendered(values: dict[str, object], folder: Path) -> list[JsonObject]:
    (folder / "values.yaml").write_text(yaml.safe_dump(values))
    stated = ["--namespace", "whydrift", "-f", str(folder / "values.yaml")]
    command = [*(tools().helm or ()), "template", "w", str(CHART), *stated]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise ValueError(ran.stderr)
    return [document for document in all_from_yaml(ran.stdout) if document]


def _of(kind: str, documents: list[JsonObject]) -> list[JsonObject]:
    return [document for document in documents if text(document, "kind") == kind]


@pytest.mark.parametrize("values", [LAPTOP, TEAM], ids=["laptop", "team"])
def test_it_may_read_and_follow_and_nothing_else(values: dict[str, object], tmp_path: Path) -> None:
    documents = _rendered(values, tmp_path)
    roles = [*_of("Role", documents), *_of("ClusterRole", documents)]
    rules = [rule for role in roles for rule in items(role, "rules")]
    assert rules
    for rule in rules:
        verbs, resources = items(rule, "verbs"), items(rule, "resources")
        assert {str(verb) for verb in verbs} <= {"get", "list", "watch"}
        assert "secrets" not in resources and "*" not in resources


@pytest.mark.parametrize("values", [LAPTOP, TEAM], ids=["laptop", "team"])
def test_its_pods_are_restricted(values: dict[str, object], tmp_path: Path) -> None:
    """Kubernetes documentation, "Pod Security Standards": restricted."""
    pods = [mapping(d, "spec", "template", "spec") for d in _of("Deployment", _rendered(values, tmp_path))]
    assert len(pods) == (2 if values else 1)
    for pod in pods:
        assert mapping(pod, "securityContext").get("runAsNonRoot") is True
        assert text(pod, "securityContext", "seccompProfile", "type") == "RuntimeDefault"
        for container in items(pod, "containers"):
            context = mapping(container, "securityContext")
            assert context["allowPrivilegeEscalation"] is False
            assert context["readOnlyRootFilesystem"] is True
            assert mapping(context, "capabilities")["drop"] == ["ALL"]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"replicas": 2}, "needs PostgreSQL"),
        ({"workers": {"replicas": 1}}, "need PostgreSQL"),
        ({"auth": {"userHeader": "X-User"}}, "auth.trustedProxies"),
    ],
)
def test_what_cannot_work_is_refused(values: dict[str, object], why: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=why):
        _rendered(values, tmp_path)


def test_the_settings_are_settings(tmp_path: Path) -> None:
    (config,) = _of("ConfigMap", _rendered(TEAM, tmp_path))
    file = msgspec.convert(tomllib.loads(text(config, "data", "whydrift.toml")), File)
    assert file.watch.settle == 90
    assert [route.name for route in file.routes] == ["on-call"]


def test_applications_in_other_namespaces_are_readable_there_and_only_there(tmp_path: Path) -> None:
    documents = _rendered({"argocd": {"applicationNamespaces": ["teams"]}}, tmp_path)
    assert {text(role, "metadata", "namespace") for role in _of("Role", documents)} == {"argocd", "teams"}
    (everywhere,) = _of("ClusterRole", documents)
    assert all("applications" not in str(items(rule, "resources")) for rule in items(everywhere, "rules"))


def test_without_authentication_only_the_pod_itself_reaches_the_page(tmp_path: Path) -> None:
    (serve,) = _of("Deployment", _rendered(LAPTOP, tmp_path))
    (container,) = items(serve, "spec", "template", "spec", "containers")
    assert "--host=127.0.0.1" in str(items(container, "args"))
