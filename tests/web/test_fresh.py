"""Pages are made once for many, shown at once while they are young, and forgotten when there are too many."""

from __future__ import annotations

import asyncio

import pytest

from whydrift.errors import StoreError
from whydrift.web import fresh
from whydrift.web.fresh import AGE, SHOWN, Fresh


class Pages:
    """Numbered pages, and a clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.made = 0
        self.fails = False
        self.kept = Fresh(lambda: self.now)

    def make(self) -> bytes:
        """The next page."""
        if self.fails:
            raise StoreError("away")
        self.made += 1
        return b"page %d" % self.made

    async def ask(self, newest: bool = False, key: str = "a") -> bytes:
        """What somebody gets."""
        got = await self.kept.get((key,), self.make, newest)
        while self.kept._making:
            await asyncio.sleep(0.001)
        return got


def test_many_get_what_one_made() -> None:
    """At once, and for a second."""

    async def story() -> None:
        pages = Pages()
        assert set(await asyncio.gather(*(pages.ask() for _ in range(20)))) == {b"page 1"}
        pages.now = AGE
        assert await pages.ask() == b"page 1"
        assert await pages.ask(key="b") == b"page 2"

    asyncio.run(story())


def test_an_older_one_is_shown_while_a_newer_is_made() -> None:
    """Nobody waits, save for who was told of a change; what is too old is not shown."""

    async def story() -> None:
        pages = Pages()
        await pages.ask()
        pages.now = AGE + 0.1
        assert await pages.ask() == b"page 1"
        assert await pages.ask() == b"page 2"
        pages.now += AGE + 0.1
        assert await pages.ask(newest=True) == b"page 3"
        pages.now += SHOWN + 0.1
        assert await pages.ask() == b"page 4"

    asyncio.run(story())


def test_a_slow_page_is_made_less_often() -> None:
    """A tenth of the time at most is spent on it, unless somebody was told of a change."""

    async def story() -> None:
        pages = Pages()

        def slow() -> bytes:
            pages.now += 0.5
            return pages.make()

        assert await pages.kept.get(("a",), slow) == b"page 1"
        pages.now = 4.9
        assert await pages.ask() == b"page 1"
        assert pages.made == 1
        assert await pages.ask(newest=True) == b"page 2"

    asyncio.run(story())


def test_a_failure_is_told_and_not_kept() -> None:
    """An older page covers it for a moment only."""

    async def story() -> None:
        pages = Pages()
        await pages.ask()
        pages.fails = True
        pages.now = AGE + 0.1
        assert await pages.ask() == b"page 1"
        pages.now += SHOWN
        with pytest.raises(StoreError):
            await pages.ask()
        pages.fails = False
        assert await pages.ask() == b"page 2"

    asyncio.run(story())


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """In bytes; the oldest goes first."""
    monkeypatch.setattr(fresh, "MOST_BYTES", 40)

    async def story() -> None:
        pages = Pages()
        for key in "abcdefghij":
            await pages.ask(key=key)
        assert sum(len(page) for _, _, page in pages.kept._made.values()) == pages.kept._bytes <= 40
        assert ("j",) in pages.kept._made
        assert ("a",) not in pages.kept._made

    asyncio.run(story())
