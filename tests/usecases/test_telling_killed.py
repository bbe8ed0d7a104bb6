"""A watcher that is killed in the middle, again and again: every event is told, each message under one key."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.looks import field, look
from tests.receivers import Receiver
from tests.serving import serving

from whydrift.adapters.clock import SystemClock
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import ApplicationName
from whydrift.core.model.notice import Delivery, Line

KILLS = 6
LONGER_THAN_A_CLAIM = 400
ROOT = Path(__file__).parents[2]


def start(folder: Path, url: str, ahead: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.usecases.telling_process", str(folder), url, str(ahead)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"begun\n"
    return process


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 180
    while not what():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


def test_kill_9_in_the_middle_loses_nothing_and_doubles_no_event(tmp_path: Path) -> None:
    store, clock, chance = SqlStore("", tmp_path), SystemClock(), random.Random(6)
    seen: set[int] = set()
    with serving(Receiver()) as receiver:
        for kill in range(KILLS):
            process = start(tmp_path, receiver.url, kill * LONGER_THAN_A_CLAIM)
            receiver.script.extend(chance.choice(["200", "500", "slow:0.03", "lost"]) for _ in range(20))
            for number in range(12):
                name = ApplicationName("", "argocd", f"app-{kill}-{number}")
                seen |= {event.id for event in store.record(look([field()], clock.now(), name))}
                time.sleep(chance.random() * 0.05)
            process.kill()
            process.wait()
        receiver.script.clear()
        process = start(tmp_path, receiver.url, KILLS * LONGER_THAN_A_CLAIM + 90_000)
        wait_for(lambda: told(store) == seen and all(m.state is Delivery.SENT for m in store.messages(1000)))
        process.kill()
        process.wait()
        events = Counter(event for message in store.messages(1000) for event in events_of(message.notice.lines))
        assert set(events) == seen and set(events.values()) == {1}, "each event is in one message"
        keys = {got.headers["Idempotency-Key"] for got in receiver.taken}
        assert keys == {message.notice.key for message in store.messages(1000)}
        contents = {got.headers["Idempotency-Key"]: set(events_in(got.body)) for got in receiver.taken}
        assert all(set(events_in(got.body)) == contents[got.headers["Idempotency-Key"]] for got in receiver.taken)


def told(store: SqlStore) -> set[int]:
    return {event for message in store.messages(1000) for event in events_of(message.notice.lines)}


def events_of(lines: tuple[Line, ...]) -> list[int]:
    return [event for line in lines for event in line.events]


def events_in(body: dict[str, list[dict[str, list[int]]]]) -> list[int]:
    return [event for line in body["lines"] for event in line["events"]]
