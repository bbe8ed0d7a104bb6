"""Reading a real Argo CD and a real cluster: what differs, why, and that a recording of it says the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.live.conftest import Deploy
from tests.live.ground import Ground
from tests.live.situations import SETTINGS, WEB

from whydrift.core.model.values import Json, items, mapping, text

WHEN = ("seenAt",)
"""What an answer says of the time at which it was read: a recording keeps its own."""


def applications(answer: str) -> Json:
    """The applications of a JSON answer, without what depends on when they were looked at."""
    listed = [mapping(row) for row in items(json.loads(answer), "applications")]
    return [{key: value for key, value in row.items() if key not in WHEN} for row in listed]


def test_a_scaled_deployment_is_explained(deploy: Deploy, ground: Ground) -> None:
    """Somebody scales by hand: the field, both values, the cause, the side, and what a sync would do."""
    app = deploy(WEB)
    ground.kubectl("-n", app.name, "scale", "deployment/web", "--replicas=5")
    app.until("OutOfSync")
    (answer,) = items(json.loads(ground.whydrift("explain", app.name, "-o", "json", ok=(1,))), "applications")
    (row,) = items(answer, "objects")
    (difference,) = items(row, "differences")
    assert (text(row, "id"), text(difference, "path")) == ("apps/Deployment/web", "/spec/replicas")
    assert (mapping(difference)["target"], mapping(difference)["live"]) == (2, 5)
    assert [text(found, "cause") for found in items(difference, "explanations")] == ["person-edits-live"]
    assert text(difference, "side") == "cluster"
    assert mapping(answer)["agrees"] is True
    assert [text(effect, "says") for effect in items(answer, "sync", "effects")] == ["scales from 5 to 2"]


def test_a_commit_that_waits_is_gits(deploy: Deploy, ground: Ground) -> None:
    """A commit that nobody synced yet is named, and its sync is safe."""
    app = deploy(WEB)
    revision = app.commit({"manifests/settings.yaml": SETTINGS.replace('"14"', '"30"')}, "settings: thirty days")
    app.until("OutOfSync")
    said = ground.whydrift("explain", app.name, ok=(1,))
    assert "git-moved-ahead" in said and revision[:8] in said and "settings: thirty days" in said
    assert ground.whydrift("guard", app.name, ok=(0,)).startswith("SAFE")


@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)])
def test_a_recording_says_what_the_servers_say(
    dry_run: tuple[str, ...], deploy: Deploy, ground: Ground, tmp_path: Path
) -> None:
    """Law: scanning live and scanning the recording of it give the same answer (what is read aside)."""
    app = deploy(WEB)
    ground.kubectl("-n", app.name, "scale", "deployment/web", "--replicas=3")
    ground.kubectl("-n", app.name, "set", "env", "deployment/web", "LOG_LEVEL=debug")
    app.commit({"manifests/settings.yaml": SETTINGS.replace("hello", "good morning")})
    app.until("OutOfSync")
    scan = ("scan", app.name, "-o", "json", "--hidden", "--unmask", "--no-git")
    live = applications(ground.whydrift(*scan, *dry_run))
    ground.whydrift("record", app.name, "-o", str(tmp_path / "recorded"), "--no-git", *dry_run, ok=(0,))
    again = applications(ground.whydrift(*scan, *dry_run, "--from", str(tmp_path / "recorded")))
    assert items(live[0] if isinstance(live, list) else None, "objects")
    assert again == live


@pytest.mark.parametrize("command", ["scan", "explain"])
def test_a_recording_with_repositories_says_what_they_say(
    command: str, deploy: Deploy, ground: Ground, tmp_path: Path
) -> None:
    """Law, with git: commits, places, edits and their proofs are those of the servers; without --git they are not."""
    app = deploy(WEB)
    ground.kubectl("-n", app.name, "scale", "deployment/web", "--replicas=3")
    app.commit({"manifests/settings.yaml": SETTINGS.replace("hello", "good morning")}, "settings: good morning")
    app.until("OutOfSync")
    asked = (command, app.name, "-o", "json", "--hidden")
    live = applications(ground.whydrift(*asked))
    assert "manifests/web.yaml:" in json.dumps(live) and "settings: good morning" in json.dumps(live)
    for place in ("recorded", "recorded.zip"):
        ground.whydrift("record", app.name, "--git", "-o", str(tmp_path / place), ok=(0,))
        assert applications(ground.whydrift(*asked, "--from", str(tmp_path / place))) == live
    ground.whydrift("record", app.name, "-o", str(tmp_path / "without"), ok=(0,))
    assert applications(ground.whydrift(*asked, "--from", str(tmp_path / "without"))) != live


def test_ls_says_what_argocd_lists(deploy: Deploy, ground: Ground) -> None:
    """The lines of `ls` are the rows that Argo CD itself calls OutOfSync or Unknown."""
    first, second = deploy(WEB), deploy(WEB)
    ground.kubectl("-n", first.name, "scale", "deployment/web", "--replicas=1")
    ground.kubectl("-n", first.name, "patch", "configmap/settings", "--type=merge", "-p", '{"data":{"days":"7"}}')
    first.until("OutOfSync")
    wanted = []
    for app in (first, second):
        for row in items(app.refresh(), "status", "resources"):
            if text(row, "status") in ("OutOfSync", "Unknown"):
                wanted.append("\t".join((app.name, f"{text(row, 'kind')}/{text(row, 'name')}", app.name)))
    listed = ground.whydrift("ls", first.name, second.name).splitlines()
    assert listed == sorted(wanted) and len(listed) == 2


def test_without_the_cluster_nothing_is_invented(deploy: Deploy, ground: Ground) -> None:
    """Argo CD alone: the same differences; what needed the cluster is undecided or told by Argo CD itself."""
    app = deploy(WEB)
    ground.kubectl("-n", app.name, "scale", "deployment/web", "--replicas=4")
    app.until("OutOfSync")
    found = {}
    for words in ((), ("--no-kubernetes",)):
        (answer,) = items(json.loads(ground.whydrift("scan", app.name, "-o", "json", *words)), "applications")
        found[words] = [
            (
                text(row, "id"),
                text(difference, "path"),
                {text(cause, "cause") for cause in items(difference, "explanations")},
            )
            for row in items(answer, "objects")
            for difference in items(row, "differences")
        ]
    with_cluster, alone = found.values()
    assert [row[:2] for row in alone] == [row[:2] for row in with_cluster]
    assert all(less[2] <= more[2] for less, more in zip(alone, with_cluster, strict=True))
