"""Work in forked processes: the same answers, the same failures, and nothing stays behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from whydrift.adapters.forks import Ask, Forks
from whydrift.errors import SourceError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")


class Lingering:
    """Takes long to go: what is raised meanwhile is lost, and Python says so."""

    def __del__(self) -> None:
        time.sleep(60)


async def work(argument: str) -> tuple[str, int]:
    """What an argument asks for, and who did it."""
    match argument:
        case "refuse":
            raise SourceError("refused")
        case "stumble":
            raise ValueError("nobody foresaw this")
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "linger":
            time.sleep(60)
        case "linger in a destructor":
            sys.stderr, sys.unraisablehook = sys.__stderr__, sys.__unraisablehook__  # as outside of pytest
            Lingering()
    await asyncio.sleep(0)
    return argument * 100_000, os.getpid()


@asynccontextmanager
async def forks(place: Path, number: int = 2) -> AsyncIterator[Forks[str, tuple[str, int]]]:
    """Processes that leave a file each where they started and ended."""

    def note(what: str) -> None:
        (place / f"{what}-{os.getpid()}").touch()

    made = Forks(work, number, lambda ask: note("started"), lambda: note("ended"))
    try:
        yield made
    finally:
        await made.close()


def noted(place: Path, what: str) -> set[int]:
    """The processes that noted something."""
    return {int(path.name.rpartition("-")[2]) for path in place.glob(f"{what}-*")}


def test_every_answer_comes_back_from_a_few_processes(tmp_path: Path) -> None:
    """Large ones too, each to who asked; this process does none of it."""

    async def tried() -> None:
        asked = [str(number) for number in range(20)]
        async with forks(tmp_path) as made:
            found = await asyncio.gather(*(made.ask(argument) for argument in asked))
        assert [answer for answer, _ in found] == [argument * 100_000 for argument in asked]
        did = {process for _, process in found}
        assert len(did) == 2 and os.getpid() not in did
        assert noted(tmp_path, "started") == noted(tmp_path, "ended") == did

    asyncio.run(tried())


def test_a_process_asks_the_one_that_forked_it_while_it_works_on_several_things(tmp_path: Path) -> None:
    """What it cannot read itself; nothing waits for the answer of another, and what fails there is raised here."""
    asking: list[Ask] = []
    together = asyncio.Event()

    async def through(argument: str) -> tuple[str, int]:
        return str(await asking[0](argument)), os.getpid()

    async def answer(question: str) -> str:
        if question == "refuse":
            raise SourceError("refused by who forked")
        if question == "last":
            together.set()
        await asyncio.wait_for(together.wait(), 60)  # each waits until all were asked
        return f"{question} {os.getpid()}"

    async def tried() -> None:
        made = Forks(through, 1, asking.append, lambda: None, answer, each=3)
        try:
            found = await asyncio.gather(*(made.ask(argument) for argument in ("one", "two", "last")))
            assert [answer for answer, _ in found] == [f"{what} {os.getpid()}" for what in ("one", "two", "last")]
            assert {process for _, process in found}.isdisjoint({os.getpid()})
            with pytest.raises(SourceError, match="refused by who forked"):
                await made.ask("refuse")
        finally:
            await made.close()

    asyncio.run(tried())


def test_failures_are_raised_here_and_the_process_goes_on(tmp_path: Path) -> None:
    """A failure of ours as it was raised; another with its place."""

    async def tried() -> None:
        async with forks(tmp_path, 1) as made:
            with pytest.raises(SourceError, match=r"^refused$"):
                await made.ask("refuse")
            with pytest.raises(RuntimeError, match="nobody foresaw this"):
                await made.ask("stumble")
            assert (await made.ask("x"))[0] == "x" * 100_000
        assert len(noted(tmp_path, "started")) == 1

    asyncio.run(tried())


def test_a_process_that_was_killed_is_said(tmp_path: Path) -> None:
    """Its answer will never come."""

    async def tried() -> None:
        async with forks(tmp_path, 1) as made:
            with pytest.raises(RuntimeError, match="ended from outside"):
                await made.ask("die")

    asyncio.run(tried())


@pytest.mark.parametrize("argument", ["linger", "linger in a destructor"])
def test_closing_interrupts_what_is_still_worked_on(
    argument: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nobody waits for an answer that nobody wants, nor is told; what the process made is removed all the same."""

    async def tried() -> None:
        begun = time.monotonic()
        async with forks(tmp_path) as made:
            asking = asyncio.create_task(made.ask(argument))
            while not noted(tmp_path, "started"):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)  # until it works
            asking.cancel()
        assert time.monotonic() - begun < 30
        assert noted(tmp_path, "ended") == noted(tmp_path, "started")

    asyncio.run(tried())
    assert capfd.readouterr().err == ""
