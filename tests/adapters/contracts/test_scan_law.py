"""Law: scanning a live server gives the same answer as scanning a recording of it (`read` aside); and gentleness."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from tests.fleet_builder import App, Fleet, clean
from tests.replay import Fault, Replay
from tests.replay.recorded import RECORDINGS, corpus

from whydrift import wiring
from whydrift.adapters.argocd import ArgocdOptions, connect
from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.files.recording import Recording
from whydrift.core.model.secrets import Masker
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.model.values import Json, JsonObject
from whydrift.ports import Api, Question, Reply, Source
from whydrift.usecases.facts import FactReader
from whydrift.usecases.scan import Read, scan

EVERY = 24
"""Of the whole corpus, one scenario in so many; WHYDRIFT_EVERY=1 takes all."""
SAMPLE = [*RECORDINGS, *corpus()[:: int(os.environ.get("WHYDRIFT_EVERY", EVERY))]]


class BesideKubernetes:
    """A live Argo CD together with the recorded Kubernetes API of the same recording."""

    def __init__(self, argocd: Source, kubernetes: Source) -> None:
        self.name = argocd.name
        self._argocd, self._kubernetes = argocd, kubernetes

    async def ask(self, question: Question) -> Reply:
        """Each API answers for itself."""
        return await (self._argocd if question.api is Api.ARGOCD else self._kubernetes).ask(question)

    def instances(self) -> Sequence[str]:
        """The live one."""
        return self._argocd.instances()

    async def clusters(self, instance: str = "") -> dict[str, str]:
        """Those of the recording."""
        return await self._kubernetes.clusters()

    @property
    def requests(self) -> int:
        """Questions to both."""
        return self._argocd.requests + self._kubernetes.requests

    async def close(self) -> None:
        """Close both."""
        await self._argocd.close()
        await self._kubernetes.close()


def scanned(source: Source, hidden: bool) -> tuple[list[ApplicationAnswer], Read]:
    """The applications of a scan, and what was read."""

    async def all_of_it() -> tuple[list[ApplicationAnswer], Read]:
        masker, read = Masker(b"one key for both"), Read()
        analysis = wiring.analysis(wiring.Settings(), hidden)
        reader = lambda instance: FactReader(source, masker, builtin_schemas(), instance)  # noqa: E731 - a one-line factory
        try:
            return [answer async for answer in scan(source, analysis, reader, lambda _: True, read)], read
        finally:
            await source.close()

    return asyncio.run(all_of_it())


@pytest.mark.parametrize("recording", SAMPLE, ids=lambda path: path.stem)
def test_live_and_recorded_scans_agree(recording: Path) -> None:
    expected, expected_read = scanned(Recording(recording), hidden=True)
    with Replay(recording, token="t") as replay:
        argocd = connect(ArgocdOptions(server=replay.url, auth_token="t"), {}, recording)
        found, read = scanned(BesideKubernetes(argocd, Recording(recording)), hidden=True)
    assert expected
    assert _text(found) == _text(expected)
    assert [gap.what for gap in read.gaps] == [gap.what for gap in expected_read.gaps]
    assert read.versions == expected_read.versions
    assert argocd.notes == []


def _text(answers: list[ApplicationAnswer]) -> str:
    """The answers as the JSON that users get, one application a line. Of what was not read only the status counts."""
    lines = []
    for answer in answers:
        not_read = " ".join(answer.not_read.replace(":", "").split()[:2])
        said = msgspec.json.encode(msgspec.structs.replace(answer, not_read=not_read)).decode()
        lines.append(said.replace("501: not in the recording", "not in the recording"))  # the replay's own status
    return "\n".join(lines)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_asks_gently(recording: Path) -> None:
    """One list, at most one request for an application that is Synced, four for one that drifts, renders aside."""
    with Replay(recording) as replay:
        argocd = connect(ArgocdOptions(server=replay.url), {}, recording)
        answers, _ = scanned(BesideKubernetes(argocd, Recording(recording)), hidden=False)
    asked = Counter(seen.path + (f"?{seen.query}" if seen.query else "") for seen in replay.seen)
    assert max(asked.values()) == 1, "nothing is asked twice"
    assert asked["/api/v1/applications"] == 1
    for answer in answers:
        about = [path for path in asked if path.startswith(f"/api/v1/applications/{answer.name}/")]
        assert len(about) <= (1 if answer.argocd.sync == "Synced" and not answer.objects else 4), about


PROJECTS = "argocd/api/v1/projects.json"
SOURCE: JsonObject = {"repoURL": "https://git.example.com/apps.git", "path": "shop", "targetRevision": "main"}
SYNCED: JsonObject = {
    "sync": {"status": "Synced", "revision": "a" * 40, "comparedTo": {"source": SOURCE}},
    "operationState": {
        "phase": "Succeeded",
        "operation": {"sync": {"revision": "a" * 40}},
        "syncResult": {"revision": "a" * 40, "source": SOURCE, "resources": [{"kind": "ConfigMap", "name": "config"}]},
    },
}
WINDOW: JsonObject = {"kind": "deny", "schedule": "0 0 * * *", "duration": "24h", "applications": ["*"]}


def project(name: str = "default", *windows: JsonObject) -> JsonObject:
    """A project with its sync windows."""
    stated: list[Json] = [*windows]
    return {"metadata": {"name": name}, "spec": {"syncWindows": stated} if windows else {}}


@pytest.mark.parametrize(
    ("projects", "asks"),
    [
        ([project()], False),
        ([project(), project("shop")], False),
        ([project("default", WINDOW)], True),
        ([project(), project("every-project-inherits", WINDOW)], True),
        ([project("another")], True),
        (None, True),
    ],
    ids=["none states any", "of several", "its own does", "another does", "its own is not listed", "not readable"],
)
def test_asks_once_for_all_synced_applications_whether_there_are_sync_windows(
    tmp_path: Path, projects: list[Json] | None, asks: bool
) -> None:
    """Even a look at everything asks one question of an application that is Synced, where no project holds it back."""
    calm = [App(name, clean().pairs, spec={"source": SOURCE}, status=SYNCED) for name in ("a", "b", "c")]
    folder = Fleet(calm, {PROJECTS: {"items": projects or []}}).folder(tmp_path)
    with Replay(folder, faults=[Fault.parse("*/projects=403")] if projects is None else []) as replay:
        argocd = connect(ArgocdOptions(server=replay.url), {}, folder)
        answers, _ = scanned(BesideKubernetes(argocd, Recording(folder)), hidden=True)
    assert [answer.argocd.sync for answer in answers] == ["Synced"] * 3
    assert replay.count("/api/v1/projects") == 1, "once for all"
    about = Counter(seen.path.rpartition("/")[2] for seen in replay.seen if seen.path.count("/") == 5)
    assert about == {"managed-resources": 3, **({"syncwindows": 3} if asks else {})}
