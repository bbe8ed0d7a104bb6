"""`--dry-run`: read only when asked for, written by `record`, and what calibrates server-side comparisons."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from tests.faces.command import inside
from tests.fleet_builder import App, Fleet, config_map
from whydrift.adapters.files.recording import Recording
from whydrift.adapters.files.writer import RecordingSource
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import Json, JsonObject, is_object, items, mapping, text
from whydrift.ports import Body, NotRead, Question, Reply

PLACE = "dry-run/api/v1/namespaces/shop/configmaps/config.json"
OPTIONS: JsonObject = {"annotations": {"argocd.argoproj.io/compare-options": "ServerSideDiff=true"}}


def answered(value: str) -> JsonObject:
    """What the server would make of the target."""
    both = config_map(a=value)
    entry: JsonObject = {"manager": "argocd-controller", "operation": "Apply", "fieldsV1": {"f:data": {"f:a": {}}}}
    return {**both, "metadata": {**mapping(both, "metadata"), "managedFields": [entry]}}


def recorded(place: Path, dry_run: bytes | Json) -> Path:
    """An application that is compared server-side, with the answer to its dry run."""
    app = App("shop", [(config_map(a="1"), config_map(a="2"))], metadata=OPTIONS)
    return Fleet([app], {PLACE: dry_run}).folder(place)


def scanned(folder: Path, *more: str) -> JsonObject:
    """The application as `scan` answers."""
    said = inside("scan", "--no-git", "-o", "json", *more, "--from", folder)
    assert not said.err, said.err
    found = items(json.loads(said.out), "applications")[0]
    assert is_object(found)
    return found


@pytest.mark.parametrize(("value", "agrees"), [("1", True), ("2", False)])
def test_a_dry_run_calibrates_a_server_side_comparison(tmp_path: Path, value: str, agrees: bool) -> None:
    """The answer that git's value wins makes the object OutOfSync, as Argo CD says; the other one does not."""
    found = scanned(recorded(tmp_path, answered(value)), "--dry-run")
    assert found["agrees"] is agrees
    assert "notReplayed" not in found


def test_without_the_flag_nothing_is_read(tmp_path: Path) -> None:
    """The folder is there; the answer is that of a recording without it."""
    with_folder = scanned(recorded(tmp_path / "a", answered("2")))
    without = scanned(recorded(tmp_path / "b", None))
    assert with_folder == without
    assert "no dry run" not in json.dumps(with_folder)
    assert [text(row, "object") for row in items(with_folder, "notReplayed")] == ["/ConfigMap/config"]


def test_a_refused_or_absent_dry_run_is_not_replayed(tmp_path: Path) -> None:
    """Neither counts against the agreement."""
    for name, content in (("a", b"not JSON"), ("b", None), ("c", config_map(a="1") | {"kind": "Other"})):
        found = scanned(recorded(tmp_path / name, content), "--dry-run")
        assert found["agrees"] is True and "notReplayed" in found, name


class Server(Recording):
    """A recording that answers discovery and dry runs as a cluster does, and counts these."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.sent: list[JsonObject] = []

    async def dry_run(self, at: str, target: JsonObject, namespace: str = "") -> Reply:
        """The target, stored nowhere; one name is refused."""
        self.sent.append(target)
        if text(target, "metadata", "name") == "refused":
            return NotRead("422: invalid", 422, "ConfigMap is invalid: all of it")
        return Body(json.dumps(answered("1")).encode())

    async def ask(self, question: Question) -> Reply:
        """Discovery of the core group; the recording for the rest."""
        if question.path == "/api/v1":
            rows = [{"name": "configmaps", "kind": "ConfigMap", "namespaced": True}]
            return Body(json.dumps({"resources": rows}).encode())
        return await super().ask(question)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """Law: a recorded dry run answers as the cluster did, a refused one too, under the URL path."""
    server = Server(recorded(tmp_path / "in", None))
    writing = RecordingSource(server, tmp_path / "out", Masker(b"k" * 16))
    good, bad = config_map(a="1"), config_map("refused", a="1")

    async def both_ways() -> list[tuple[Reply, Reply]]:
        first = [await writing.dry_run("", obj, "shop") for obj in (good, bad)]
        (tmp_path / "out" / "recording.json").write_text("{}")
        again = Recording(tmp_path / "out")
        return list(zip(first, [await again.dry_run("", obj, "shop") for obj in (good, bad)], strict=True))

    (live, back), (refused, refused_back) = asyncio.run(both_ways())
    assert isinstance(live, Body) and isinstance(back, Body)
    assert json.loads(live.content) == json.loads(back.content)
    assert isinstance(refused, NotRead) and isinstance(refused_back, NotRead)
    assert refused == refused_back
    assert (tmp_path / "out" / PLACE).is_file()
    assert len(server.sent) == 2
