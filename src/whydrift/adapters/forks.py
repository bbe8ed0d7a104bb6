"""Work shared among forked processes: each has everything that this one had when it forked, and reads the rest itself.

Only what is asked and answered goes through a socket: what is to be done, and what a process asks the one that forked
it, because it must not read that itself.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import sys
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from types import FrameType
from typing import Generic, NoReturn, TypeVar, cast

from whydrift.errors import WhydriftError

A = TypeVar("A")
R = TypeVar("R")
Q = TypeVar("Q")
Ask = Callable[[object], Awaitable[object]]
STDERR = 2
LENGTH = 8
"""Bytes that state how long a message is."""
AHEAD = 4 * 1024**2
"""Bytes that are taken out of a socket before anybody asks for them: most answers in one piece."""


@dataclass(frozen=True)
class Failed:
    """Why there is no answer: a failure that is raised again, or what the process says of one that nobody foresaw."""

    error: WhydriftError | None
    says: str = ""


class Channel:
    """One end of a socket: asks the other one, and answers what it asks, as many at a time as there are."""

    def __init__(
        self, replies: asyncio.StreamReader, requests: asyncio.StreamWriter, answer: Callable[[Q], Awaitable[object]]
    ) -> None:
        self._replies, self._requests = replies, requests
        self._make = cast(Callable[[object], Awaitable[object]], answer)
        self._numbers = count()
        self._waiting: dict[int, asyncio.Future[object]] = {}
        self._answering: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> int:
        """How much the other end was asked and did not answer yet, whether or not anybody waits for it still."""
        return len(self._waiting)

    async def ask(self, what: object) -> object:
        """What the other end makes of something. WhydriftError as raised there; RuntimeError where it is gone."""
        number, reply = next(self._numbers), asyncio.get_running_loop().create_future()
        self._waiting[number] = reply
        self._send(pickle.dumps((True, number, what)))
        found = await reply
        if isinstance(found, Failed):
            raise found.error or RuntimeError(found.says)
        return found

    async def listen(self) -> None:
        """Answer, and take what was answered, until the other end is gone."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = int.from_bytes(await self._replies.readexactly(LENGTH))
                message = pickle.loads(await self._replies.readexactly(length))  # noqa: S301 - of our own process
                self._take(*message)
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_exception(RuntimeError("a process that explains applications was ended from outside"))

    def close(self) -> None:
        """Hang up; nothing more is answered."""
        for task in self._answering:
            task.cancel()
        self._requests.close()

    def _take(self, asked: bool, number: int, what: object) -> None:
        if asked:
            task = asyncio.create_task(self._answer(number, what))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
            return
        reply = self._waiting.pop(number)
        if not reply.done():
            reply.set_result(what)

    async def _answer(self, number: int, what: object) -> None:
        try:
            reply = pickle.dumps((False, number, await self._make(what)))
        except WhydriftError as error:
            reply = pickle.dumps((False, number, Failed(error)))
        except Exception as error:  # said by the process that asked
            reply = pickle.dumps((False, number, Failed(None, "".join(traceback.format_exception(error)))))
        self._send(reply)

    def _send(self, message: bytes) -> None:
        if not self._requests.is_closing():  # else nobody listens
            self._requests.write(len(message).to_bytes(LENGTH))
            self._requests.write(message)


@dataclass(frozen=True)
class _Worker:
    """A process, and the way to it."""

    process: int
    socket: socket.socket
    channel: Channel
    listening: asyncio.Task[None]


async def _nothing(asked: object) -> NoReturn:
    raise RuntimeError(f"nobody answers {asked}")


class Forks(Generic[A, R]):
    """Asks `work` in at most `number` processes, each forked when all others are busy; `each` is given so much at once.

    `started` and `ended` run in each of them: they let go of what it must not share with this one, and of what it made.
    `started` is given what asks this process, which `answer` answers. Nothing may wait in this process for what `work`
    waits for: a lock that is held when it forks is held for ever.
    """

    def __init__(
        self,
        work: Callable[[A], Coroutine[None, None, R]],
        number: int,
        started: Callable[[Ask], None],
        ended: Callable[[], None],
        answer: Callable[[Q], Awaitable[object]] | None = None,
        each: int = 1,
    ) -> None:
        self._work, self._answer = work, answer or _nothing
        self._number = number
        self._started, self._ended = started, ended
        self._free, self._choosing = asyncio.Semaphore(number * each), asyncio.Lock()
        self._workers: list[_Worker] = []

    async def ask(self, argument: A) -> R:
        """What `work` gives for an argument. WhydriftError as it raises it; RuntimeError where a process is gone."""
        async with self._free:
            return cast(R, await (await self._least_busy()).ask(argument))

    async def close(self) -> None:
        """End the processes: those that wait by themselves, those that work by an interrupt."""
        for worker in self._workers:
            worker.listening.cancel()
            if worker.channel.busy:
                os.kill(worker.process, signal.SIGINT)
            with suppress(OSError):  # it is gone
                worker.socket.shutdown(socket.SHUT_RDWR)  # at once, whoever else holds it; `close` waits for its turn
            worker.channel.close()
        for worker in self._workers:
            os.waitpid(worker.process, 0)
        self._workers = []

    async def _least_busy(self) -> Channel:
        async with self._choosing:
            found = min((worker.channel for worker in self._workers), key=lambda channel: channel.busy, default=None)
            if found is None or (found.busy and len(self._workers) < self._number):
                return await self._fork()
            return found

    async def _fork(self) -> Channel:
        here, there = socket.socketpair()
        process = os.fork()
        if not process:
            here.close()
            for other in self._workers:  # else none of them would see when this process is killed
                os.close(other.socket.fileno())
            self._serve(there)
        there.close()
        channel = Channel(*await asyncio.open_connection(sock=here, limit=AHEAD), self._answer)
        self._workers.append(_Worker(process, here, channel, asyncio.create_task(channel.listen())))
        return channel

    def _serve(self, asking: socket.socket) -> NoReturn:
        """Answer until nobody asks any more; nothing that the forking process began is ended by this one."""
        code = 1
        try:
            signal.signal(signal.SIGINT, _interrupted)
            asyncio.run(self._answered(asking))
            code = 0
        except (KeyboardInterrupt, OSError):
            code = 130
        finally:
            self._ended()
            os._exit(code)

    async def _answered(self, asking: socket.socket) -> None:
        channel = Channel(*await asyncio.open_connection(sock=asking, limit=AHEAD), self._work)
        self._started(channel.ask)
        await channel.listen()


def cores() -> int:
    """How many processes may work side by side; one on macOS, which forks too, but its libraries do not survive it."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def beside(work: Callable[[A], Coroutine[None, None, R]]) -> Forks[A, R] | None:
    """One more process, for work that shares nothing with this one; None where there is no core for it."""
    return Forks(work, 1, lambda ask: None, lambda: None) if cores() > 1 else None


def _interrupted(number: int, at: FrameType | None) -> NoReturn:
    """End what is computed now; asyncio's own answer to an interrupt waits until a task does.

    Once: what a second one would cut short is letting go of what was made. Nobody reads what it still says: that an
    exception is lost, where it is raised in a destructor.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), STDERR)
    raise KeyboardInterrupt
