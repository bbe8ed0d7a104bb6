"""Work shared among forked processes: each has everything that this one had when it forked, and reads the rest itself.

Only what is asked and answered goes through a socket; what is read for it never does.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from types import FrameType
from typing import Generic, NoReturn, TypeVar

from whydrift.errors import WhydriftError

A = TypeVar("A")
R = TypeVar("R")
LENGTH = 8
"""Bytes that state how long an answer is."""


@dataclass(frozen=True)
class Failed:
    """Why there is no answer: a failure that is raised again, or what the process says of one that nobody foresaw."""

    error: WhydriftError | None
    says: str = ""


@dataclass(frozen=True)
class _Worker:
    """A process, and both directions to it."""

    process: int
    socket: socket.socket
    replies: asyncio.StreamReader
    requests: asyncio.StreamWriter


class Forks(Generic[A, R]):
    """Asks `work` in at most `number` processes, each forked when all others are busy.

    `started` and `ended` run in each of them: they let go of what it must not share with this one, and of what it made.
    Nothing may wait in this process for what `work` waits for: a lock that is held when it forks is held for ever.
    """

    def __init__(
        self,
        work: Callable[[A], Coroutine[None, None, R]],
        number: int,
        started: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        self._work = work
        self._started, self._ended = started, ended
        self._free = asyncio.Semaphore(number)
        self._idle: list[_Worker] = []
        self._workers: list[_Worker] = []
        self._sockets: list[socket.socket] = []

    async def ask(self, argument: A) -> R:
        """What `work` gives for an argument. WhydriftError as it raises it; RuntimeError where a process is gone."""
        async with self._free:
            worker = self._idle.pop() if self._idle else await self._fork()
            worker.requests.write(pickle.dumps(argument))
            try:
                length = int.from_bytes(await worker.replies.readexactly(LENGTH))
                found = pickle.loads(await worker.replies.readexactly(length))  # noqa: S301 - of our own process
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                raise RuntimeError("a process that explains applications was ended from outside") from error
            self._idle.append(worker)
        if isinstance(found, Failed):
            raise found.error or RuntimeError(found.says)
        answer: R = found
        return answer

    async def close(self) -> None:
        """End the processes: those that wait by themselves, those that work by an interrupt."""
        for worker in self._workers:
            if worker not in self._idle:
                os.kill(worker.process, signal.SIGINT)
            worker.socket.shutdown(socket.SHUT_RDWR)  # at once, whoever else holds it; `close` waits for its turn
            worker.requests.close()
        for worker in self._workers:
            os.waitpid(worker.process, 0)
        self._workers, self._idle = [], []

    async def _fork(self) -> _Worker:
        here, there = socket.socketpair()
        process = os.fork()
        if not process:
            here.close()
            for other in self._sockets:  # else none of them would see when this process is killed
                os.close(other.fileno())
            self._serve(there)
        there.close()
        self._sockets.append(here)
        worker = _Worker(process, here, *await asyncio.open_connection(sock=here))
        self._workers.append(worker)
        return worker

    def _serve(self, asking: socket.socket) -> NoReturn:
        """Answer until nobody asks any more; nothing that the forking process began is ended by this one."""
        code = 1
        try:
            signal.signal(signal.SIGINT, _interrupted)
            self._started()
            with asking.makefile("rwb") as stream, asyncio.Runner() as runner:
                while stream.peek(1):
                    reply = pickle.dumps(self._answer(runner, pickle.load(stream)))  # noqa: S301 - of our own process
                    stream.write(len(reply).to_bytes(LENGTH) + reply)
                    stream.flush()
            code = 0
        except (KeyboardInterrupt, OSError):
            code = 130
        finally:
            self._ended()
            os._exit(code)

    def _answer(self, runner: asyncio.Runner, argument: A) -> R | Failed:
        try:
            return runner.run(self._work(argument))
        except WhydriftError as error:
            return Failed(error)
        except Exception as error:  # said by the process that asked
            return Failed(None, "".join(traceback.format_exception(error)))


def cores() -> int:
    """How many processes may work side by side; one on macOS, which forks too, but its libraries do not survive it."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def beside(work: Callable[[A], Coroutine[None, None, R]]) -> Forks[A, R] | None:
    """One more process, for work that shares nothing with this one; None where there is no core for it."""
    return Forks(work, 1, lambda: None, lambda: None) if cores() > 1 else None


def _interrupted(number: int, at: FrameType | None) -> NoReturn:
    """End what is computed now; asyncio's own answer to an interrupt waits until a task does."""
    raise KeyboardInterrupt
