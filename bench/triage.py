"""Triage in this process: imports and the type tables are not counted, reading files is."""

from __future__ import annotations

import asyncio
import gc
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from whydrift import wiring
from whydrift.cli import SELDOM
from whydrift.settings import Connection
from whydrift.usecases.scan import Read, scan


def triage_seconds(folder: Path, forecast: bool = True, shared: bool = True, times: int = 3) -> float:
    """The median time of a whole scan of a recording, with or without what a sync would do, on all cores or on one."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    return median(asyncio.run(_once(folder, forecast, shared)) for _ in range(times))


async def _once(folder: Path, forecast: bool, shared: bool) -> float:
    opened = wiring.open_source(Connection(recording=str(folder), no_git=True))
    analysis = replace(wiring.analysis(opened.settings, False), forecast=forecast)
    start = time.perf_counter()
    seen, share = 0, wiring.share(opened) if shared else None
    async for _ in scan(opened.answers, analysis, opened.reader, lambda application: True, Read(), None, share):
        seen += 1
    assert seen, "the fleet has applications"
    await opened.close()
    return time.perf_counter() - start
