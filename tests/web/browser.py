"""Debian's chromium, driven by playwright; a reason to skip where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
Colours = Literal["light", "dark"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def page_of(
    browser: Browser, width: int = 1280, colours: Colours = "light", script: bool = True, motionless: bool = True
) -> Iterator[tuple[Page, list[str]]]:
    """A page, and what it complains of: errors of scripts, what the policy forbids, what is not found."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=colours,
        java_script_enabled=script,
        reduced_motion="reduce" if motionless else "no-preference",
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page, complaints
    context.close()
