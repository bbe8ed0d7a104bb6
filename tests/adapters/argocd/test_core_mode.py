"""Core mode: Applications, projects and the version out of the Kubernetes API, and what to run for everything else."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from whydrift.adapters.argocd import CoreSource
from whydrift.adapters.files.recording import Recording
from whydrift.ports import Api, Body, NotRead, Question, Reply
from whydrift.usecases.fleet import list_applications

GROUP = "kubernetes/apis/argoproj.io/v1alpha1"
APPLICATION = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "Application",
    "metadata": {"name": "shop", "namespace": "argocd"},
    "status": {"sync": {"status": "OutOfSync"}},
}
CONTROLLER = {
    "metadata": {"name": "gitops-application-controller"},
    "spec": {"template": {"spec": {"containers": [{"image": "reg:5000/argoproj/argocd:v3.4.2@sha256:00"}]}}},
}
LISTED = {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationList", "items": [APPLICATION]}
EVERYWHERE, HERE = f"{GROUP}/applications.json", f"{GROUP}/namespaces/gitops/applications.json"


def core(folder: Path, answers: dict[str, object]) -> CoreSource:
    """Core mode over what a Kubernetes API answered."""
    files = {"argocd/api/v1/applications.json": {}, **answers}  # without it the folder would be no recording
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content))
    return CoreSource(Recording(folder), "gitops")


def ask(source: CoreSource, path: str, *query: tuple[str, str]) -> Reply:
    return asyncio.run(source.ask(Question(Api.ARGOCD, path, query)))


def test_lists_all_applications_and_is_complete(tmp_path: Path) -> None:
    statefulsets = {"kubernetes/apis/apps/v1/namespaces/gitops/statefulsets.json": {"items": [CONTROLLER]}}
    source = core(tmp_path, {EVERYWHERE: LISTED, **statefulsets})
    listing = asyncio.run(list_applications(source, ""))
    assert [application.name for application in listing.applications()] == ["shop"]
    assert listing.gaps == ()
    assert listing.version == "v3.4.2"


class Slow(Recording):
    """A Kubernetes API that counts its lists of Applications and takes its time."""

    lists = 0

    async def ask(self, question: Question) -> Reply:
        """The recorded answer, after a while."""
        self.lists += question.path.endswith("/applications") and not question.query  # else only counted
        await asyncio.sleep(0.01)
        return await super().ask(question)


def test_one_list_answers_whatever_else_is_asked_while_it_is_read(tmp_path: Path) -> None:
    """Whether it is complete, and where the version stands, is asked at the same time."""
    core(tmp_path, {EVERYWHERE: LISTED})
    kubernetes = Slow(tmp_path)
    listing = asyncio.run(list_applications(CoreSource(kubernetes, "gitops"), ""))
    assert (listing.gaps, kubernetes.lists) == ((), 1)


def test_one_namespace_is_not_all_of_them(tmp_path: Path) -> None:
    source = core(tmp_path, {f"{EVERYWHERE}.403": {"message": "forbidden"}, HERE: LISTED})
    listing = asyncio.run(list_applications(source, ""))
    assert [application.name for application in listing.applications()] == ["shop"]
    assert [gap.what for gap in listing.gaps] == ["other projects not visible"]
    assert listing.version == ""


def test_gives_one_application_and_the_projects(tmp_path: Path) -> None:
    answers: dict[str, object] = {
        f"{GROUP}/namespaces/gitops/applications/shop.json": APPLICATION,
        f"{GROUP}/namespaces/team/applications/shop.json": {"team": True},
        f"{GROUP}/namespaces/gitops/appprojects.json": {"items": []},
    }
    source = core(tmp_path, answers)
    assert ask(source, "/api/v1/applications/shop") == Body(json.dumps(APPLICATION).encode())
    assert ask(source, "/api/v1/applications/shop", ("appNamespace", "team")) == Body(b'{"team": true}')
    assert ask(source, "/api/v1/projects") == Body(b'{"items": []}')


def test_an_application_names_argo_cds_namespace(tmp_path: Path) -> None:
    """`kubectl config set-context --namespace` may have been used for anything."""
    controlled = {**APPLICATION, "status": {"controllerNamespace": "argo-system"}}
    answers: dict[str, object] = {
        EVERYWHERE: {"items": [APPLICATION, controlled]},
        f"{GROUP}/namespaces/argo-system/applications/shop.json": controlled,
        f"{GROUP}/namespaces/argo-system/appprojects.json": {"items": []},
        "kubernetes/apis/apps/v1/namespaces/argo-system/statefulsets.json": {"items": [CONTROLLER]},
    }
    source = core(tmp_path, answers)
    for path in ("/api/v1/applications/shop", "/api/v1/projects", "/api/version"):
        assert isinstance(ask(source, path), Body), path


@pytest.mark.parametrize(
    "path", ["/api/v1/applications/shop/managed-resources", "/api/v1/settings", "/api/v1/clusters"]
)
def test_says_what_to_run_for_the_rest(path: str, tmp_path: Path) -> None:
    reply = ask(core(tmp_path, {}), path)
    assert isinstance(reply, NotRead)
    assert "run `argocd admin dashboard`, then --server http://localhost:8080" in reply.why


def test_hands_kubernetes_questions_on(tmp_path: Path) -> None:
    source = core(tmp_path, {"kubernetes/api/v1/namespaces.json": {"items": []}})
    reply = asyncio.run(source.ask(Question(Api.KUBERNETES, "/api/v1/namespaces")))
    assert reply == Body(b'{"items": []}')
    assert "argocd admin dashboard" in source.notes[0]
