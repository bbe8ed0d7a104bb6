"""Law: what was recorded live is answered as it was live, what could not be read with the same reason."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.adapters.kubernetes.clusters import kubeconfig
from tests.adapters.kubernetes.test_scan_law import TOKEN, HomeReplay, opened, scanned
from tests.replay import Fault
from tests.replay.recorded import RECORDINGS

from whydrift import wiring
from whydrift.adapters.files.recording import Recording
from whydrift.adapters.files.writer import RecordingSource
from whydrift.ports import Source
from whydrift.settings import Connection
from whydrift.usecases.record import record
from whydrift.wiring import recording

FLEET = next(path for path in RECORDINGS if "payments-apps" in path.name)


async def written(live: Source, folder: Path) -> None:
    """Record everything, as `whydrift record` does."""
    going = opened(live)
    writing: RecordingSource = recording.recorder(going, folder)
    analysis = wiring.analysis(going.settings, hidden=True)
    await record(writing, analysis, going.reader, lambda _: True, lambda *_: None)
    clusters = [{"id": at, "url": url} for url, at in (await writing.clusters()).items()]
    writing.finish({"schema": "whydrift.recording/1", "clusters": clusters})
    await going.close()


@pytest.mark.parametrize(
    "faults",
    [
        [],
        ["/kubernetes/*/pods*=403", "/kubernetes/*customresourcedefinitions*=403"],
        ["/kubernetes/apis/argoproj.io/*=403"],
        ["/kubernetes/*=401"],
        ["/api/v1/clusters=403", "*/resource-tree*=404"],
    ],
    ids=["whole", "some-forbidden", "home-not-proven", "no-login", "argocd-hides"],
)
@pytest.mark.parametrize("alone", [False, True], ids=["with-kubernetes", "argocd-alone"])
def test_a_recording_answers_as_the_servers_did(
    faults: list[str], alone: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ARGOCD_AUTH_TOKEN", TOKEN)
    with HomeReplay(FLEET, token=TOKEN, faults=[Fault.parse(fault) for fault in faults]) as replay:
        config = kubeconfig(tmp_path / "config", replay.kubernetes_url)
        connection = Connection(server=replay.url, kubeconfig=str(config), no_kubernetes=alone)
        asyncio.run(written(wiring.open_answers(connection), tmp_path / "out"))
        expected, read = scanned(opened(wiring.open_answers(connection)))
    found, found_read = scanned(opened(Recording(tmp_path / "out")))
    assert expected
    assert found == expected
    assert found_read.gaps == read.gaps
    unread = json.loads((tmp_path / "out" / "recording.json").read_text())["notRead"]
    assert not [row for row in unread if row["why"].startswith("404")], "what is not there has been read"
    assert not list((tmp_path / "out").rglob("*secrets*"))
