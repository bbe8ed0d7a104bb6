"""kill -9 at every write of the journal: `--resume` knows what was done, and nothing is done twice."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.adapters.forge.server import Forge, forge
from tests.adapters.git_work.repositories import bare, git
from tests.small_fleet.mortal import Runner
from tests.small_fleet.server import small_fleet
from tests.small_fleet.situation import (
    GONE,
    Situation,
    commits_and_patches,
    delete,
    ref_of,
    step,
)
from whydrift.core.model.remedy import RemedyKind


def git_and_patches(situation: Situation) -> Path:
    """Two commits with a request, a patch, an annotation, a refresh."""
    return situation.write(*commits_and_patches(situation))


def sync_and_delete(situation: Situation) -> Path:
    """A sync, and a guarded delete of two objects."""
    web = (ref_of(situation, "apps/Deployment/web"),)
    return situation.write(step("sync", "1", remedy=RemedyKind.SYNC, objects=web), delete(situation, "2", GONE[:2]))


@pytest.fixture
def hosted() -> Iterator[Forge]:
    """A forge for the requests."""
    with forge() as running:
        yield running


def at_a_forge(situation: Situation, hosted: Forge) -> None:
    """Let the repository be one of the forge's, for git by a rewritten address."""
    web = f"{hosted.url}/team/apps.git"
    config = Path(situation.user["HOME"]) / ".gitconfig"
    config.write_text(f'{config.read_text()}[url "{situation.url}"]\n\tinsteadOf = {web}\n')
    situation.more = {"GITHUB_SERVER_URL": hosted.url, "GITHUB_API_URL": f"{hosted.url}/api", "GITHUB_TOKEN": "tok-x"}


def outcome(situation: Situation, hosted: Forge) -> dict[str, object]:
    """What the world looks like: everything that an apply could have done twice, or not at all."""
    store = situation.fleet.store
    commits = situation.branches().values()  # their names hold the plan's digest, which differs from run to run
    files = ("shop/web.yaml", "shop/cron.yaml")
    return {
        "objects": sorted(store.objects),
        "annotations": {path: obj["metadata"].get("annotations") for path, obj in store.objects.items()},
        "spec": situation.fleet.argocd.application("shop")[1]["spec"],
        "writes": Counter((method, path) for method, path, _ in situation.fleet.writes),
        "requests": len(hosted.opened),
        "contents": [[situation.shown(commit, file) for file in files] for commit in commits],
        "commits": [count(situation, commit) for commit in commits],
    }


def count(situation: Situation, revision: str) -> str:
    """How many commits a branch has on top of the tracked one."""
    return git(bare(situation.url), "rev-list", "--count", f"main..{revision}", env=situation.user)


@pytest.mark.parametrize("plan", [git_and_patches, sync_and_delete])
def test_a_kill_at_any_write_of_the_journal_does_nothing_twice(
    plan: Callable[[Situation], Path], runner: Runner, hosted: Forge, tmp_path: Path
) -> None:
    """Killed before each entry, and after each that says BEGUN, then resumed: all is as after one undisturbed run.

    Killed before the entry that says DONE, the server has done it and only the server knows: a look finds it. After
    the one that says BEGUN, nothing was sent: a look finds that too, and it is sent once.
    """
    with small_fleet() as fleet:
        situation = Situation(fleet, tmp_path / "undisturbed")
        at_a_forge(situation, hosted)
        said = runner.run(situation.env, "apply", plan(situation), "--yes", "--watch", "0")
        assert said["code"] == 0, said
        wanted = outcome(situation, hosted)
        [journal] = (situation.state / "journals").iterdir()
        entries = [json.loads(line) for line in journal.read_text().splitlines()]
    for number, entry in enumerate(entries, 1):
        for when in ("before", "after") if entry["state"] == "begun" else ("before",):
            hosted.opened.clear()
            with small_fleet() as fleet:
                situation = Situation(fleet, tmp_path / f"{number}-{when}", shared_remote(tmp_path, number, when))
                at_a_forge(situation, hosted)
                path = plan(situation)
                killed = runner.run(situation.env, "apply", path, "--yes", "--watch", "0", kill=number, when=when)
                assert killed["code"] == -9, killed
                again = () if number == 1 else ("--resume",)
                said = runner.run(situation.env, "apply", path, "--yes", "--watch", "0", *again)
                assert said["code"] == 0, (number, when, entry, said)
                assert outcome(situation, hosted) == wanted, (number, when, entry)


def shared_remote(folder: Path, number: int, when: str) -> str:
    """A copy of the first repository as it was before the first run."""
    place = folder / f"remote-{number}-{when}"
    shutil.copytree(folder / "undisturbed" / "remote" / "apps.git", place)
    for ref in (place / "refs" / "heads").glob("whydrift/*"):
        ref.unlink()
    return place.as_uri()
