"""Several processes say what one says, of the applications and of the reading."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from whydrift import wiring
from whydrift.core.model.secrets import Masker
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.settings import Connection
from whydrift.usecases.scan import Read, scan
from whydrift.usecases.workbench import Workbench


async def told(shared: bool) -> tuple[list[ApplicationAnswer], Read, int]:
    """The answers of the shipped fleet, what was read, and how many questions that took."""
    opened = wiring.open_source(Connection(recording="demo"))
    opened.masker = Masker(b"one key for both")
    analysis = replace(wiring.analysis(opened.settings, False), unmask=True, read_at=opened.read_at)
    share, read = wiring.share(opened) if shared else None, Read()
    if shared and share is None:
        pytest.skip("one core only, or no Linux")
    chosen = Workbench(places=False)
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
