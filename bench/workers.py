"""What a second worker brings: `python -m bench.workers` measures, and writes bench/workers.md; `--quick` does not.

The same fleet is looked at for the first time by one worker process, and by two, with the database, the server that
answers for Argo CD and all else on this machine. A way is timed from when each worker is warm to the last look.
It takes an idle machine: where others want the processor, a second process brings only what they leave.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psycopg
from tests.postgres import Postgres, running
from tests.sharing import Shared, children
from tests.watched import Watched

from bench.__main__ import Result, table
from bench.watch import Generated

HERE = Path(__file__).parent
BAR = 1.4
"""How much faster two shall be."""
ROUNDS = 3
"""In turns, and the fastest one of each way counts: others use this machine, too."""
WARM = 9
"""A worker that was seen at so many jobs has ended some."""
HELD = "SELECT worker_id, id FROM whydrift_jobs.procrastinate_jobs WHERE status = 'doing'"
LOOKED = "SELECT count(*) FROM applications"


class Taken(NamedTuple):
    """What a way took, for each application: seconds, seconds of the workers' processors, requests."""

    seconds: float
    processor: float
    requests: float


def taken(server: Postgres, applications: int, workers: int) -> Taken:
    """Look at a fleet with so many processes."""
    with tempfile.TemporaryDirectory() as place:
        shared = Shared(Watched(Path(place), start=Generated(applications)), server.database())
        try:
            shared.serve("--workers", "0")
            shared.until(lambda: len(shared.jobs()) == applications, 300)
            starter = shared.serve("--no-web", "--workers", str(workers))
            with psycopg.connect(shared.url, autocommit=True) as connection:
                return _timed(shared, connection, starter.pid, applications, workers)
        finally:
            shared.end()


def _timed(
    shared: Shared, connection: psycopg.Connection[tuple[int, int]], starter: int, applications: int, workers: int
) -> Taken:
    def looked() -> int:
        return connection.execute(LOOKED).fetchall()[0][0]

    held: dict[int, set[int]] = {}
    while len(held) < workers or min(map(len, held.values())) < WARM:
        for worker, job in connection.execute(HELD).fetchall():
            held.setdefault(worker, set()).add(job)
        time.sleep(0.02)
    before, spent, began = looked(), _processor(starter), time.monotonic()
    asked = len(shared.watched.replay.seen)
    while looked() < applications:
        time.sleep(0.05)
    seconds, looks = time.monotonic() - began, applications - before
    requests = len(shared.watched.replay.seen) - asked
    return Taken(seconds / looks, (_processor(starter) - spent) / looks, requests / looks)


def _processor(starter: int) -> float:
    """Seconds of the processor that the workers of a process took."""
    stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in children(starter))
    return sum(int(fields[11]) + int(fields[12]) for fields in stats) / os.sysconf("SC_CLK_TCK")


def measured(applications: int, rounds: int) -> list[Result]:
    """Both ways in turns, in one run."""
    with running() as server:
        ways = zip(
            *[(taken(server, applications, 1), taken(server, applications, 2)) for _ in range(rounds)], strict=True
        )
        one, two = (min(way) for way in ways)
    figures = (f"{1000 * way.seconds:.0f} ms ({1000 * way.processor:.0f} of the processor)" for way in (two, one))
    detail = f"{' / '.join(figures)} a look; {one.requests:.1f} requests"
    what = f"time of two workers / of one, first look at {applications:,} applications"
    return [Result(what, two.seconds / one.seconds, 1 / BAR, "×", detail)]


def main() -> int:
    """Measure; exit code 1 when the bar does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    results = measured(150, 1) if given.quick else measured(400, ROUNDS)
    sys.stdout.write(table(results, "bench.workers"))
    if not given.quick:
        (HERE / "workers.md").write_text("# Workers\n\n" + table(results, "bench.workers"))
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
