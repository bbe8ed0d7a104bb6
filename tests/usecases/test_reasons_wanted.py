"""Reasons for sides are looked for where they are told, and change nothing else."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace

import msgspec
from tests.usecases.test_spread import DEMO

from whydrift import wiring
from whydrift.core.model.secrets import Masker
from whydrift.core.model.triage import ApplicationAnswer, DifferenceAnswer
from whydrift.core.report.tally import objects_of
from whydrift.usecases.scan import Read, scan


async def told(reasons: bool) -> list[ApplicationAnswer]:
    """The answers of the shipped fleet."""
    opened = wiring.open_source(DEMO)
    opened.masker = Masker(b"one key for both")
    analysis = replace(wiring.analysis(opened.settings, False), reasons=reasons)
    try:
        async with aclosing(scan(opened.answers, analysis, opened.reader, lambda application: True, Read())) as answers:
            return [answer async for answer in answers]
    finally:
        await opened.close()


def bare(difference: DifferenceAnswer) -> DifferenceAnswer:
    """A difference without the reason for its side, and without whom to ask."""
    return msgspec.structs.replace(difference, because=msgspec.UNSET, asks=msgspec.UNSET)


def test_a_page_without_reasons_is_the_same_but_for_them() -> None:
    with_them, without = asyncio.run(told(reasons=True)), asyncio.run(told(reasons=False))
    differences = [
        [difference for answer in answers for item in objects_of(answer) for difference in item.differences]
        for answers in (with_them, without)
    ]
    assert len(differences[0]) > 100 and any(isinstance(d.because, str) for d in differences[0])
    assert differences[1] == [bare(difference) for difference in differences[0]]
    assert [answer.sync for answer in without] == [answer.sync for answer in with_them]
