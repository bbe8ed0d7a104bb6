"""`python -m bench.web`: pages over 200,000 findings in SQLite, to 50 readers at once, while a scan writes.

Each reader asks for the fleet and for the history in turn, over a connection that stays, and looks at what it got for
a second, as pages do that are told of changes. The server is a process of its own; so is the writer.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.store import DAY, READERS, at_percentile, fill, look
from whydrift import wiring
from whydrift.adapters.store.store import SqlStore
from whydrift.ports.watching import Wanted
from whydrift.web.access import Access
from whydrift.web.authentication import ProxyHeader
from whydrift.web.server import listen, serve
from whydrift.web.site import Site

PATHS = ("/", "/history?days=30")
OTHERS = ("/findings", "/unmasked", "/causes/cause-number-7", "/search?q=service-1234", "/api/v1/counts", "/readyz")
HEAD = "GET {path} HTTP/1.1\r\nHost: localhost\r\nX-User: {user}\r\n{more}\r\n"
NEWEST = "HX-Request: true\r\n"
"""As a page asks that was told of a change: it gets none that was made for others a while ago."""
LOOKED_AT = 1.0
WRITES = 0.05
"""Seconds between two looks that are written: 20 a second."""


def now() -> str:
    """The time at which that month of history ends."""
    return DAY.format(28, *datetime.now(UTC).timetuple()[3:6])


def run_server(url: str, port: int) -> None:
    """Serve, each reader by name."""
    site = Site(
        store=SqlStore(url, Path()),
        now=now,
        causes={page.cause.id: page for page in wiring.cause_pages()},
        access=Access(ProxyHeader("x-user", ["127.0.0.1"])),
    )
    asyncio.run(serve(site, listen("127.0.0.1", port)))


def run_writer(url: str, applications: int, fields: int) -> None:
    """Look at one application after another, with more and fewer findings."""
    store, draw = SqlStore(url, Path()), random.Random(5)
    while True:
        number = draw.randrange(applications)
        store.record(look(number, now(), max(1, fields - draw.randrange(4)), random.Random(number * 31)))
        time.sleep(WRITES)


async def ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, user: str, more: str = ""
) -> tuple[float, int]:
    """Seconds until a page was there as a whole, and its status."""
    begun = time.perf_counter()
    writer.write(HEAD.format(path=path, user=user, more=more).encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    return time.perf_counter() - begun, int(head.split(b" ")[1])


async def read(port: int, user: str, end: float, taken: dict[str, list[float]], failed: list[int]) -> None:
    """One reader."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    await asyncio.sleep(random.random() * LOOKED_AT)
    for path in PATHS:  # they were there before: what the first of them waits for is told by `alone`
        await ask(reader, writer, path, user)
    while time.monotonic() < end:
        for path in PATHS:
            seconds, status = await ask(reader, writer, path, user)
            taken[path].append(seconds)
            if status != 200:
                failed.append(status)
            await asyncio.sleep(LOOKED_AT)
    writer.close()


async def alone(port: int) -> None:
    """Every page once in a while, to one reader, without what is kept for others."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    for path in (*PATHS, *OTHERS):
        taken = []
        for _ in range(5):
            await asyncio.sleep(1.1)  # longer than pages are kept
            taken.append((await ask(reader, writer, path, "one", NEWEST))[0])
        print_line(f"{path}, alone", sorted(taken)[2] * 1000)
    writer.close()


async def measure(port: int, seconds: float) -> int:
    """All readers; how many answers were no page."""
    await ready(port)
    await alone(port)
    taken: dict[str, list[float]] = {path: [] for path in PATHS}
    failed: list[int] = []
    end = time.monotonic() + seconds
    await asyncio.gather(*(read(port, f"reader-{n}", end, taken, failed) for n in range(READERS)))
    for path, times in taken.items():
        print_line(f"{path}, {READERS} readers, {len(times)} times: 50 %", at_percentile(times, 50))
        print_line(f"{path}, {READERS} readers, {len(times)} times: 95 %", at_percentile(times))
    print_line("answers that were no page", float(len(failed)), "")
    return len(failed)


async def ready(port: int) -> None:
    """Wait until it answers."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.2)
            continue
        writer.close()
        return


def main() -> int:
    """Fill a store, serve it, ask, and print how long that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applications", type=int, default=5_000)
    parser.add_argument("--fields", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--port", type=int, default=18_080)
    parser.add_argument("--store", default="", help="a URL or a file that is kept; default: SQLite, for this run")
    stated = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        url = stated.store or str(Path(folder) / "whydrift.db")
        store = SqlStore(url, Path(folder))
        if store.total(Wanted()) == 0:
            fill(store, stated.applications, stated.fields)
        store.close()
        server = spawn.Process(target=run_server, args=(url, stated.port))
        writer = spawn.Process(target=run_writer, args=(url, stated.applications, stated.fields))
        server.start()
        writer.start()
        try:
            return int(asyncio.run(measure(stated.port, stated.seconds)) > 0)
        finally:
            writer.kill()
            server.terminate()


def print_line(name: str, number: float, unit: str = "ms") -> None:
    """One figure."""
    sys.stdout.write(f"{name:<60} {number:10.1f} {unit}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
