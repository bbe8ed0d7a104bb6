"""Errands that others run: what is asked for is deferred and never lost; who works is fair to every place."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes import FakeClock
from tests.looks import look
from tests.memory_jobs import MemoryJobs

from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import ApplicationName
from whydrift.errors import StoreError
from whydrift.ports.jobs import Job, Place, Why
from whydrift.usecases.watch.asking import Asking, mark, place_of
from whydrift.usecases.watch.errands import Errand
from whydrift.usecases.watch.status import Status
from whydrift.usecases.watch.taking import Taking

PATIENCE = 60.0


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.01)


def name(number: int, instance: str = "") -> ApplicationName:
    return ApplicationName(instance, "argocd", f"app-{number}")


@dataclass
class Following:
    """A watcher that asks, with its store."""

    folder: Path
    jobs: MemoryJobs = field(default_factory=MemoryJobs)
    status: Status = field(default_factory=Status)

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.store = SqlStore("", self.folder)
        self.asking = Asking(self.jobs, self.store, self.clock)

    def see(self, application: ApplicationName) -> None:
        """Somebody looks at an application."""
        self.store.record(look((), self.clock.now(), application, fingerprint="7 word digest"))
        self.clock.pass_(1)


def test_a_stream_stands_before_what_is_not_deferred_yet(tmp_path: Path) -> None:
    async def scene() -> None:
        watch = Following(tmp_path)
        asking = watch.asking
        assert asking.stands("", "9") == "9"
        asking.put(name(1), forced=True, urgent=False)
        asking.put(name(2), forced=False, before="9")
        asking.put(name(3), forced=False, before="10")
        asking.put(name(2), forced=False, before="11")
        assert (asking.stands("", "12"), asking.stands("other", "5")) == ("9", "5")
        watch.jobs.away = True
        with pytest.raises(StoreError):
            await asking.send()
        assert asking.stands("", "12") == "9"
        watch.jobs.away = False
        await asking.send()
        assert asking.stands("", "12") == "12"
        assert len(watch.jobs.waits) == 3

    asyncio.run(scene())


def test_what_is_put_while_it_is_deferred_is_deferred_again(tmp_path: Path) -> None:
    async def scene() -> None:
        watch = Following(tmp_path)
        asking, defer = watch.asking, watch.jobs.defer

        async def taken_at_once(jobs: Sequence[Job]) -> None:
            await defer(jobs)
            watch.jobs.waits.clear()
            asking.put(name(1), forced=False, before="2")

        watch.jobs.defer = taken_at_once  # type: ignore[method-assign]  # somebody takes it before the answer is here
        asking.put(name(1), forced=False, before="1")
        await asking.send()
        watch.jobs.defer = defer  # type: ignore[method-assign]  # as it was
        assert asking.stands("", "3") == "1"
        await asking.send()
        assert list(watch.jobs.waits) == [(name(1), Why.CHANGED)]

    asyncio.run(scene())


def test_knows_what_others_looked_at_and_keeps_what_it_heard_itself(tmp_path: Path) -> None:
    async def scene() -> None:
        watch = Following(tmp_path)
        asking = watch.asking
        for number in (1, 2):
            asking.put(name(number), forced=False)
            watch.see(name(number))
        await asking.send()
        await asking.refresh(watch.status)
        first, second = asking.standings[name(1)], asking.standings[name(2)]
        assert (first.word, first.told) == ("word", ""), "what was heard since may be anything: the next word is news"
        first.told = "newer word"
        watch.see(name(1))
        watch.store.vanished(name(2), watch.clock.now())
        await asking.refresh(watch.status)
        assert asking.standings == {name(1): first}
        assert (first.told, first.at > second.at, watch.status.looks) == ("newer word", True, 3)
        assert not asking.has(name(1))

    asyncio.run(scene())


HANDS = 4
MINE = frozenset(map(mark, ("", "a", "b")))
JOBS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans()), max_size=40)


async def _worked_off(asked: list[tuple[str, str, bool]]) -> list[Place]:
    """The places of the jobs that were run, in their order; each runs as long as HANDS allow."""
    jobs, clock = MemoryJobs(), FakeClock(runs=True)
    places = [place_of(name(0, instance), cluster) for instance, cluster, _ in asked]
    for number, ((instance, _, due), place) in enumerate(zip(asked, places, strict=True)):
        why = Why.DUE if due else Why.CHANGED
        await jobs.defer([Job(name(number, instance), why, place, "", clock.now())])
    taking = Taking(jobs, clock, HANDS, asyncio.get_running_loop().time, MINE)
    telling = asyncio.create_task(taking.run())
    running: list[tuple[Errand, Place]] = []
    ran: list[Place] = []
    while len(ran) < len(asked):
        known = {job.place for job in jobs.waits.values()} | {place for _, place in running}
        errand = await asyncio.wait_for(taking.next(), PATIENCE)
        place = places[int(errand.name.name[4:])]
        running.append((errand, place))
        ran.append(place)
        instances = Counter(one.instance for _, one in running)
        assert len({one.instance for one in known}) < 2 or max(instances.values()) <= HANDS // 2
        if len(running) >= HANDS // 2:
            taking.done(running.pop(0)[0])
            await asyncio.sleep(0)
    for errand, _ in running:
        taking.done(errand)
    await taking.flush()
    telling.cancel()
    assert not jobs.waits
    return ran


@given(JOBS)
def test_everything_is_run_and_no_instance_holds_more_than_half_of_the_hands(
    asked: list[tuple[str, str, bool]],
) -> None:
    ran = asyncio.run(_worked_off(asked))
    assert Counter(ran) == Counter(place_of(name(0, instance), cluster) for instance, cluster, _ in asked)


def test_places_take_turns() -> None:
    ran = asyncio.run(_worked_off([("a", "x", False)] * 9 + [("b", "y", False)] * 3))
    far = place_of(name(0, "b"), "y")
    assert [number for number, place in enumerate(ran) if place == far] in ([0, 2, 4], [1, 3, 5])


def test_what_is_not_reached_from_here_is_left_to_others() -> None:
    async def scene() -> None:
        jobs = MemoryJobs()
        taking = Taking(jobs, FakeClock(runs=True), HANDS, asyncio.get_running_loop().time, MINE)
        for instance in ("elsewhere", "a"):
            place = place_of(name(1, instance), "")
            await jobs.defer([Job(name(1, instance), Why.CHANGED, place, "", "2026-11-01T00:00:00Z")])
        assert (await taking.next()).name == name(1, "a")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(taking.next(), 0.2)
        assert list(jobs.waits) == [(name(1, "elsewhere"), Why.CHANGED)]

    asyncio.run(scene())


def test_a_database_that_is_away_is_asked_until_it_is_back_and_told_what_ended() -> None:
    async def scene() -> None:
        jobs, status = MemoryJobs(), Status()
        taking = Taking(jobs, FakeClock(runs=True), HANDS, asyncio.get_running_loop().time, MINE, status)
        telling = asyncio.create_task(taking.run())
        place = place_of(name(1), "x")
        await jobs.defer([Job(name(each), Why.CHANGED, place, "", "2026-11-01T00:00:00Z") for each in (1, 2)])
        errand = await taking.next()
        jobs.away = True
        taking.done(errand)
        other = asyncio.create_task(taking.next())
        await until(lambda: status.troubles == {"the jobs": "away"})
        assert not other.done()
        jobs.away = False
        assert (await asyncio.wait_for(other, PATIENCE)).name == name(2)
        await until(lambda: list(jobs.held) == [1])
        telling.cancel()

    asyncio.run(scene())
