"""Law: scanning both live APIs gives the same answer as scanning a recording of them (`read` aside).

The live scan is shared among processes, as users' are; the recording is read in this one.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import msgspec
import pytest
from tests.adapters.kubernetes.clusters import kubeconfig
from tests.replay import Replay, Seen
from tests.replay.recorded import RECORDINGS, corpus

from whydrift import wiring
from whydrift.adapters.files.recording import Recording
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import Json, items, text
from whydrift.ports import Source
from whydrift.settings import Connection
from whydrift.usecases.scan import Read, scan

EVERY = 40
"""Of the whole corpus, one scenario in so many; WHYDRIFT_EVERY=1 takes all."""
SAMPLE = [*RECORDINGS, *corpus()[:: int(os.environ.get("WHYDRIFT_EVERY", EVERY))]]
TOKEN = "replay-token"


class HomeReplay(Replay):
    """Its Kubernetes API holds the Applications that its Argo CD lists, as the cluster of a real Argo CD does."""

    def answer(self, seen: Seen) -> tuple[int, bytes]:
        """An Application out of the list; anything else as it was recorded."""
        place = "/kubernetes/apis/argoproj.io/v1alpha1/namespaces/"
        status, body = super().answer(seen)
        if status == 200 or not seen.path.startswith(place):
            return status, body
        namespace, _, name = seen.path.removeprefix(place).partition("/applications/")
        listed: Json = json.loads(self.files.read("argocd/api/v1/applications.json") or b"{}")
        for row in items(listed, "items"):
            if (text(row, "metadata", "namespace"), text(row, "metadata", "name")) == (namespace, name):
                return 200, json.dumps(row).encode()
        return status, body


def scanned(opened: wiring.Opened, shared: bool = False) -> tuple[str, Read]:
    """The applications of a scan as JSON, one a line, and what was read."""

    async def all_of_it() -> tuple[str, Read]:
        read, lines, share = Read(), [], wiring.share(opened) if shared else None
        analysis = wiring.analysis(opened.settings, True)
        try:
            async for answer in scan(opened.answers, analysis, opened.reader, lambda _: True, read, None, share):
                lines.append(msgspec.json.encode(answer).decode().replace("501: not in", "not in"))
            return "\n".join(lines), read
        finally:
            await opened.close()

    return asyncio.run(all_of_it())


def opened(answers: Source) -> wiring.Opened:
    """A source with one masking key for both sides, so that masked values compare."""
    return wiring.Opened(answers, Masker(b"one key for both"), 2)


@pytest.mark.parametrize("recording", SAMPLE, ids=lambda path: path.stem)
def test_live_and_recorded_scans_agree(recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected, expected_read = scanned(opened(Recording(recording)))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ARGOCD_AUTH_TOKEN", TOKEN)
    with HomeReplay(recording, token=TOKEN) as replay:
        config = kubeconfig(tmp_path / "config", replay.kubernetes_url)
        live = wiring.open_answers(Connection(server=replay.url, kubeconfig=str(config)))
        found, read = scanned(opened(live), shared=True)
    assert expected
    assert found == expected
    assert read.versions == expected_read.versions
    assert [gap.what for gap in read.gaps] == [gap.what for gap in expected_read.gaps]
    assert replay.count("/kubernetes/apis/argoproj.io/") <= 2, "the proof that it is the cluster, and the count"
    assert replay.count("/secrets") == 0
