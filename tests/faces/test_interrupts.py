"""Ctrl-C at the moments that no random test meets: each is brought about by the process itself."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import whydrift
from tests.faces.command import BARE

HERE = {**BARE, "PYTHONPATH": str(Path(str(whydrift.__file__)).parents[1])}
BEGINNING = """
import asyncio, os, signal, sys
from whydrift.cli.interrupts import interrupted_at_once, run_interruptibly
signal.signal(signal.SIGINT, signal.SIG_DFL)

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)

"""
BEFORE = """
class Late:
    def __await__(self):
        yield from asyncio.sleep(30).__await__()

async def work():
    try:
        await Late()
    finally:
        print("let go", flush=True)

make = asyncio.new_event_loop
def interrupted_while_it_is_made():
    interrupt()
    return make()
asyncio.events.new_event_loop = interrupted_while_it_is_made
try:
    run_interruptibly(work())
except KeyboardInterrupt:
    print("interrupted")
"""
AFTER = """
async def endless():
    try:
        while True:
            yield 1
    finally:
        interrupt()
        print("let go", flush=True)

async def work():
    async for _ in endless():
        return "done"

run_interruptibly(work())
print("too late")
"""
ASKING = """
async def work():
    with interrupted_at_once():
        input("sure? ")

run_interruptibly(work())
"""


@pytest.mark.parametrize(
    ("script", "says", "code"),
    [(BEFORE, "let go\ninterrupted\n", 0), (AFTER, "let go\n", -signal.SIGINT)],
    ids=["before the loop runs", "when the work is done"],
)
def test_it_waits_until_it_can_be_answered(script: str, says: str, code: int) -> None:
    """Neither is anything left that was begun, nor is anything said of exceptions that nobody can catch."""
    done = subprocess.run(
        [sys.executable, "-c", BEGINNING + script], capture_output=True, text=True, env=HERE, timeout=60, check=False
    )
    assert (done.stdout, done.stderr, done.returncode) == (says, "", code)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what a process waits for")
def test_a_question_is_given_up_at_once() -> None:
    """A loop would wait for the answer, and be told of the interrupt after it."""
    process, terminal = pty.fork()
    if not process:
        os.execve(sys.executable, [sys.executable, "-c", BEGINNING + ASKING], HERE)
    assert b"sure?" in read_until(terminal, b"sure?")
    while Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "S":
        time.sleep(0.01)  # until it waits: a signal just before that is seen after the answer, by CPython as well
    os.write(terminal, b"\x03")
    try:
        assert b"KeyboardInterrupt" in read_until(terminal, b"KeyboardInterrupt"), "it still waits for an answer"
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)


def read_until(terminal: int, wanted: bytes) -> bytes:
    """What a terminal shows until it shows this, or shows nothing more for half a minute."""
    said = b""
    while wanted not in said and select.select([terminal], [], [], 30)[0]:
        said += os.read(terminal, 1024)
    return said
