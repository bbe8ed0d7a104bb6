"""Ctrl-C: what runs in a loop lets go of what it began; before and after it, the process just ends."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
SIGINT = frozenset({signal.SIGINT})


def run_interruptibly(work: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`. KeyboardInterrupt after a Ctrl-C, when all that was begun is ended.

    Python's own answer to it raises an exception wherever the process is: before the loop, so that the work is never
    awaited, and in destructors, where it is lost with a message. So it waits until the loop runs, and again from when
    the work is done until it means what it meant before (the end of the process, see `whydrift.__main__`).
    """
    if threading.current_thread() is not threading.main_thread():
        return asyncio.run(work)
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGINT)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # which asyncio replaces by its own, no other
    try:
        return asyncio.run(_interruptible(work))
    finally:
        signal.signal(signal.SIGINT, before)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGINT)


async def _interruptible(work: Coroutine[Any, Any, T]) -> T:
    """The work, the only part that may be interrupted; a second Ctrl-C ends what lets go after the first."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGINT)
    try:
        found = await work
    except asyncio.CancelledError:
        raise
    except BaseException:
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGINT)
        raise
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGINT)
    return found


@contextmanager
def interrupted_at_once() -> Iterator[None]:
    """While somebody is asked something, which a loop would wait for: Ctrl-C raises KeyboardInterrupt here."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
