"""A PostgreSQL that is away, or hangs, for longer than anybody waits at a time: each process says so, and goes on.

Hurried (`tests/hurried.py`); `WHYDRIFT_PACE=1` takes the minutes that it takes.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.hurried import OUTAGE
from tests.postgres import Postgres, running
from tests.sharing import WORKS, sharing
from tests.watched import drifting

BACK = OUTAGE + 30
"""Seconds until everything is told after it is back, on a busy machine."""
SAYS = {
    "watcher": ("the store: the store postgresql:///",),
    "worker": ("the jobs: the jobs in the store: ",),
    "page": ("the jobs: the jobs in the store: ", "the store postgresql:///"),
}


def fail(server: Postgres, how: str) -> None:
    """Let it fail."""
    if how == "away":
        server.kill()
    else:
        server.signal(signal.SIGSTOP)


def heal(server: Postgres, how: str) -> None:
    """Let it be as before."""
    if how == "away":
        server.start()
    else:
        server.signal(signal.SIGCONT)


@pytest.mark.parametrize("how", ["away", "hangs"])
def test_a_database_is_waited_for_however_long_it_takes(how: str, tmp_path: Path) -> None:
    with running() as server, sharing(tmp_path, server.database()) as shared:
        shared.program = "tests.hurried"
        shared.start("watch", said="watcher")
        shared.serve(*WORKS, said="worker")
        shared.serve("--workers", "0", said="page")
        shared.until(lambda: shared.looked() and shared.at_work() == 1 and shared.page("/search?q=before") == 200)
        fail(server, how)
        began = time.monotonic()
        shared.watched.put(drifting("quiet"))
        assert shared.page("/search?q=meanwhile") == 503
        assert shared.page("/healthz") == 200
        time.sleep(max(0.0, began + OUTAGE - time.monotonic()))
        for name, lines in SAYS.items():
            assert all(line in shared.said(name) for line in lines), (name, shared.said(name))
            assert "Traceback" not in shared.said(name)
        heal(server, how)
        shared.watched.put(drifting("calm"))
        shared.until(lambda: shared.told("quiet") and shared.told("calm") and not shared.jobs(), BACK)
        shared.until(lambda: shared.page("/search?q=after") == 200, BACK)
        assert [shared.told(name) for name in ("quiet", "calm", "shop")] == [["new"]] * 3
        assert all(process.poll() is None for process in shared.processes), "none of them ended"
