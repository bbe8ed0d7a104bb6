"""`whydrift guard` as pipelines run it: the verdict in a line, the exit code, the formats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.core.judge.situations import applied, manager
from tests.faces.command import Said, inside
from tests.fleet_builder import App, Fleet, clean, config_map, scaled
from whydrift.core.model.values import Json, JsonObject
from whydrift.core.report.guard_text import LONGEST, MARKER

RENDER = "argocd/api/v1/applications/{}/manifests@revision=" + "a" * 40 + ".json"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An application that was scaled, one that is Synced, one whose window is closed, one that is not readable."""
    nothing: JsonObject = {"manifests": []}
    closed = App("closed", [(config_map(a="1"), config_map(a="2"))])
    unread = App("unread", [(config_map(a="1"), config_map(a="2"))])
    files: dict[str, Json | bytes] = {RENDER.format(name): nothing for name in ("shop", "calm", "closed", "unread")}
    files["argocd/api/v1/applications/closed/syncwindows.json"] = {"canSync": False}
    files["recording.json"] = {"at": "2026-11-20T10:01:00Z"}  # just after Argo CD looked at git, which is not here
    files["argocd/api/v1/applications/unread/managed-resources.json"] = None
    return Fleet([scaled(), clean(), closed, unread], files).folder(tmp_path_factory.mktemp("guarded"))


def _guard(fleet: Path, *words: str) -> Said:
    return inside("guard", *words, "--from", str(fleet))


@pytest.mark.parametrize(
    ("name", "code", "verdict"),
    [("calm", 0, "SAFE"), ("shop", 1, "NOT SAFE"), ("closed", 1, "FAILS"), ("unread", 3, "NOT KNOWN")],
)
def test_says_it_in_a_line_and_a_code(fleet: Path, name: str, code: int, verdict: str) -> None:
    """0 safe; 1 not safe, or bound to fail; 3 not known."""
    said = _guard(fleet, name)
    assert said.code == code and not said.err
    assert said.out.startswith(f"{verdict.ljust(9)} {name}: ")


def test_names_what_a_sync_would_do(fleet: Path) -> None:
    """The first line says it all."""
    assert "a sync scales Deployment/web from 5 to 3" in _guard(fleet, "shop").out.splitlines()[0]


def test_what_was_not_read_stands_below_the_verdict(tmp_path: Path, fleet: Path) -> None:
    """A verdict may rest on less than everything; nothing is said where everything was read."""
    assert "NOT READ" not in _guard(fleet, "calm").out
    forbidden = Fleet([scaled()], {"argocd/api/v1/account/can-i/applications/get/%2A.json": {"value": "no"}})
    said = _guard(forbidden.folder(tmp_path), "shop").out
    verdict, _, unread = said.partition("\nNOT READ\n")
    assert verdict.startswith("NOT SAFE  shop: ") and "applications" in unread


def _written_by(name: str, place: Path) -> Path:
    """A fleet whose only application holds a value that a field manager wrote over what Argo CD applied."""
    entry = manager(name, {"f:data": {"f:a": {}}}, api_version="v1")
    live = applied(config_map(a="2"), config_map(a="1"), entry)
    return Fleet([App("shop", [(config_map(a="1"), live)])]).folder(place)


def test_says_how_to_keep_what_would_be_lost(tmp_path: Path, fleet: Path) -> None:
    """The command that offers the edit, beside the refusal; nothing is offered where nothing is lost."""
    assert "keep it: whydrift plan shop" in _guard(_written_by("kubectl-edit", tmp_path), "shop").out
    assert "keep it" not in _guard(fleet, "calm").out


def test_refuses_to_undo_what_an_unknown_manager_wrote(tmp_path: Path) -> None:
    """It is unexplained, asked about, and named with the line that says what it is."""
    folder = _written_by("acme-tagger", tmp_path)
    assert _guard(folder, "shop").code == 1
    (application,) = json.loads(inside("explain", "shop", "--from", folder, "-o", "json").out)["applications"]
    (found,) = (d for d in application["objects"][0]["differences"] if d["path"] == "/data/a")
    assert (found["explanations"], found["side"], found["by"]) == ([], "ask", "acme-tagger")
    assert found["asks"]["whom"][0] == "whoever runs acme-tagger"
    for command in (("explain", "shop"), ("scan",)):
        assert 'managers.controllers = ["acme-tagger"]' in inside(*command, "--from", folder).out


def test_the_worst_verdict_wins(fleet: Path) -> None:
    """1 over 3, 3 over 0."""
    assert _guard(fleet, "calm", "unread").code == 3
    assert _guard(fleet, "calm", "unread", "shop").code == 1


def test_a_name_that_selects_nothing_is_never_safe(fleet: Path) -> None:
    """Also beside one that is."""
    said = _guard(fleet, "calm", "clam")
    assert said.code == 2 and "clam" in said.err


def test_is_one_document(fleet: Path) -> None:
    """The answer of scan, with the forecast."""
    (application,) = json.loads(_guard(fleet, "shop", "-o", "json").out)["applications"]
    (effect,) = application["sync"]["effects"]
    assert (application["sync"]["safe"], effect["does"], effect["paths"]) == (False, "scale", ["/spec/replicas"])


def test_fits_a_comment(tmp_path: Path) -> None:
    """65,536 characters at most, with a marker to find it again; what does not fit is counted."""
    many = [App(f"app-{n:04}", [(config_map(a="1"), config_map(a="x" * 90))]) for n in range(600)]
    said = _guard(Fleet(many).folder(tmp_path), "app-*", "-o", "md")
    assert said.out.startswith(MARKER) and len(said.out) <= LONGEST
    assert "more applications" in said.out


def test_asks_about_another_revision(fleet: Path, tmp_path: Path) -> None:
    """What the revision renders is what a sync of it would apply; one that nobody can render is not known."""
    manifests: JsonObject = {"manifests": [json.dumps(config_map(a="9"))]}
    files: dict[str, Json | bytes] = {
        "argocd/api/v1/applications/calm/manifests@revision=" + "b" * 40 + ".json": manifests
    }
    refused: JsonObject = {"error": "unable to resolve 'nosuch' to a commit SHA", "code": 2}
    files["argocd/api/v1/applications/calm/manifests@revision=nosuch.json.400"] = refused
    there = Fleet([clean()], files).folder(tmp_path)
    (application,) = json.loads(_guard(there, "calm", "--revision", "b" * 40, "-o", "json").out)["applications"]
    assert [effect["paths"] for effect in application["sync"]["effects"]] == [["/data/a"]]
    assert application["sync"]["safe"] is True
    said = _guard(there, "calm", "--revision", "nosuch")
    why = "nosuch cannot be rendered: 400: unable to resolve 'nosuch'"
    assert said.code == 3 and f"a sync of nosuch: what it would change is not known: {why}" in said.out
