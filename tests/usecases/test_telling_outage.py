"""A database that goes away in the middle: telling waits, says so, and goes on where it stood."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.looks import field, look
from tests.postgres import running
from tests.receivers import Receiver
from tests.serving import serving
from tests.usecases.telling import channel

from whydrift.adapters.clock import SystemClock
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import ApplicationName
from whydrift.core.model.notice import Delivery
from whydrift.core.notice.lines import Telling
from whydrift.errors import StoreError
from whydrift.usecases import deliver
from whydrift.usecases.deliver import Pace, keep_telling

PATIENCE = 180


class Scene:
    """One process that sees and one that tells, with a store in PostgreSQL."""

    def __init__(self, url: str, folder: Path, receiver: Receiver) -> None:
        self.telling, self.seeing, self.receiver = SqlStore(url, folder), SqlStore(url, folder), receiver
        self.seen: set[int] = set()
        self.said: list[str] = []

    def see(self, name: str) -> bool:
        """Look at an application; whether that could be kept."""
        try:
            events = self.seeing.record(look([field()], SystemClock().now(), ApplicationName("", "argocd", name)))
        except StoreError:
            return False
        self.seen.update(event.id for event in events)
        return True

    def is_told(self) -> bool:
        """Whether all that was seen was told, and that is known."""
        told = {event for got in self.receiver.taken for line in got.body["lines"] for event in line["events"]}
        return told == self.seen and all(m.state is Delivery.SENT for m in self.seeing.messages())

    async def until(self, what: Callable[[], bool]) -> None:
        """Wait until something is so."""
        end = time.monotonic() + PATIENCE
        while not await asyncio.to_thread(what):
            assert time.monotonic() < end, self.said
            await asyncio.sleep(0.05)

    def tell(self) -> asyncio.Task[None]:
        """Tell until cancelled."""
        channels, pace = [channel(self.receiver)], Pace(0, 0.1, 0.1)
        return asyncio.create_task(
            keep_telling(self.telling, channels, Telling(), SystemClock(), pace, self.said.append)
        )


def test_a_database_that_was_killed_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "AFTER_ERROR", 0.2)
    with running() as postgres, serving(Receiver()) as receiver:
        scene = Scene(postgres.database(), tmp_path, receiver)

        async def outage() -> None:
            telling = scene.tell()
            await scene.until(lambda: scene.see("before"))
            await scene.until(scene.is_told)
            postgres.kill()
            await scene.until(lambda: bool(scene.said))
            assert not await asyncio.to_thread(scene.see, "meanwhile")
            postgres.start()
            await scene.until(lambda: scene.see("after"))
            await scene.until(scene.is_told)
            telling.cancel()

        asyncio.run(outage())
        keys = Counter(got.headers["Idempotency-Key"] for got in receiver.taken)
        assert set(keys.values()) == {1} and len(keys) == 2
        assert all("whydrift@" not in line and len(line.splitlines()) == 1 for line in scene.said)
