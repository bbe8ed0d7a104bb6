"""Live scans through the replay server beside plain parallel downloads: of what they read, and of all there is."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode

import httpx2

from whydrift import wiring
from whydrift.adapters.argocd.connect import connect
from whydrift.adapters.argocd.options import ArgocdOptions
from whydrift.cli import SELDOM
from whydrift.core.model.secrets import Masker
from whydrift.ports import Api, Question, Reply
from whydrift.usecases.scan import Read, scan

PORT = 18480
AT_ONCE = 8
TIMES = 3


@dataclass(frozen=True)
class Taken:
    """Seconds, medians: of a scan, of downloading what it read, and of the list and the objects of all applications."""

    scan: float
    same: float
    everything: float


def live_scan(folder: Path, paced: bool, hidden: bool = False) -> Taken:
    """What a live scan and the downloads take; the server is a process of its own.

    A paced one takes as long for each answer as a real Argo CD, else it answers as fast as it can. A scan of what is
    `hidden` reads and explains the objects of every application, others those of what drifts.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)  # as the command line does
    with _served(folder, paced):
        scans, same, everything = [], [], []
        for _ in range(TIMES):
            taken, questions = asyncio.run(_scan(hidden))
            scans.append(taken)
            same.append(asyncio.run(_download(questions)))
            everything.append(asyncio.run(_download(_all_objects(folder))))
    return Taken(median(scans), median(same), median(everything))


def _all_objects(folder: Path) -> list[Question]:
    """The list of Applications, and the objects of each one: what a tool reads that looks at all of them."""
    applications = folder / "argocd/api/v1/applications"
    paths = (f"/api/v1/applications/{path.parent.name}" for path in applications.glob("*/managed-resources.json"))
    return [
        Question(Api.ARGOCD, "/api/v1/applications"),
        *(Question(Api.ARGOCD, f"{path}/managed-resources") for path in paths),
    ]


@contextmanager
def _served(folder: Path, paced: bool) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.replay", str(folder), "--port", str(PORT), *["--paced"][: int(paced)]]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait()
            yield
        finally:
            server.terminate()


def _wait() -> None:
    for _ in range(100):
        try:
            httpx2.get(f"http://127.0.0.1:{PORT}/api/version")
            return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise SystemExit("the replay server does not start")


async def _scan(hidden: bool = False) -> tuple[float, list[Question]]:
    source = connect(
        ArgocdOptions(server=f"127.0.0.1:{PORT}", plaintext=True, auth_token="bench"), {}, Path("/nonexistent")
    )
    asked: list[Question] = []
    ask = source.ask

    async def noted(question: Question) -> Reply:
        asked.append(question)
        return await ask(question)

    source.ask = noted  # type: ignore[method-assign]  # the only way to see the questions without a second Source
    opened = wiring.Opened(source, Masker(b"bench"), renders=0)
    analysis = wiring.analysis(opened.settings, hidden)
    start = time.perf_counter()
    seen = [
        application
        async for application in scan(
            source, analysis, opened.reader, lambda application: True, Read(), None, wiring.share(opened)
        )
    ]
    taken = time.perf_counter() - start
    await source.close()
    assert seen, "the fleet has applications"
    return taken, asked


async def _download(questions: list[Question]) -> float:
    slots = asyncio.Semaphore(AT_ONCE)
    headers = {"Authorization": "Bearer bench", "Accept-Encoding": "identity"}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", headers=headers) as client:

        async def get(question: Question) -> int:
            async with slots:
                url = quote(question.path) + (f"?{urlencode(question.query)}" if question.query else "")
                return len((await client.get(url)).content)

        start = time.perf_counter()
        sizes = await asyncio.gather(*map(get, questions))
        taken = time.perf_counter() - start
    assert sum(sizes), "something was downloaded"
    return taken
