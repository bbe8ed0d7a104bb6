"""`record`: into a folder and a .zip, killed in the middle and resumed, on a full disk; Ctrl-C and closed pipes."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faces.command import BARE, WHYDRIFT, inside, lines_of, run
from tests.fleet_builder import App, Fleet, clean, deployment, scaled
from whydrift.adapters.files.writer import KEY, masker_of
from whydrift.core.model.values import JsonObject

SOME = ("tekton-extras", "sympozium-extras", "paperclip")
"""Applications of the demo whose JSON is more than a pipe holds, and whose table is less: as with all of them."""


def test_it_writes_a_folder_and_a_zip(tmp_path: Path) -> None:
    """Both are read with --from; recording.json says by what and when; nothing unfinished is left."""
    source = Fleet([scaled(), clean()]).folder(tmp_path / "fleet")
    for name in ("copy", "copy.zip"):
        said = inside("record", "-o", tmp_path / name, "--from", source)
        assert said.code == 0 and said.out.startswith(f"{tmp_path / name}: 2 applications, 1 not Synced")
        assert inside("ls", "--from", tmp_path / name).out == inside("ls", "--from", source).out
    about = json.loads((tmp_path / "copy" / "recording.json").read_text())
    assert about["schema"] == "whydrift.recording/1" and about["by"].startswith("whydrift ")
    assert about["resumed"] is False
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "copy.zip", "fleet"]
    assert not list(tmp_path.rglob("*.part"))


def test_answers_of_different_times_never_mix(tmp_path: Path) -> None:
    """A finished recording is not written over, a folder that holds other things not into."""
    source = Fleet([scaled()]).folder(tmp_path / "fleet")
    assert inside("record", "-o", tmp_path / "copy", "--from", source).code == 0
    for place in ("copy", "fleet"):
        said = inside("record", "-o", tmp_path / place, "--from", source)
        assert said.code == 2 and len(lines_of(said.err)) == 1 and "give another name" in said.err


def test_repositories_are_written_only_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --git what is read of them stands in a bundle, which recording.json names; without, it says why not."""
    url, place = "https://git.example.com/apps.git", tmp_path / "apps"
    git = ("git", "-C", str(place), "-c", "user.name=Jo", "-c", "user.email=jo@example.com")
    (place / "shop").mkdir(parents=True)
    (place / "shop" / "web.yaml").write_text(json.dumps(deployment()))
    for words in ("init -q -b main", "add -A", "commit -q -m first"):
        subprocess.run([*git, *words.split()], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    (place / "shop" / "web.yaml").write_text(json.dumps(deployment(replicas=4)))
    subprocess.run([*git, "commit", "-q", "-a", "-m", "four of them"], check=True)
    synced: JsonObject = {"status": "OutOfSync", "revision": head}
    app = App("shop", scaled().pairs, status={"sync": synced, "history": [{"id": 1, "revision": head}]})
    source = Fleet([app]).folder(tmp_path / "fleet")
    asked = ("explain", "shop", "-o", "json")
    live = json.loads(inside(*asked, "--from", source, "--repo", f"{url}={place}").out)["applications"]
    monkeypatch.chdir(tmp_path)  # a path as people write it: git runs elsewhere
    said = inside("record", "--git", "-o", "copy", "--from", source, "--repo", f"{url}={place}")
    assert said.code == 0 and not said.err
    about = json.loads((tmp_path / "copy" / "recording.json").read_text())
    assert [(row["url"], row["bundle"]) for row in about["git"]] == [(url, "git/apps.bundle")]
    assert json.loads(inside(*asked, "--from", tmp_path / "copy").out)["applications"] == live
    inside("record", "-o", tmp_path / "without", "--from", source, "--repo", f"{url}={place}")
    about = json.loads((tmp_path / "without" / "recording.json").read_text())
    assert "record --git" in about["notes"][0] and not (tmp_path / "without" / "git").exists()
    without = [inside(*asked, "--from", tmp_path / "without", *words).out for words in ((), ("--no-git",))]
    assert json.loads(without[0])["applications"] == json.loads(without[1])["applications"] != live
    assert inside("record", "--git", "--no-git", "-o", tmp_path / "neither", "--from", source).code == 2


def test_a_killed_recording_goes_on(tmp_path: Path) -> None:
    """SIGKILL after a while, twice; the third run ends it, and the answer is that of the source."""
    out = tmp_path / "copy"
    command = [*WHYDRIFT, "record", "--from", "demo", "-o", str(out), "paper*", "symp*", "tekton*", "argo*"]
    for files in (4, 12):
        process = subprocess.Popen(command, env=BARE, stdout=subprocess.DEVNULL)
        while process.poll() is None and len(list(out.rglob("*.json"))) < files:
            time.sleep(0.01)
        process.kill()
        process.wait()
    assert not (out / "recording.json").exists() and (out / ".key.part").stat().st_mode & 0o77 == 0
    assert subprocess.run(command, env=BARE, capture_output=True, check=False).returncode == 0
    assert json.loads((out / "recording.json").read_text())["resumed"] is True
    assert not [path for path in out.rglob("*") if path.name.startswith(".key")]
    same = [run("scan", "sympozium", "-o", "tsv", "--no-git", "--from", place).out for place in ("demo", out)]
    assert same[0] == same[1]


def test_a_key_that_was_not_written_whole_is_none(tmp_path: Path) -> None:
    """What a full disk left of a key would mask in the same way everywhere, and anybody could try values against it."""
    tokens = set()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / KEY).touch()
        tokens.add(str(masker_of(tmp_path / name).mask({"password": "hunter2"})))
        assert str(masker_of(tmp_path / name).mask({"password": "hunter2"})) in tokens
    assert len(tokens) == 2


def test_a_recording_of_nothing_is_not_kept(tmp_path: Path) -> None:
    """The next one would go on with the list of today, whenever that is."""
    source = Fleet([scaled()]).folder(tmp_path / "fleet")
    for name in ("copy", "copy.zip"):
        assert inside("record", "nosuch", "-o", tmp_path / name, "--from", source).code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["fleet"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    """The answers so far are kept; with room, the same command ends it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], check=False, capture_output=True
    ).returncode:
        pytest.skip("no mount here")
    try:
        for name in ("copy", "copy.zip"):
            said = run("record", "symp*", "tekton*", "--from", "demo", "-o", disk / name)
            assert said.code == 2 and len(lines_of(said.err)) == 1
            assert f"{disk / name}" in said.err and "cannot be written (No space left" in said.err
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux")
@pytest.mark.parametrize("command", ["scan -o json", "scan -o jsonl", "scan", "ls", "causes", "--help", "explain root"])
def test_output_that_cannot_be_written_is_one_line(command: str) -> None:
    """A full disk behind `>`."""
    words = command.split() + (["--from", "demo"] if command.split()[0] in ("scan", "ls", "explain") else [])
    words += SOME if words[0] == "scan" else ()
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*WHYDRIFT, *words], stdout=full, stderr=subprocess.PIPE, text=True, env=BARE, check=False
        )
    assert done.returncode == 2 and len(lines_of(done.stderr)) == 1 and "No space left" in done.stderr


@pytest.mark.parametrize("command", ["ls", "scan -o jsonl", "scan -o tsv", "scan -o json", "scan"])
def test_a_closed_pipe_is_no_failure(command: str) -> None:
    """`whydrift ls | head -1`: 0, and silence."""
    words = " ".join([*WHYDRIFT, *command.split(), "--from", "demo", *(SOME if "scan" in command else ())])
    script = f"set -o pipefail; {words} | head -1 >/dev/null"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=BARE, check=False)
    assert not done.stderr and done.returncode in (0, 1), "1 where all of it fitted into the pipe"
    closed = subprocess.run(
        ["bash", "-c", f"{words} | true; exit ${{PIPESTATUS[0]}}"], capture_output=True, env=BARE, check=False
    )
    assert not closed.stderr and closed.returncode in (0, 1)


@pytest.mark.parametrize("command", ["scan --hidden", "scan -o json", "demo", "ls", "record", "causes"])
@pytest.mark.parametrize("turn", range(3))
def test_ctrl_c_at_any_time(command: str, turn: int, tmp_path: Path) -> None:
    """SIGINT at a random moment: 130 (or the signal itself, which a shell calls 130), one word, no traceback."""
    words = [*command.split(), *(["-o", str(tmp_path / "r")] if command == "record" else [])]
    source = [] if command in ("demo", "causes") else ["--from", "demo"]
    # into files: a pipe that nobody reads is full at some time, and then the process never ends by itself
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        process = subprocess.Popen([*WHYDRIFT, *words, *source], stdout=out, stderr=err, env=BARE)
        _wait_for_its_own_code(process)
        time.sleep(random.random() * (0.3 + turn))
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    said = (tmp_path / "err").read_text()
    assert "Traceback" not in said and "Exception" not in said and len(lines_of(said)) <= 1, said
    assert process.returncode in (130, -signal.SIGINT, 0, 1, 3)


def _wait_for_its_own_code(process: subprocess.Popen[bytes]) -> None:
    """Wait while Python itself starts: it answers SIGINT by a traceback until the first line of whydrift's.

    Python ignores SIGPIPE and catches SIGINT when it starts, in this order; whydrift first of all stops catching it,
    and then imports much.
    """
    if sys.platform != "linux":
        time.sleep(0.12)
        return
    seen = 0
    while process.poll() is None and seen < 3:
        status = Path(f"/proc/{process.pid}/status").read_text()
        stopped = _holds(status, "SigIgn", signal.SIGPIPE) and not _holds(status, "SigCgt", signal.SIGINT)
        seen = seen + 1 if stopped else 0
        time.sleep(0.002)


def _holds(status: str, signals: str, one: signal.Signals) -> bool:
    """Whether a process has a signal among those that it ignores (SigIgn) or catches (SigCgt)."""
    found = re.search(rf"^{signals}:\t([0-9a-f]+)$", status, re.MULTILINE)
    return found is not None and bool(int(found[1], 16) >> (one - 1) & 1)
