"""What watching costs: `python -m bench.watch` measures, prints a table and writes bench/watch.md; `--quick` does not.

An unchanged fleet is looked at once and then again, after restarts with and without a place to go on from; then a fleet
of 1,000 lives through many events. The watcher is a process of its own, at a server that answers at once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from tests.fleet_builder import Fleet
from tests.replay.living import Living
from tests.watched import Watched

from bench.__main__ import Result, table
from bench.generate import generate
from whydrift.core.model.values import Json, JsonObject, items, mapping

HERE = Path(__file__).parent
OBJECTS = 20
EVERYDAY, RUSH = (25.0, 0.05), (250.0, 0.01)
"""Events a second, and the share of them that change something. 1,000 applications that Argo CD compares every three
minutes tell 5.6 events a second; the second is what 45,000 tell."""
SECOND_LOOKS = 0.02
"""The share of events after which what an application holds is read again."""
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Spent:
    """What something took: seconds, seconds of the processor, bytes that were read, requests."""

    seconds: float
    processor: float
    bytes: int
    requests: int


class Generated(Fleet):
    """A large fleet instead of a small one."""

    def __init__(self, applications: int) -> None:
        super().__init__()
        self.applications = applications

    def folder(self, place: Path) -> Path:
        """Write it as a folder."""
        generate(place, self.applications, OBJECTS)
        return place


@contextmanager
def watched(applications: int) -> Iterator[Watched]:
    """A server of a generated fleet, and a watcher that may be started."""
    with tempfile.TemporaryDirectory() as place:
        found = Watched(Path(place), start=Generated(applications))
        assert found.replay.living is not None
        found.replay.living.bookmark_every = 2.0
        try:
            yield found
        finally:
            found.end()


def sent(found: Watched) -> int:
    """Bytes that the server sent."""
    assert found.replay.living is not None
    return found.replay.sent + found.replay.living.bytes


def process_of(found: Watched) -> int:
    """The watcher's process."""
    assert found.process is not None
    return found.process.pid


def processor(found: Watched) -> float:
    """Seconds of the processor that the watcher took."""
    fields = Path(f"/proc/{process_of(found)}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(found: Watched) -> float:
    """MiB of memory that the watcher holds."""
    return int(Path(f"/proc/{process_of(found)}/statm").read_text().split()[1]) * PAGE / 1024**2


def spent(found: Watched, done: Callable[[], bool]) -> Spent:
    """What a watcher takes from its start until something is done; it is killed then."""
    before, asked, began = sent(found), len(found.replay.seen), time.monotonic()
    found.run("--every", "30d")
    while not done():
        time.sleep(0.2)
        assert found.process is not None and found.process.poll() is None, found.said
    taken = Spent(time.monotonic() - began, processor(found), sent(found) - before, len(found.replay.seen) - asked)
    found.kill()
    return taken


def stored(found: Watched, query: str) -> Json:
    """What the store says."""
    try:
        with sqlite3.connect(f"file:{found.folder}/state/whydrift.db?mode=ro", uri=True) as store:
            row = store.execute(query).fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else row[0]


def unchanged(applications: int) -> list[Result]:
    """The first look at a fleet, and what it costs to go on over the same fleet."""
    with watched(applications) as found:
        living = found.replay.living
        assert living is not None

        def caught_up() -> bool:
            all_seen = stored(found, "select count(*) from applications") == applications
            return all_seen and stored(found, "select value from notes where name = 'stream'") == str(living.version)

        first = spent(found, caught_up)
        opened = len(found.replay.seen)

        def follows() -> bool:
            return any("watch=1" in seen.query for seen in found.replay.seen[opened:]) and caught_up()

        resumed = spent(found, follows)
        living.compact()
        opened = len(found.replay.seen)
        anew = spent(found, follows)
    fleet = f"{applications:,} applications"
    return [
        part(f"again, going on / the first look, {fleet}", resumed, first),
        of_bytes(f"again, going on / the first look, {fleet}, bytes", resumed, first),
        part(f"again, from the beginning (410) / the first look, {fleet}", anew, first),
        of_bytes(f"again, from the beginning (410) / the first look, {fleet}, bytes", anew, first),
    ]


def part(what: str, taken: Spent, first: Spent) -> Result:
    """Time of the processor, as a share."""
    detail = f"{taken.processor:.1f} s / {first.processor:.1f} s of the processor; {taken.requests} requests"
    return Result(what, 100 * taken.processor / first.processor, 10, "%", detail)


def of_bytes(what: str, taken: Spent, first: Spent) -> Result:
    """Bytes, as a share."""
    mega = f"{taken.bytes / 1e6:.1f} MB / {first.bytes / 1e6:.1f} MB"
    return Result(what, 100 * taken.bytes / first.bytes, 10, "%", mega)


@dataclass
class Soak:
    """A fleet that lives: `delays` of changes until they were told, `memory` of the watcher as time goes by."""

    found: Watched
    delays: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    waiting: dict[str, float] = field(default_factory=dict)
    drifting: set[str] = field(default_factory=set)
    place: int = 0

    def live(self, events: int, rate: float, changes: float) -> None:
        """So many events, so many a second; then what was changed last is waited for."""
        names = sorted(name for _, name in self.living.applications)
        green = [name for name in names if self.verdict(name) == "Synced"]
        red = sorted(set(names) - set(green))
        draw, began = random.Random(7), time.monotonic()
        for number in range(events):
            time.sleep(max(began + number / rate - time.monotonic(), 0.0))
            luck = draw.random()
            if luck < changes:
                self.change(draw.choice([name for name in green if name not in self.waiting]), number)
            else:
                name = draw.choice(red if luck < changes + SECOND_LOOKS else green)
                while name in self.drifting:
                    name = draw.choice(green)
                self.living.touch("argocd", name, reconciledAt=f"2026-11-20T10:00:00.{number:06d}Z")
            if number % (rate // 5) == 0:
                self.hear()
            if number % 1000 == 0:
                self.memory.append(resident(self.found))
        ends = time.monotonic() + 120
        while self.waiting and time.monotonic() < ends:
            time.sleep(0.05)
            self.hear()

    @property
    def living(self) -> Living:
        """The server's Applications."""
        assert self.found.replay.living is not None
        return self.found.replay.living

    def verdict(self, name: str) -> Json:
        """What Argo CD says of an application."""
        return mapping(self.living.applications["argocd", name], "status", "sync").get("status")

    def change(self, name: str, number: int) -> None:
        """Change an object of an application by hand, or back."""
        drifts = name not in self.drifting
        application = self.living.applications["argocd", name]
        rows = items(application, "status", "resources")
        changed = [_marked(row, drifts) if row is rows[-1] else row for row in rows]
        place = self.found.recording / f"argocd/api/v1/applications/{name}/managed-resources.json"
        managed: JsonObject = json.loads(place.read_bytes())
        last = items(managed, "items")[-1]
        assert isinstance(last, dict)
        if drifts:
            live = {**json.loads(str(last["liveState"])), "data": {"text": f"by hand, {number}"}}
            last["liveState"] = last["normalizedLiveState"] = json.dumps(live)
        self.drifting ^= {name}
        status: JsonObject = {"sync": {"status": "OutOfSync" if drifts else "Synced", "revision": "a" * 40}}
        whole = {**application, "status": {**mapping(application, "status"), **status, "resources": changed}}
        self.waiting[name] = time.monotonic()
        self.living.put(whole, managed)

    def hear(self) -> None:
        """Read what was told since, and how long that took."""
        with (self.found.folder / "out").open("rb") as out:
            out.seek(self.place)
            for line in out:
                if not line.endswith(b"\n"):
                    break
                self.place += len(line)
                name = json.loads(line)["application"]["name"]
                if name in self.waiting:
                    self.delays.append(time.monotonic() - self.waiting.pop(name))


def _marked(row: Json, drifts: bool) -> Json:
    return {**row, "status": "OutOfSync" if drifts else "Synced"} if isinstance(row, dict) else row


def soak(applications: int, events: int) -> list[Result]:
    """Many events in the life of a fleet."""
    with watched(applications) as found:
        found.run("--every", "30d")
        while stored(found, "select count(*) from applications") != applications:
            time.sleep(0.5)
        lived = Soak(found)
        lived.place = (found.folder / "out").stat().st_size
        lived.live(max(events // 50, 400), *EVERYDAY)
        delays, changes = quantiles(lived.delays, n=20)[-1], len(lived.delays)
        lived.live(events, *RUSH)
        late = median(lived.memory[-len(lived.memory) // 4 :]) / median(lived.memory[len(lived.memory) // 4 :][:20])
        what = f"{events:,} events of {applications:,} applications"
        assert not lived.waiting, f"{len(lived.waiting)} changes were never told"
        rush = quantiles(lived.delays[changes:], n=20)[-1]
        told = f"{changes} changes at {EVERYDAY[0]:g} events a second; at {RUSH[0]:g}: {rush:.1f} s"
        return [
            Result(f"change until it is told, 95th percentile, {applications:,} applications", delays, 5, "s", told),
            Result(f"peak memory, {what}", max(lived.memory), 400, "MiB", f"processor {processor(found):.0f} s"),
            Result(f"memory at the end / after a quarter, {what}", late, 1.1, "×", f"{lived.memory[-1]:.0f} MiB"),
        ]


def main() -> int:
    """Measure; exit code 1 when a bar does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=("unchanged", "soak"))
    given = parser.parse_args()
    results = [] if given.only == "soak" else unchanged(500 if given.quick else 10_000)
    results += (
        [] if given.only == "unchanged" else soak(100 if given.quick else 1_000, 2_000 if given.quick else 100_000)
    )
    sys.stdout.write(table(results, "bench.watch"))
    if not given.quick and given.only is None:
        (HERE / "watch.md").write_text("# Watching\n\n" + table(results, "bench.watch"))
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
