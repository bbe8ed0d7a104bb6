"""Logins of a real Argo CD: what each may see, what it is told, and that nothing of a token is shown.

`env` also states ARGO_LOGIN, an API server of the same Argo CD that asks for logins (TLS, any certificate), and
ARGO_PASSWORD_FILE with the password of `admin`; without them these tests are skipped.
"""

from __future__ import annotations

import json
import shutil
import ssl
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.live.conftest import Deploy
from tests.live.ground import Ground
from tests.live.situations import WEB

from whydrift.core.model.values import Json, items, mapping, text


@pytest.fixture
def server(ground: Ground) -> str:
    """The API server that asks for logins."""
    if "ARGO_LOGIN" not in ground.environ:
        pytest.skip("no Argo CD that asks for logins: ARGO_LOGIN in the env file names one")
    return ground.environ["ARGO_LOGIN"]


def with_token(ground: Ground, server: str, token: str) -> Ground:
    """The servers as somebody with a token sees them."""
    opts = {"ARGOCD_OPTS": f"--server {server} --insecure", "ARGOCD_AUTH_TOKEN": token}
    return replace(ground, environ={**ground.environ, **opts})


@pytest.fixture
def admin(ground: Ground, server: str) -> Ground:
    """The administrator."""
    password = Path(ground.environ["ARGO_PASSWORD_FILE"]).read_text().strip()
    body = json.dumps({"username": "admin", "password": password}).encode()
    request = urllib.request.Request(f"https://{server}/api/v1/session", body, {"Content-Type": "application/json"})
    anybody = ssl._create_unverified_context()
    with urllib.request.urlopen(request, context=anybody, timeout=30) as reply:
        said: Json = json.loads(reply.read())
    return with_token(ground, server, text(said, "token"))


@pytest.fixture
def project(ground: Ground) -> Iterator[str]:
    """A project of its own, whose role `reader` may get its applications."""
    name = "live-project"
    policy = f"p, proj:{name}:reader, applications, get, {name}/*, allow"
    spec: Json = {
        "sourceRepos": ["*"],
        "destinations": [{"server": "*", "namespace": "*"}],
        "clusterResourceWhitelist": [{"group": "", "kind": "Namespace"}],
        "roles": [{"name": "reader", "policies": [policy]}],
    }
    manifest = {"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {"name": name}, "spec": spec}
    ground.kubectl("-n", "argocd", "create", "-f", "-", given=json.dumps(manifest))
    yield name
    ground.kubectl("-n", "argocd", "delete", "appproject", name, "--wait=false")


def test_an_administrator_sees_everything(admin: Ground, deploy: Deploy) -> None:
    """The built-in roles say */*: nothing is said to be hidden, and doctor finds nothing missing."""
    app = deploy(WEB)
    read = mapping(json.loads(admin.whydrift("scan", app.name, "-o", "json")), "read")
    assert (read["complete"], read["gaps"]) == (True, [])
    assert "you may get applications, projects, clusters, logs" in admin.whydrift("doctor", "--no-git")


def test_a_projects_token_sees_its_own_applications(project: str, deploy: Deploy, ground: Ground, server: str) -> None:
    """Argo CD cuts the list without an error: the answer says that others are not visible."""
    path = f"/api/v1/projects/{project}/roles/reader/token"
    token = text(ground.argocd("POST", path, {"project": project, "role": "reader"}), "token")
    reader = with_token(ground, server, token)
    other, own = deploy(WEB), deploy(WEB, project=project)
    ground.kubectl("-n", own.name, "scale", "deployment/web", "--replicas=3")
    own.until("OutOfSync")
    assert reader.whydrift("ls") == f"{own.name}\tDeployment/web\t{own.name}\n"
    answer = json.loads(reader.whydrift("scan", "-o", "json"))
    assert [text(row, "name") for row in items(answer, "applications")] == [own.name]
    assert [text(gap, "what") for gap in items(answer, "read", "gaps")] == ["other projects not visible"]
    assert other.name not in json.dumps(answer)


@pytest.mark.parametrize("token", ["nonsense-0123456789", "eyJhbGciOiJub25lIn0.eyJleHAiOjE2MDAwMDAwMDB9.c2lnbmF0dXJl"])
def test_a_token_that_is_not_accepted_is_one_line(token: str, ground: Ground, server: str) -> None:
    """Wrong or expired: exit code 2, one line that says how to get another one, and not a byte of this one."""
    said = with_token(ground, server, token).fails("scan")
    assert len(said.splitlines()) == 1 and "argocd relogin" in said
    assert token not in said and token.rpartition(".")[2] not in said


def test_core_mode_lists_the_same(deploy: Deploy, ground: Ground) -> None:
    """No API server: the Applications of the Kubernetes API say which objects are OutOfSync, wherever Argo CD lives."""
    app = deploy(WEB)
    ground.kubectl("-n", app.name, "scale", "deployment/web", "--replicas=3")
    app.until("OutOfSync")
    core = replace(ground, environ={**ground.environ, "ARGOCD_OPTS": "--core"})
    assert (
        core.whydrift("ls", app.name) == ground.whydrift("ls", app.name) == f"{app.name}\tDeployment/web\t{app.name}\n"
    )
    assert "argocd admin dashboard" in core.whydrift("explain", app.name, ok=(3,))


@pytest.mark.parametrize("kubectl", [True, False], ids=["with kubectl", "without"])
def test_a_forwarded_port_leads_to_the_same(
    kubectl: bool, admin: Ground, ground: Ground, deploy: Deploy, tmp_path: Path
) -> None:
    """--port-forward through the kubeconfig, by kubectl as a child, else by the client library: eight at a time."""
    pods = ("get", "pods", "--selector=app.kubernetes.io/name=argocd-server", "--output=name")
    if not ground.kubectl("-n", "argocd", *pods):
        pytest.skip("no pod of argocd-server to forward a port to")
    app = deploy(WEB)
    ground.kubectl("-n", app.name, "scale", "deployment/web", "--replicas=3")
    app.until("OutOfSync")
    forwarded = {"ARGOCD_OPTS": "--port-forward-namespace argocd"}
    if not kubectl:
        (tmp_path / "git").symlink_to(shutil.which("git", path=ground.environ["PATH"]) or "git")
        forwarded["PATH"] = str(tmp_path)
    through = replace(admin, environ={**admin.environ, **forwarded})
    words = ("scan", "-o", "tsv", "--no-git", app.name)
    assert through.whydrift(*words) == ground.whydrift(*words)
