"""A database that goes away in the middle: telling waits, says so, and goes on where it stood."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
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

PATIENCE = 60


def test_a_database_that_was_killed_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "AFTER_ERROR", 0.2)
    said: list[str] = []
    with running() as postgres, serving(Receiver()) as receiver:
        url = postgres.database()
        telling_store, seeing = SqlStore(url, tmp_path), SqlStore(url, tmp_path)
        seen: set[int] = set()

        def see(name: str) -> bool:
            try:
                events = seeing.record(look([field()], SystemClock().now(), ApplicationName("", "argocd", name)))
            except StoreError:
                return False
            seen.update(event.id for event in events)
            return True

        async def until(what: str) -> None:
            end = time.monotonic() + PATIENCE
            while not _is(what):
                assert time.monotonic() < end, f"not {what}: {said}"
                await asyncio.sleep(0.05)

        def _is(what: str) -> bool:
            told = {event for got in receiver.taken for line in got.body["lines"] for event in line["events"]}
            if what == "said":
                return bool(said)
            return told == seen and all(m.state is Delivery.SENT for m in seeing.messages())

        async def outage() -> None:
            telling = asyncio.create_task(
                keep_telling(
                    telling_store, [channel(receiver)], Telling(), SystemClock(), Pace(0, 0.1, 0.1), said.append
                )
            )
            assert await asyncio.to_thread(see, "before")
            await until("told")
            postgres.kill()
            await until("said")
            assert not await asyncio.to_thread(see, "meanwhile")
            postgres.start()
            while not await asyncio.to_thread(see, "after"):
                await asyncio.sleep(0.1)
            await until("told")
            telling.cancel()

        asyncio.run(outage())
        keys = Counter(got.headers["Idempotency-Key"] for got in receiver.taken)
        assert set(keys.values()) == {1} and len(keys) == 2
        assert all("whydrift@" not in line and len(line.splitlines()) == 1 for line in said)
        assert {message.state for message in seeing.messages()} == {Delivery.SENT}
