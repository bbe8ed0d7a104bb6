"""`whydrift hidden` as people and pipelines run it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.faces.command import inside
from tests.fleet_builder import MANAGED, App, Fleet, clean, config_map
from whydrift.core.model.values import Json, JsonObject, items, text

RECORDED: JsonObject = {"schema": "whydrift.recording/1", "at": "2026-11-20T12:00:00Z"}


def edited(time: str = "2026-11-15T09:00:00Z") -> App:
    """A ConfigMap with a key that somebody added by hand; Argo CD calls it Synced."""
    target = config_map("flags", a="1")
    entries: list[Json] = [
        {
            "manager": "argocd-controller",
            "operation": "Update",
            "time": "2026-11-01T09:00:00Z",
            "fieldsV1": {"f:data": {".": {}, "f:a": {}}},
        },
        {
            "manager": "kubectl-edit",
            "operation": "Update",
            "time": time,
            "fieldsV1": {"f:data": {"f:TEMP_BYPASS": {}}},
        },
    ]
    live = config_map("flags", a="1", TEMP_BYPASS="true")
    live["metadata"] = {"name": "flags", "namespace": "shop", "managedFields": entries}
    status: JsonObject = {"sync": {"status": "Synced", "revision": "a" * 40}}
    return _Quiet("shop", [(target, live)], status={**status, "history": [{"revision": "a" * 40}]})


class _Quiet(App):
    """Argo CD's two sides are equal."""

    def resource(self) -> JsonObject:
        """Synced, row by row."""
        return App(self.name, [(t, t) for t, _ in self.pairs], self.metadata, self.spec, self.status).resource()

    def managed(self) -> JsonObject:
        """Both compared sides are live's."""
        found = super().managed()
        for row in items(found, "items"):
            assert isinstance(row, dict)
            row["predictedLiveState"] = row["normalizedLiveState"]
        return found


def test_who_wrote_it_and_how_long_ago(tmp_path: Path) -> None:
    """The recording's own time is now, never the clock; the date stands beside the age."""
    fleet = Fleet([edited(), clean()], {"recording.json": RECORDED})
    said = inside("hidden", "--from", fleet.folder(tmp_path))
    assert said.code == 1, said
    assert "data.TEMP_BYPASS" in said.out and "kubectl-edit, 5 days ago (2026-11-15)" in said.out
    assert "Argo CD says Synced" in said.out


def test_without_a_recorded_time_the_newest_one_counts(tmp_path: Path) -> None:
    """reconciledAt is 2026-11-20T10:00:00Z in these fleets."""
    said = inside("hidden", "--from", Fleet([edited("2026-11-20T08:00:00Z")]).folder(tmp_path))
    assert "kubectl-edit, 2 hours ago (2026-11-20)" in said.out


def test_nothing_hidden_says_so(tmp_path: Path) -> None:
    """An empty answer is one line and 0."""
    said = inside("hidden", "--from", Fleet([clean()]).folder(tmp_path))
    assert said.code == 0 and "nothing is hidden" in said.out and "Read completely" in said.out


def test_what_argo_cd_shows_is_left_out(tmp_path: Path) -> None:
    """Only what it does not show is told, in every format."""
    shown = App("loud", [(config_map(a="1"), config_map(a="2"))])
    folder = Fleet([edited(), shown]).folder(tmp_path)
    answer: Json = json.loads(inside("hidden", "--from", folder, "-o", "json").out)
    told = [
        d for app in items(answer, "applications") for item in items(app, "objects") for d in items(item, "differences")
    ]
    assert [(text(d, "path"), text(d, "by")) for d in told] == [("/data/TEMP_BYPASS", "kubectl-edit")]
    for output in ("md", "tsv", "html", "sarif", "junit", "jsonl"):
        said = inside("hidden", "--from", folder, "-o", output)
        assert said.code == 1 and "TEMP_BYPASS" in said.out and not said.err


def test_what_could_not_be_read_is_3(tmp_path: Path) -> None:
    """Not read is not "nothing hidden"."""
    refused: dict[str, bytes | Json] = {
        MANAGED.format(name="calm"): None,
        f"{MANAGED.format(name='calm')}.403": {"error": "no", "code": 7},
    }
    said = inside("hidden", "--from", Fleet([clean()], refused).folder(tmp_path))
    assert said.code == 3 and "NOT READ" in said.out
