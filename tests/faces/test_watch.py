"""`whydrift watch` as a process: what changes is told, once; what breaks in between changes nothing of that."""

from __future__ import annotations

import json
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faces.command import forked, run
from tests.fleet_builder import App, Fleet, config_map, deployment, scaled
from tests.replay import Fault
from tests.watched import SECONDS, Watched, drifting, fleet, settled
from whydrift.core.model.values import JsonObject, items

Start = Callable[..., Watched]
WITHIN = 60.0
"""Seconds from a change to its explanation: long before the next full look, on the busiest machine.

`bench/watch` measures that it takes less than five.
"""


@pytest.fixture(params=["kubernetes", "argocd"])
def start(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Start]:
    """Starts a watcher that follows in one of the two ways, when it has looked at everything once."""
    begun: list[Watched] = []

    def started(*words: str, faults: tuple[str, ...] = (), begins: bool = True, fresh: bool = False) -> Watched:
        watched = Watched(tmp_path, request.param == "kubernetes", [Fault.parse(fault) for fault in faults])
        begun.append(watched)
        if begins:
            watched.run(*words, fresh=fresh)
            watched.until_told("new", "shop")
            watched.until(watched.looked)
            watched.until(lambda: "follows" in watched.said)
        return watched

    yield started
    for each in begun:
        each.end()


def test_tells_a_change_within_seconds_and_that_it_is_gone(start: Start) -> None:
    watched = start(fresh=True)
    watched.put(drifting("quiet"))
    assert watched.until_told("new", "quiet") < WITHIN
    watched.put(settled("quiet"))
    assert watched.until_told("gone", "quiet") < WITHIN
    watched.put(drifting("quiet"))
    watched.until_told("returned", "quiet")
    way = "a watch of Applications in Kubernetes" if watched.kubernetes else "Argo CD's stream"
    watched.until(lambda: f"follows {way}" in watched.said)
    assert watched.kill(signal.SIGINT if watched.kubernetes else signal.SIGTERM) == 130
    assert watched.said.endswith("interrupted\n")


def test_reads_only_what_changed(start: Start) -> None:
    watched = start()
    before = watched.replay.count("managed-resources")
    watched.put(drifting("quiet"))
    watched.until_told("new", "quiet")
    watched.quiet()
    asked = [seen.path for seen in watched.replay.seen[-40:] if "managed-resources" in seen.path]
    assert watched.replay.count("managed-resources") - before <= 2
    assert all("/quiet/" in path for path in asked[-1:])


def test_a_restart_after_kill_tells_what_happened_meanwhile_and_nothing_else(start: Start) -> None:
    watched = start()
    watched.kill()
    told = watched.told()
    watched.put(drifting("quiet"))
    watched.run().until_told("new", "quiet")
    watched.quiet()
    assert [event for event in watched.told()[len(told) :] if event[1] != "quiet"] == []


def test_a_restart_over_an_unchanged_fleet_reads_next_to_nothing(start: Start) -> None:
    watched = start()
    watched.kill()
    told, asked = watched.told(), len(watched.replay.seen)
    watched.run().until(lambda: watched.said.count("follows") == 2)
    watched.quiet()
    assert watched.told() == told
    assert not [seen for seen in watched.replay.seen[asked:] if "managed-resources" in seen.path]
    assert len(watched.replay.seen) - asked <= 15


def test_who_may_watch_one_namespace_only_follows_that_and_says_what_is_refused(tmp_path: Path) -> None:
    """As the account of the Helm chart may: that watch goes on after a restart, too."""
    watched = Watched(tmp_path, faults=[Fault.parse("/kubernetes/apis/argoproj.io/v1alpha1/applications*=403")])
    try:
        assert watched.replay.living is not None
        watched.replay.living.bookmark_every = 0.3
        watched.run().until_told("new", "shop")
        watched.until(lambda: "follows a watch of Applications in Kubernetes (each namespace)" in watched.said)
        assert "does not follow a watch of Applications in Kubernetes (all namespaces): " in watched.said
        watched.put(drifting("quiet"))
        assert watched.until_told("new", "quiet") < WITHIN
        watched.until(watched.heard)
        watched.kill()
        asked = len(watched.replay.seen)
        watched.put(drifting("calm"))
        watched.run().until_told("new", "calm")
        again = watched.replay.seen[asked:]
        followed = [seen.query for seen in again if "namespaces/argocd" in seen.path and "watch=1" in seen.query]
        assert followed and all("resourceVersion=" in query for query in followed)
        looks = {seen.path for seen in again if seen.path.endswith("/managed-resources")}
        assert looks == {"/api/v1/applications/calm/managed-resources"}
    finally:
        watched.end()


def test_goes_on_after_what_it_knew_was_compacted(start: Start) -> None:
    watched = start()
    assert watched.replay.living is not None
    watched.put(drifting("quiet"))
    watched.replay.living.compact()
    watched.replay.living.cut()
    watched.until_told("new", "quiet")
    watched.put(settled("quiet"))
    watched.until_told("gone", "quiet")
    assert watched.told().count(("new", "shop", "spec.replicas")) == 1


def test_duplicates_and_another_order_tell_nothing_new(start: Start) -> None:
    watched = start()
    assert watched.replay.living is not None
    watched.put(settled("quiet"))
    watched.put(drifting("quiet", 8))
    watched.put(drifting("calm"))
    watched.until_told("new", "quiet")
    watched.until_told("new", "calm")
    for _ in range(3):
        watched.replay.living.again(3)
    watched.quiet(3)
    assert watched.told().count(("new", "quiet", "spec.replicas")) == 1
    assert not [event for event in watched.told() if event[0] in ("gone", "returned")]


def test_a_change_that_is_taken_back_while_it_is_looked_at_leaves_nothing(start: Start) -> None:
    watched = start(faults=("/api/v1/applications/quiet/managed-resources*=held@2",))
    looks = watched.replay.count("quiet/managed-resources")
    watched.put(drifting("quiet"))
    watched.until(lambda: watched.replay.count("quiet/managed-resources") > looks)
    watched.put(settled("quiet"))
    watched.quiet()
    watched.replay.go_on.set()
    watched.until(lambda: watched.replay.count("quiet/managed-resources") > looks + 1)  # it is looked at once more
    watched.until(lambda: [what for what, name, _ in watched.told() if name == "quiet"] in ([], ["new", "gone"]))


def test_nothing_is_gone_while_servers_restart(start: Start) -> None:
    watched = start()
    state = watched.replay.living
    watched.replay.stop()
    watched.quiet(3)
    watched.replay = watched.served(watched.port)
    watched.replay.living = state
    watched.put(drifting("quiet"))
    watched.until_told("new", "quiet", times=1)
    assert not [event for event in watched.told() if event[0] == "gone"]


def test_a_deleted_application_is_gone_and_one_that_a_list_leaves_out_is_not(start: Start) -> None:
    watched = start(faults=("/api/v1/applications?fields=*=cut-list@2-",))
    assert watched.replay.living is not None
    watched.replay.living.cut()
    watched.quiet(3)
    assert not [event for event in watched.told() if event[0] == "gone"]
    watched.replay.living.delete("argocd", "shop")
    watched.until_told("gone", "shop")


def test_what_was_deleted_while_nobody_watched_is_gone(start: Start) -> None:
    watched = start()
    watched.kill()
    assert watched.replay.living is not None
    watched.replay.living.delete("argocd", "shop")
    watched.run().until_told("gone", "shop")


def test_an_outage_of_a_part_is_waited_for(start: Start) -> None:
    watched = start(faults=("/api/v1/applications/quiet/managed-resources*=503@2-7",))
    watched.put(drifting("quiet"))
    watched.until(lambda: watched.told().count(("new", "quiet", "spec.replicas")), 2 * SECONDS)
    assert [event for event in watched.told() if event[1] == "quiet"] == [("new", "quiet", "spec.replicas")]


def test_values_that_change_without_a_word_are_seen_with_the_next_comparison(start: Start) -> None:
    watched = start()
    assert watched.replay.living is not None
    looks = watched.replay.count("shop/managed-resources")
    watched.replay.living.touch("argocd", "shop", reconciledAt="2026-11-20T12:00:00Z")
    watched.until(lambda: watched.replay.count("shop/managed-resources") > looks)
    watched.quiet(2)
    assert watched.replay.count("shop/managed-resources") == looks + 1, "the same bytes: nothing is explained again"
    changed = drifting("shop", 9)
    changed.pairs.append((config_map(a="1"), config_map(a="2")))
    changed.status["reconciledAt"] = "2026-11-20T13:00:00Z"
    watched.put(changed)
    watched.until_told("new", "shop", "data.a")


def test_a_full_disk_is_waited_for(start: Start) -> None:
    watched = start()
    assert watched.process is not None
    largest = max(file.stat().st_size for file in (watched.folder / "state").iterdir())
    limits = resource.prlimit(watched.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(watched.process.pid, resource.RLIMIT_FSIZE, (min(largest, 4096), limits[1]))
    watched.put(drifting("quiet"))
    watched.until(lambda: "the store" in watched.said)
    assert not [event for event in watched.told() if event[1] == "quiet"]
    resource.prlimit(watched.process.pid, resource.RLIMIT_FSIZE, limits)
    watched.until_told("new", "quiet")


def test_a_store_of_another_argocd_is_refused(start: Start, tmp_path: Path) -> None:
    watched = start()
    watched.kill()
    watched.replay.stop()
    watched.recording = Fleet([drifting("other"), drifting("another")]).folder(tmp_path / "elsewhere")
    watched.replay = watched.served()
    watched.run()
    assert watched.process is not None
    assert watched.process.wait(SECONDS) == 2
    assert "knows 3 applications of another Argo CD" in watched.said


def test_looks_once_and_then_only_at_what_changed(tmp_path: Path) -> None:
    first = fleet().zip(tmp_path / "first.zip")
    changed = fleet()
    changed.apps[2] = drifting("quiet")
    second = changed.zip(tmp_path / "second.zip")
    store = f"sqlite:///{tmp_path}/state.db"
    said = run("watch", "--from", first, "--store", store)
    assert (said.code, said.err) == (0, "3 of 3 applications looked at, 1 events\n")
    said = forked("watch", "--from", first, "--store", store, "--once", "--every", "1h")
    assert said.err == "0 of 3 applications looked at, 0 events\n"
    said = forked("watch", "--from", second, "--store", store, "--once", "--every", "1h")
    assert said.err == "1 of 3 applications looked at, 1 events\n"
    assert "new" in said.out and "argocd/quiet" in said.out and "spec.replicas" in said.out


def test_what_an_ignore_rule_hides_and_nobody_is_known_to_have_changed_is_not_gone(tmp_path: Path) -> None:
    """Nothing proves a cause for it: who scaled is not recorded. Where both sides agree again it is gone."""
    store = f"sqlite:///{tmp_path}/state.db"
    told = []
    for number, apps in enumerate(([scaled()], [under_a_rule(5)], [under_a_rule(3)])):
        recording = Fleet(apps).zip(tmp_path / f"{number}.zip")
        lines = forked("watch", "--from", recording, "--store", store, "-o", "jsonl").out.splitlines()
        told += [(event["what"], event["shown"]) for event in map(json.loads, lines)]
    assert told == [("new", True), ("changed", False), ("gone", False)]


def under_a_rule(replicas: int) -> App:
    """The application whose Deployment was scaled, when a rule takes the field out of the comparison."""
    rule: JsonObject = {"group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]}
    scaled_by_hand, as_in_git = deployment(replicas=replicas), config_map(a="1")
    pairs = [(deployment(), scaled_by_hand), (as_in_git, as_in_git)]
    return Ruled("shop", [*pairs], spec={"ignoreDifferences": [rule]})


class Ruled(App):
    """Argo CD's two sides are git's and live's without the field of the rule: equal."""

    def resource(self) -> JsonObject:
        """Synced, row by row."""
        return App(self.name, [(git, git) for git, _ in self.pairs], self.metadata, self.spec).resource()

    def managed(self) -> JsonObject:
        """What Argo CD compared."""
        found = super().managed()
        for row in items(found, "items"):
            assert isinstance(row, dict)
            for side in ("normalizedLiveState", "predictedLiveState"):
                compared = json.loads(str(row[side]))
                compared.get("spec", {}).pop("replicas", None)
                row[side] = json.dumps(compared)
        return found


def test_a_line_of_json_is_the_event_that_history_tells(tmp_path: Path) -> None:
    recording, store = fleet().zip(tmp_path / "first.zip"), f"sqlite:///{tmp_path}/state.db"
    lines = forked("watch", "--from", recording, "--store", store, "-o", "jsonl").out.splitlines()
    told = json.loads(forked("history", "--since", "520w", "--store", store, "-o", "json").out)["events"]
    assert [json.loads(line) for line in lines] == [{"schema": "whydrift.event/1", **event} for event in told]
    assert [event["field"] for event in told] == ["spec.replicas"]


def test_says_what_is_no_time_span() -> None:
    assert "'soon' is no time span" in forked("watch", "--every", "soon").err
