"""`serve --workers` as processes over one PostgreSQL: whoever is killed, nothing is lost and nothing is doubled."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faces.command import forked
from tests.postgres import Postgres, running
from tests.replay import Fault
from tests.serving import free_port
from tests.sharing import SECONDS, WORKS, Shared, children, is_alive, kill, sharing
from tests.watched import drifting, settled

QUIET = "changed argocd/quiet"


@pytest.fixture
def shared(tmp_path: Path, postgres: Postgres) -> Iterator[Shared]:
    with sharing(tmp_path, postgres.database()) as found:
        yield found


def hold(shared: Shared) -> None:
    """Let Argo CD not answer for the objects of one application, until it is let go."""
    shared.watched.replay.faults.append(Fault.parse("*/quiet/managed-resources*=held"))


def let_go(shared: Shared) -> None:
    """Let it answer."""
    shared.watched.replay.faults.clear()
    shared.watched.replay.go_on.set()


def test_a_worker_that_is_killed_in_the_middle_loses_nothing_and_doubles_nothing(shared: Shared) -> None:
    page, lost = shared.serve("--workers", "0"), shared.serve(*WORKS)
    shared.until(shared.looked)
    assert len(children(lost.pid)) == 1
    hold(shared)
    shared.watched.put(drifting("quiet"))
    shared.until(lambda: shared.jobs().get(QUIET) == "doing")
    kill(lost)
    let_go(shared)
    shared.serve(*WORKS)
    shared.until(lambda: shared.told("quiet") and not shared.jobs())
    assert shared.told("quiet") == ["new"]
    assert shared.told("shop") == ["new"]
    shared.watched.put(settled("quiet"))
    shared.until(lambda: shared.told("quiet") == ["new", "gone"])
    page.send_signal(signal.SIGTERM)
    assert page.wait(SECONDS) == 0


def test_a_worker_that_is_stopped_gives_back_what_it_holds(shared: Shared) -> None:
    """There is no other one that might take it for dead."""
    _, ending = shared.serve("--workers", "0"), shared.serve(*WORKS)
    shared.until(shared.looked)
    hold(shared)
    shared.watched.put(drifting("quiet"))
    shared.until(lambda: shared.jobs().get(QUIET) == "doing")
    ending.send_signal(signal.SIGTERM)
    shared.until(lambda: shared.jobs().get(QUIET) == "todo")
    let_go(shared)
    shared.serve(*WORKS)
    shared.until(lambda: shared.told("quiet") and not shared.jobs())
    assert shared.told("quiet") == ["new"]


def test_changes_during_a_run_are_exactly_one_more(shared: Shared) -> None:
    shared.serve("--workers", "1")
    shared.until(shared.looked)
    hold(shared)
    looks = shared.watched.replay.count("quiet/managed-resources")
    shared.watched.put(drifting("quiet"))
    shared.until(lambda: shared.watched.replay.count("quiet/managed-resources") == looks + 1)
    for replicas in (4, 5, 6):
        shared.watched.put(drifting("quiet", replicas))
        shared.watched.put(settled("quiet"))
        time.sleep(0.3)
    shared.until(lambda: sorted(shared.statuses(QUIET)) == ["doing", "todo"])
    time.sleep(5)  # all changes are heard of by then, and Argo CD is waited for much longer
    assert sorted(shared.statuses(QUIET)) == ["doing", "todo"]
    let_go(shared)
    shared.until(lambda: not shared.jobs())
    shared.watched.quiet()
    assert shared.watched.replay.count("quiet/managed-resources") == looks + 2
    assert shared.told("quiet")[-1:] in ([], ["gone"])
    assert not shared.jobs()


def test_two_that_follow_ask_for_one_look(shared: Shared) -> None:
    for _ in range(2):
        shared.serve("--workers", "0")
    shared.serve(*WORKS)
    shared.until(shared.looked)
    looks = shared.watched.replay.count("quiet/managed-resources")
    shared.watched.put(drifting("quiet"))
    shared.until(lambda: shared.told("quiet"))
    shared.until(lambda: not shared.jobs())
    shared.watched.quiet()
    assert shared.told("quiet") == ["new"]
    # one look; whoever asked after its end had the objects read once more, and found them as they were
    assert shared.watched.replay.count("quiet/managed-resources") - looks in (1, 2)


def test_workers_end_with_the_process_that_started_them_and_are_started_again(shared: Shared) -> None:
    page = shared.serve("--workers", "1")
    shared.until(shared.looked)
    (worker,) = children(page.pid)
    page.kill()
    shared.until(lambda: not is_alive(worker))
    page = shared.serve(*WORKS)
    shared.until(lambda: children(page.pid))
    time.sleep(1)
    (worker,) = children(page.pid)
    os.kill(worker, signal.SIGKILL)
    shared.until(lambda: children(page.pid) not in ([], [worker]))
    page.send_signal(signal.SIGTERM)
    assert page.wait(SECONDS) == 0
    assert "1 of 1 workers ended: started again" in shared.watched.said


def test_a_database_that_is_killed_in_the_middle_of_a_job_loses_nothing(tmp_path: Path) -> None:
    with running() as server, sharing(tmp_path, server.database()) as shared:
        shared.serve("--workers", "1")
        shared.until(shared.looked)
        hold(shared)
        shared.watched.put(drifting("quiet"))
        shared.until(lambda: shared.jobs().get(QUIET) == "doing")
        server.kill()
        let_go(shared)
        shared.watched.put(drifting("calm"))
        shared.until(lambda: "the jobs: the jobs in the store: " in shared.watched.said)
        server.start()
        shared.until(lambda: shared.told("quiet") and shared.told("calm") and not shared.jobs())
        assert [shared.told(name) for name in ("quiet", "calm", "shop")] == [["new"]] * 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--workers", "2"), "--workers needs PostgreSQL: --store postgresql://…, or [store] url in the settings"),
        (("--no-web",), "--no-web needs --workers N, at least 1"),
        (("--from", "demo", "--workers", "2"), "a recording is looked at once"),
        (("--from", "demo", "--no-web", "--workers", "2"), "a recording is looked at once"),
    ],
)
def test_says_what_workers_need(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    said = forked("serve", "--port", str(free_port()), *words, env={"WHYDRIFT_STATE": str(tmp_path)})
    assert said.code == 2
    assert says in said.err
