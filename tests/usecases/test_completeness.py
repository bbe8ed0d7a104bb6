"""Whether all Applications are visible: what Argo CD's can-i says of */* and of *, as its own roles and policies do."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.fleet_builder import Fleet, clean, scaled

from whydrift.adapters.files.recording import Recording
from whydrift.core.model.values import Json, JsonObject
from whydrift.ports import Question, Reply
from whydrift.usecases.fleet import LIST, list_applications

GET = "argocd/api/v1/account/can-i/applications/get"


@pytest.mark.parametrize(
    ("every_project", "everything", "complete"),
    [
        # measured with Argo CD 3.5.1: role:admin and role:readonly state */*, and `can-i get applications *` says no
        pytest.param("yes", "no", True, id="the built-in roles"),
        pytest.param("yes", "yes", True, id="a policy for *"),
        pytest.param("no", "no", False, id="one project"),
        pytest.param("{", "no", False, id="malformed"),
        pytest.param("", "yes", True, id="a recording of the second question only"),
        pytest.param("", "", False, id="not recorded"),
    ],
)
def test_every_application_is_visible(every_project: str, everything: str, complete: bool, tmp_path: Path) -> None:
    stated = {f"{GET}/%2A/%2A.json": every_project, f"{GET}/%2A.json": everything}
    folder = Fleet([scaled()]).folder(tmp_path / "fleet")
    for name, value in stated.items():
        (folder / name).unlink(missing_ok=True)
        if value:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(value if value == "{" else json.dumps({"value": value}))
    listing = asyncio.run(list_applications(Recording(folder), ""))
    assert [gap.what for gap in listing.gaps] == ([] if complete else ["other projects not visible"])


HOME, EVERYWHERE = "namespaces/argocd/applications", "applications"


@pytest.mark.parametrize(
    ("can_i", "counted", "says"),
    [
        # measured with Argo CD 3.5.1: `deny` for one beside `allow */*`: can-i says yes, the list lacks that one
        pytest.param("yes", {EVERYWHERE: 3, HOME: 3}, "Kubernetes has 3 in namespace argocd", id="a rule denies one"),
        pytest.param(
            "yes", {HOME: 3}, "Kubernetes has 3 in namespace argocd", id="only Argo CD's namespace is readable"
        ),
        pytest.param("yes", {EVERYWHERE: 2}, "", id="all are listed"),
        pytest.param("yes", {EVERYWHERE: 5, HOME: 2}, "", id="others are another Argo CD's"),
        pytest.param("yes", {EVERYWHERE: 1, HOME: 1}, "", id="one was made since"),
        pytest.param("no", {EVERYWHERE: 2}, "", id="Kubernetes proves what can-i does not"),
        pytest.param("no", {EVERYWHERE: 5, HOME: 2}, "this login may not get", id="Kubernetes proves nothing"),
        pytest.param("no", {HOME: 2}, "this login may not get", id="not everywhere"),
        pytest.param("yes", {EVERYWHERE: None}, "", id="the server does not count"),
    ],
)
def test_kubernetes_knows_how_many_there_are(
    can_i: str, counted: dict[str, int | None], says: str, tmp_path: Path
) -> None:
    files: dict[str, Json | bytes] = {f"{GET}/%2A.json": {"value": can_i}}
    for path, number in counted.items():
        rest: JsonObject = {} if number is None else {"remainingItemCount": number - 1}
        page: JsonObject = {"kind": "ApplicationList", "metadata": {"continue": "more", **rest}, "items": [{}]}
        files[f"kubernetes/apis/argoproj.io/v1alpha1/{path}@limit=1.json"] = page
    folder = Fleet([scaled(), clean()], files).folder(tmp_path / "fleet")
    listing = asyncio.run(list_applications(Recording(folder), ""))
    assert [says in gap.why for gap in listing.gaps] == ([True] if says else [])


class Together(Recording):
    """A server whose list is read only when everything else was asked."""

    async def ask(self, question: Question) -> Reply:
        """The recorded answer; the list when it is its turn."""
        reply = await super().ask(question)
        while question.path == LIST and not {"argocd/api/version.json", f"{GET}/%2A/%2A.json"} <= self.asked:
            await asyncio.sleep(0)
        return reply


def test_what_a_list_leaves_open_is_asked_while_it_is_read(tmp_path: Path) -> None:
    """A list takes longest: nothing waits for its end that can be asked before."""
    source = Together(Fleet([scaled()]).folder(tmp_path / "fleet"))
    listing = asyncio.run(asyncio.wait_for(list_applications(source, ""), 60))
    assert [application.name for application in listing.applications()]
