"""`whydrift unmask` and `scan --unmask` on a recording: words, formats, exit codes, an earlier look."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.faces.command import inside, of_demo

SOME = ("argo-rollouts", "gitea", "reloader")


def test_a_crash_loop_is_told_with_its_line_and_place() -> None:
    """The first screen of each command shows it: who, since when by the recording's time, why, and where in git."""
    for words in (("unmask",), ("scan",), ("scan", "--unmask"), ("explain",)):
        said = inside(*words, "argo-rollouts", "--from", "demo")
        assert said.code == 1
        assert "BROKEN NOW" in said.out.upper()
        assert "CrashLoopBackOff, 1154 restarts, exit 1, since 2026-03-26 (21 days)" in said.out
        assert "response code Not Found" in said.out
        assert "apps/argo-rollouts/values.yaml:24" in said.out


def test_a_plain_scan_looks_where_argo_cd_itself_says_that_something_is_wrong() -> None:
    """Of what is called Healthy no tree and no pods are read without being asked for: then nothing is said of it."""
    both = {"argo-rollouts", "paperclip"}
    for words, looked in (((), {"argo-rollouts"}), (("--unmask",), both), (("--no-unmask",), set())):
        said = inside("scan", *words, "--from", "demo", "argo-rollouts", "paperclip", "-o", "json")
        whole = json.loads(said.out)["applications"]
        assert {application["name"] for application in whole if "unmasked" in application} == looked


def test_formats_tell_the_same() -> None:
    """JSON, JSON lines and TSV hold the same troubles; Markdown names them."""
    whole = json.loads(of_demo("unmask", *SOME, "-o", "json").out)
    places = {(a["name"], t["object"], t["line"]) for a in whole["applications"] for t in a["unmasked"]}
    *streamed, last = map(json.loads, inside("unmask", *SOME, "--from", "demo", "-o", "jsonl").out.splitlines())
    assert {(a["name"], t["object"], t["line"]) for a in streamed for t in a["unmasked"]} == places
    assert last["schema"] == whole["schema"]
    rows = inside("unmask", *SOME, "--from", "demo", "-o", "tsv").out.splitlines()[1:]
    assert {tuple(row.split("\t")[:2]) for row in rows} == {place[:2] for place in places}
    page = inside("unmask", *SOME, "--from", "demo", "-o", "md").out
    assert all(name in page.replace("\\", "") for name, _, _ in places)


def test_what_is_well_exits_with_0() -> None:
    """An application without trouble: empty is an answer too."""
    said = inside("unmask", "--from", "demo", "reloader")
    assert (said.code, said.out) == (0, "1 application, nothing broken.  Read completely.\n")


def test_pods_that_were_not_read_are_never_well(unpacked: Path) -> None:
    """Without the answers about pods and the tree nothing is known to be well: exit 3, and what is missing is named."""
    for name in unpacked.glob("kubernetes/api/v1/namespaces/reloader/pods.json"):
        name.unlink()
    said = inside("unmask", "--from", unpacked, "reloader")
    assert said.code == 3
    assert "NOT READ" in said.out
    assert "list pods" in said.out


def test_an_earlier_answer_tells_what_is_new(tmp_path: Path) -> None:
    """`--since`: the same look again finds the same troubles still there; an empty one makes them new."""
    answer = json.loads(of_demo("unmask", *SOME, "-o", "json").out)
    before, nothing = tmp_path / "before.json", tmp_path / "nothing.json"
    before.write_text(json.dumps(answer))
    for application in answer["applications"]:
        application["unmasked"] = []
    nothing.write_text(json.dumps(answer))
    assert changes(before) == {"still"}
    assert changes(nothing) == {"new"}
    assert changes("demo") == {"still"}
    assert "NEW" in inside("unmask", *SOME, "--from", "demo", "--since", nothing).out


def changes(earlier: Path | str) -> set[str]:
    """What became of the troubles of the demo since an earlier look."""
    answer = json.loads(inside("unmask", *SOME, "--from", "demo", "--since", earlier, "-o", "json").out)
    return {trouble["change"] for application in answer["applications"] for trouble in application["unmasked"]}


def test_an_earlier_look_that_is_none(tmp_path: Path) -> None:
    """A file that is no answer is said to be none."""
    wrong = tmp_path / "wrong.json"
    wrong.write_text("[]")
    said = inside("unmask", *SOME, "--from", "demo", "--since", wrong)
    assert said.code == 2
    assert "is not what `whydrift -o json` wrote" in said.err


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """The demo's recording as a folder of its own."""
    from whydrift.demo import FLEET

    if FLEET.is_dir():
        return Path(shutil.copytree(FLEET, tmp_path / "fleet"))
    shutil.unpack_archive(FLEET, tmp_path / "fleet", "zip")
    return tmp_path / "fleet"


def test_a_page_of_a_scan_says_what_is_broken_and_what_a_sync_would_do() -> None:
    """In a pull request nobody sees the first screen."""
    page = inside("scan", "--from", "demo", "argo-rollouts", "infisical", "-o", "md").out.replace("\\", "")
    assert "- **argo-rollouts** Deployment argo-rollouts/argo-rollouts: config-invalid, CrashLoopBackOff" in page
    assert "**A sync now:** SAFE: it changes nothing" in page and "**A sync now:** NOT SAFE: Deployment/" in page
    assert "**A sync now:**" not in inside("scan", "--from", "demo", "infisical", "--no-sync", "-o", "md").out
