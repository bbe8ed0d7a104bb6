"""`accept`, `tally` and `postmortem` as a user runs them on a small fleet."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.core.remedy.offered import adopted
from tests.core.report.test_plans import plan
from tests.faces.command import Said, inside
from tests.fleet_builder import App, Fleet, deployment
from whydrift.adapters.files.plans import write_plan

REASON = ("--reason", "we wait for the vendor", "--owner", "team-shop", "--until", "30d")


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """One application whose Deployment differs in two fields."""
    live = deployment(replicas=5, minReadySeconds=4)
    return Fleet([App("shop", [(deployment(minReadySeconds=3), live)])]).folder(tmp_path / "fleet")


def accept(fleet: Path, place: Path, *words: str) -> Said:
    """Accept something."""
    return inside("accept", *words, "--file", str(place), "--from", str(fleet))


def test_what_is_accepted_is_counted_apart(fleet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With reason, owner and end in a file that is committed; the other field still counts."""
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "whydrift-accepted.toml"
    said = accept(fleet, place, "shop", "Deployment/web", "spec.replicas", *REASON)
    assert said.code == 0, said.err
    row = tomllib.loads(place.read_text())["accepted"][0]
    assert (row["owner"], row["path"], row["object"]) == ("team-shop", "/spec/replicas", "apps/Deployment/web")
    told = json.loads(inside("scan", "--from", str(fleet), "-o", "json").out)
    rows = told["applications"][0]["objects"][0]["differences"]
    assert {d["path"]: "accepted" in d for d in rows} == {"/spec/replicas": True, "/spec/minReadySeconds": False}


def test_nothing_is_planned_for_what_is_accepted(fleet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named with its owner and end, and alone needs no attention; once it expired it is planned for again."""
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "whydrift-accepted.toml"
    assert accept(fleet, place, "shop", "Deployment/web", "spec.replicas", *REASON).code == 0
    said = inside("plan", "--from", str(fleet), "-o", "json")
    told = json.loads(said.out)
    assert {f["path"] for step in told["steps"] for f in step["fields"]} <= {"/spec/minReadySeconds"}
    [row] = [row for row in told["left"] if row["path"] == "/spec/replicas"]
    assert row["why"].startswith("accepted until ") and "team-shop: we wait for the vendor" in row["why"]
    assert accept(fleet, place, "shop", "Deployment/web", "spec.minReadySeconds", *REASON).code == 0
    alone = inside("plan", "--from", str(fleet))
    assert alone.code == 0 and "Nothing to do: all that differs is accepted." in alone.out
    assert "1 OutOfSync; 0 fields differ, 2 accepted." in inside("scan", "--from", str(fleet)).out
    place.write_text(re.sub('until = "[^"]*"', 'until = "2020-01-01"', place.read_text()))
    again = json.loads(inside("plan", "--from", str(fleet), "-o", "json").out)
    assert not any(row["why"].startswith("accepted") for row in again["left"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("shop", "Deployment/web", "spec.paused", *REASON), "nothing differs"),
        (("shop", "Deployment/api", *REASON), "nothing differs"),
        (("bakery", "Deployment/web", *REASON), "no application matches"),
        (("shop", "Deployment/web", "--reason", " ", "--owner", "x", "--until", "30d"), "must say something"),
        (("shop", "Deployment/web", "--reason", "x", "--owner", "", "--until", "30d"), "must say something"),
        (("shop", "Deployment/web", "--reason", "x", "--owner", "x", "--until", "never"), "neither a date"),
        (("shop", "Deployment/web", "--reason", "x", "--owner", "x", "--until", "400d"), "a year"),
        (("shop", "Deployment/web", "--reason", "x", "--owner", "x", "--until", "2020-01-01"), "between today"),
    ],
)
def test_what_cannot_be_accepted_is_refused(fleet: Path, tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    """And nothing is written."""
    place = tmp_path / "accepted.toml"
    said = accept(fleet, place, *words)
    assert said.code == 2 and says in said.err and not place.exists()


@pytest.mark.parametrize("content", ["accepted = 1", "schema = 'whydrift.accepted/9'", "[[accepted]]\nx = 1", "\xff{"])
def test_a_file_that_is_none_of_ours_stays(fleet: Path, tmp_path: Path, content: str) -> None:
    """It is named, and not written over."""
    place = tmp_path / "accepted.toml"
    place.write_text(content)
    said = accept(fleet, place, "shop", "Deployment/web", *REASON)
    assert said.code == 2 and "accepted.toml" in said.err and place.read_text() == content


def test_hostile_reasons_stay_one_string(fleet: Path, tmp_path: Path) -> None:
    """Quotes, newlines, escapes and TOML of its own."""
    place, reason = tmp_path / "accepted.toml", '"]\n[[accepted]]\nx = "\x1b[31m\x7f ☃'
    words = ("--reason", reason, "--owner", "o", "--until", "1d")
    assert accept(fleet, place, "shop", "Deployment/web", *words).code == 0
    rows = tomllib.loads(place.read_text())["accepted"]
    assert len(rows) == 1 and rows[0]["reason"] == reason.strip()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_accepted_file_keeps_its_line_ends(fleet: Path, tmp_path: Path, end: str) -> None:
    """What it holds stays byte for byte, and what comes to it ends its lines alike."""
    place = tmp_path / "accepted.toml"
    assert accept(fleet, place, "shop", "Deployment/web", "spec.replicas", *REASON).code == 0
    held = place.read_bytes().replace(b"\n", end.encode())
    place.write_bytes(held)
    assert accept(fleet, place, "shop", "Deployment/web", "spec.minReadySeconds", *REASON).code == 0
    after = place.read_bytes()
    assert after.startswith(held) and len(tomllib.loads(after.decode())["accepted"]) == 2
    assert after.count(b"\n") == after.count(end.encode()) and (b"\r" in after) == (end == "\r\n")


def test_the_same_is_not_accepted_twice(fleet: Path, tmp_path: Path) -> None:
    """Its end is edited where it stands."""
    place = tmp_path / "accepted.toml"
    assert accept(fleet, place, "shop", "Deployment/web", *REASON).code == 0
    said = accept(fleet, place, "shop", "Deployment/web", *REASON)
    assert said.code == 2 and "holds it already" in said.err


def test_a_tally_of_two_recordings(fleet: Path, tmp_path: Path) -> None:
    """What a fix closed, by name; the other way round it is new."""
    done = Fleet([App("shop", [(deployment(replicas=5), deployment(replicas=5))])]).folder(tmp_path / "done")
    said = inside("tally", str(fleet), str(done), "-o", "json")
    told = json.loads(said.out)
    assert said.code == 0 and {row["field"] for row in told["fixed"]} == {"spec.minReadySeconds", "spec.replicas"}
    again = inside("tally", str(done), str(fleet))
    assert again.code == 1 and "new       2 fields" in again.out


def test_a_postmortem_of_a_plan(tmp_path: Path) -> None:
    """From plan.json alone."""
    write_plan(plan(adopted()), tmp_path / "plan")
    page = inside("postmortem", str(tmp_path / "plan" / "plan.json"))
    assert page.code == 0 and page.out.startswith("# Postmortem") and "apps/Deployment/web" in page.out
    refused = inside("postmortem", str(tmp_path / "none.json"))
    assert refused.code == 2 and "none.json" in refused.err
