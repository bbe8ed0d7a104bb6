"""`agrees` is earned: our comparison gives Argo CD's verdict, or the answer says for what it does not, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faces.command import inside
from tests.fleet_builder import MANAGED, App, Fleet, clean, config_map, scaled
from whydrift.core.model.values import Json, JsonObject, is_object, items, mapping, text

VERSION = "argocd/api/version.json"


def answer(folder: Path, *words: str, code: int | None = None) -> JsonObject:
    """The whole answer of a scan."""
    said = inside(*(words or ("scan", "--no-git")), "-o", "json", "--from", folder)
    assert not said.err, said.err
    assert code is None or said.code == code
    found: JsonObject = json.loads(said.out)
    return found


def application(whole: JsonObject, name: str = "shop") -> JsonObject:
    """One application of an answer."""
    return next(row for row in items(whole, "applications") if is_object(row) and row["name"] == name)


def lying(status: str) -> App:
    """An application whose row for an equal (or a scaled) object says the contrary of what comparing gives."""
    app = clean() if status == "OutOfSync" else scaled()
    rows: list[Json] = [
        {**row, "status": status} for row in items(app.resource(), "status", "resources") if is_object(row)
    ]
    return App("shop", app.pairs, status={"resources": rows, "sync": {"status": "OutOfSync", "revision": "a" * 40}})


def test_what_argocd_says_too_agrees(tmp_path: Path) -> None:
    """A scaled Deployment, compared again, is OutOfSync as Argo CD says."""
    found = application(answer(Fleet([scaled()]).folder(tmp_path)))
    assert found["agrees"] is True
    assert "notReplayed" not in found and "notes" not in found


def test_a_verdict_that_comparing_does_not_give(tmp_path: Path) -> None:
    """Argo CD says Synced of what differs: `explain` decodes all objects, says so, and names the object."""
    folder = Fleet([lying("Synced")]).folder(tmp_path)
    found = application(answer(folder, "explain", "shop", "--no-git"))
    assert found["agrees"] is False
    assert "Deployment" in json.dumps(found["notes"]) and "OutOfSync; Argo CD says Synced" in json.dumps(found["notes"])
    assert "NOT CALIBRATED" in inside("explain", "shop", "--no-git", "--from", folder).out


def test_a_plain_scan_compares_only_what_differs_again(tmp_path: Path) -> None:
    """What Argo CD calls Synced is not decoded by a scan."""
    assert application(answer(Fleet([lying("Synced")]).folder(tmp_path)))["agrees"] is True


def test_what_cannot_be_replayed_is_said_and_does_not_count(tmp_path: Path) -> None:
    """A server-side comparison needs the server's dry run."""
    options: JsonObject = {"annotations": {"argocd.argoproj.io/compare-options": "ServerSideDiff=true"}}
    app = scaled()
    app.metadata = options
    found = application(answer(Fleet([app]).folder(tmp_path)))
    assert found["agrees"] is True
    assert [text(row, "object") for row in items(found, "notReplayed")] == ["apps/Deployment/web"]
    said = inside("explain", "shop", "--no-git", "--from", tmp_path).out
    assert "not compared again: 2 objects: a server-side comparison needs the server's answer to a dry run" in said


def test_settings_count(tmp_path: Path) -> None:
    """A rule of argocd-cm that hides the difference: then OutOfSync is not what comparing gives."""
    cm = config_map("argocd-cm", "argocd")
    rule = "jsonPointers: [/spec/replicas]\n"
    cm["data"] = {"resource.customizations.ignoreDifferences.apps_Deployment": rule}
    base = "kubernetes/api/v1/namespaces/argocd/configmaps"
    files: dict[str, bytes | Json] = {
        f"{base}/argocd-cm.json": cm,
        f"{base}/argocd-cmd-params-cm.json": config_map("argocd-cmd-params-cm", "argocd"),
    }
    assert application(answer(Fleet([scaled()], files).folder(tmp_path)))["agrees"] is False


@pytest.mark.parametrize(("version", "calibrated"), [("v2.14.9+abc", False), ("v3.0.0", True), ("v3.6.0", True)])
def test_2_x_is_answered_and_said_not_to_be_calibrated(tmp_path: Path, version: str, calibrated: bool) -> None:
    """Notes, text and exit code say it; `ls` and `record` work."""
    folder = Fleet([clean()], {VERSION: {"Version": version}}).folder(tmp_path / "in")
    code = 0 if calibrated else 3
    whole = answer(folder, "explain", "calm", "--no-git", code=code)
    assert ("not calibrated for 2.x" in json.dumps(mapping(whole, "read")["notes"])) is not calibrated
    assert application(whole, "calm")["agrees"] is calibrated
    for words in (("scan",), ("explain", "calm")):
        said = inside(*words, "--no-git", "--from", folder)
        assert ("not calibrated for 2.x" in said.out, said.code) == (not calibrated, code)
    assert inside("ls", "--from", folder).code == 0
    assert inside("record", "--no-git", "-o", tmp_path / "out", "--from", folder).code == 0


def test_no_sync_is_safe_for_what_comparing_does_not_agree_on(tmp_path: Path) -> None:
    """Argo CD says that a sync removes a key; nothing that was read shows why: no prediction, and not safe."""
    app = App("shop", [(config_map(a="1"), config_map(a="1", b="2"))])
    found = application(answer(Fleet([app]).folder(tmp_path)))
    assert found["agrees"] is False
    effects = [
        row for row in items(found, "sync", "effects") if is_object(row) and row["object"] == "/ConfigMap/config"
    ]
    unsafe = [row for row in effects if not row["safe"]]
    assert [row["does"] for row in unsafe] == ["unknown"]
    assert "compared again, it is Synced; Argo CD says OutOfSync" in text(unsafe[0], "says")


def test_nothing_is_safe_where_no_object_was_read(tmp_path: Path) -> None:
    """Argo CD calls the application Synced, and its objects may not be read."""
    files: dict[str, bytes | Json] = {MANAGED.format(name="calm"): None}
    folder = Fleet([clean()], files).folder(tmp_path)
    found = application(answer(folder, "scan", "--hidden"), "calm")
    assert "managed-resources" in text(found, "notRead")
    assert found["agrees"] is False, "what was not read was not compared again"
    said = inside("explain", "calm", "--no-git", "--from", folder).out
    assert "NOT READ" in said and "CALIBRATED" not in said
    assert mapping(found, "sync")["safe"] is False
