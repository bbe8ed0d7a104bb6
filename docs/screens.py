"""Takes the pictures in docs/screens/: the demo as the page shows it, after a month that is made out of it.

`uv run python docs/screens.py`, with Debian's chromium. The month: each finding is there from a day of its own on, and
a few come and go.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from playwright.sync_api import Browser, sync_playwright

from whydrift import wiring
from whydrift.adapters.store.store import SqlStore
from whydrift.core.history.seen import seen
from whydrift.core.model.finding import HIDDEN, SHOWN, TROUBLE
from whydrift.core.model.triage import Answer, ApplicationAnswer
from whydrift.core.report.tally import objects_of
from whydrift.web.access import Access
from whydrift.web.authentication import Loopback
from whydrift.web.server import listen, serve
from whydrift.web.site import Site
from whydrift.web.views.ignores import KEPT

SCREENS = Path(__file__).parent / "screens"
DAYS = 30
PICTURES = {
    "fleet": "/",
    "application": "/apps/-/argocd/sympozium",
    "broken": "/unmasked",
    "hidden": "/hidden",
    "causes": "/causes",
    "cause": "/causes/two-apps-claim-object",
    "findings": "/findings?severity=loses",
    "history": "/history",
    "timeline": "/history/-/argocd/gpu-operator",
    "ignores": "/ignores",
    "residuals": "/residuals",
    "search": "/search?q=grafana",
}


def main() -> int:
    """Look at the demo, make a month of it, serve it, and take the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore("", Path(folder))
        record(store, msgspec.json.decode(said("scan", "--unmask", "--hidden"), type=Answer))
        store.note(KEPT, said("ignores").decode())
        with served(store) as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for name, path in PICTURES.items():
                take(browser, f"http://127.0.0.1:{port}{path}", name)
            take(browser, f"http://127.0.0.1:{port}/", "fleet-dark", dark=True)
            take(browser, f"http://127.0.0.1:{port}/", "fleet-phone", width=390)
            browser.close()
    return 0


def said(*words: str) -> bytes:
    """What a command answers about the demo, as JSON."""
    command = [sys.executable, "-m", "whydrift", *words, "--from", "demo", "-o", "json"]
    return subprocess.run(command, capture_output=True, check=False).stdout


def record(store: SqlStore, answer: Answer) -> None:
    """A month of looks, a day apart."""
    now = datetime.now(UTC) - timedelta(minutes=4)
    for ago in range(DAYS, -1, -1):
        at = (now - timedelta(days=ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
        for application in answer.applications:
            store.record(seen(then(application, ago), at, frozenset({SHOWN, HIDDEN, TROUBLE})))


def then(application: ApplicationAnswer, ago: int) -> ApplicationAnswer:
    """An application as it was so many days ago."""
    objects = []
    for item in objects_of(application):
        drawn = zlib.crc32(f"{application.name} {item.id}".encode())
        away = drawn % 5 == 0 and ago % 7 == 3
        if drawn % DAYS >= ago - 8 and not away:
            objects.append(item)
    return msgspec.structs.replace(application, objects=tuple(objects))


@contextmanager
def served(store: SqlStore) -> Iterator[int]:
    """A server of the store; its port."""
    listening, loop = listen("127.0.0.1", 0), asyncio.new_event_loop()
    site = Site(
        store=store,
        now=lambda: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        causes={page.cause.id: page for page in wiring.cause_pages()},
        access=Access(Loopback()),
    )
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve(site, listening)))
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        loop.call_soon_threadsafe(site.stopping.set)
        thread.join()


def take(browser: Browser, address: str, name: str, *, dark: bool = False, width: int = 980) -> None:
    """One picture: the first screen of a page."""
    context = browser.new_context(
        viewport={"width": width, "height": 640}, color_scheme="dark" if dark else "light", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(address, wait_until="load")
    SCREENS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png")
    context.close()


if __name__ == "__main__":
    sys.exit(main())
