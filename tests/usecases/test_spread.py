"""Several processes say what one says, of the applications and of the reading."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from itertools import pairwise, repeat

import pytest
from tests.replay import Fault, Replay

from whydrift import wiring
from whydrift.core.model.application import Application
from whydrift.core.model.secrets import Masker
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.model.trouble import Unmask
from whydrift.demo import FLEET
from whydrift.ports import Workers
from whydrift.settings import Connection, Settings
from whydrift.usecases.remedies import ChoicesAlone
from whydrift.usecases.scan import Read, scan, visit
from whydrift.usecases.spread import ENOUGH, FIRST, Made, Spread
from whydrift.usecases.triage import Look

DEMO = Connection(recording="demo")
AT = "2026-11-20T12:00:00Z"


async def told(shared: bool, connection: Connection = DEMO) -> tuple[list[ApplicationAnswer], Read, int]:
    """The answers of the shipped fleet, what was read, and how many questions that took."""
    opened = wiring.open_source(connection)
    opened.masker = Masker(b"one key for both")
    analysis = replace(wiring.analysis(opened.settings, False), unmask=Unmask.EVERYWHERE, read_at=AT)
    share, read = wiring.share(opened) if shared else None, Read()
    if shared and share is None:
        pytest.skip("one core only, or no Linux")
    chosen = ChoicesAlone()
    try:
        async with aclosing(
            scan(opened.answers, analysis, opened.reader, lambda application: True, read, chosen, share)
        ) as answers:
            return [answer async for answer in answers], read, opened.answers.requests
    finally:
        await opened.close()


def test_sharing_the_work_changes_nothing() -> None:
    """The same answers in the same order, the same gaps, renders, notes and requests."""
    alone, together = asyncio.run(told(shared=False)), asyncio.run(told(shared=True))
    assert together == alone
    assert len(alone[0]) > 40


@pytest.mark.parametrize(
    ("weight", "forecast", "shared"), [(ENOUGH, True, True), (1, True, False), (ENOUGH, False, False)]
)
def test_little_work_stays_in_one_process(weight: int, forecast: bool, shared: bool) -> None:
    """It takes longer to begin another one; and no application is lost or told twice by looking ahead."""
    forked: list[object] = []

    async def names() -> list[str]:
        opened = wiring.open_source(DEMO)

        def fork(*about: object) -> Workers[Application, Made[str]]:
            forked.append(about)
            return Alone()

        spread = partial(Spread, asked=set(), fork=fork, at_once=1, weigh=lambda application: weight)
        analysis = replace(wiring.analysis(opened.settings, False), forecast=forecast)
        looked = visit(opened.answers, analysis, opened.reader, lambda application: True, Read(), name_of, spread)
        return [name async for name in looked]

    found = asyncio.run(names())
    assert bool(forked) is shared
    assert len(found) == len(set(found)) > 40


def test_work_is_looked_for_ahead_only_so_far() -> None:
    """A fleet of thousands, none of which drifts, is not held in memory to find that out."""
    synced = Application({"metadata": {"name": "shop"}, "status": {"sync": {"status": "Synced"}}})
    spread = Spread(name_of, set(), lambda *_about: Alone(), 1, weigh=lambda application: ENOUGH)
    first, shared = spread.ahead(repeat(synced), wiring.analysis(Settings(), False))
    assert (len(first), shared) == (FIRST, False)


async def name_of(application: Application, how: Look) -> str:
    """All that is made of an application here."""
    return application.name


class Alone:
    """Workers that are no processes."""

    async def ask(self, argument: Application) -> Made[str]:
        """What one of them would give."""
        return Made(argument.name, 0, frozenset(), frozenset())

    async def close(self) -> None:
        """Nothing to end."""


def test_processes_that_share_a_live_fleet_ask_through_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same answers of the same requests, as many at a time as one process makes, each paced by it."""
    monkeypatch.setenv("ARGOCD_AUTH_TOKEN", "token")
    with Replay(FLEET, token="token") as replay:
        live = Connection(server=replay.url, no_kubernetes=True, no_git=True)
        alone = asyncio.run(told(shared=False, connection=live))
        seen = sorted(f"{one.path}?{one.query}" for one in replay.seen)
        replay.seen.clear()
        together = asyncio.run(told(shared=True, connection=live))
        assert together == alone
        assert sorted(f"{one.path}?{one.query}" for one in replay.seen) == seen
        assert replay.most_running <= 8
    assert len(alone[0]) > 40


def test_a_server_that_asks_to_slow_down_is_heard_by_all_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """One refusal makes everybody wait, whoever asked."""
    monkeypatch.setenv("ARGOCD_AUTH_TOKEN", "token")
    busy = Fault.parse("*managed-resources*=429:1@1")
    with Replay(FLEET, token="token", faults=[busy]) as replay:
        live = Connection(server=replay.url, no_kubernetes=True, no_git=True)
        answers, read, _ = asyncio.run(told(shared=True, connection=live))
        asked = sorted(one.at for one in replay.seen if "managed-resources" in one.path)
    assert not [answer for answer in answers if answer.not_read]
    assert not read.gaps
    assert max(later - earlier for earlier, later in pairwise(asked)) > 0.7
