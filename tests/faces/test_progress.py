"""The line that says how far a scan is: on a terminal only, and it says whom it waits for."""

from __future__ import annotations

import logging
import sys

import pytest

from whydrift.cli.terminal import Progress


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_says_whom_it_waits_for(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Between two applications; after it was cleared it hears nothing more."""
    for stream in (sys.stderr, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: terminal)
    waiting = logging.getLogger("whydrift.waiting")
    progress = Progress()
    progress.show(3, "shop")
    waiting.info("%s: 503, waiting 4 s (2 of 5)", "argocd")
    progress.clear()
    waiting.info("heard by nobody")
    shown = capsys.readouterr().err
    assert ("argocd: 503, waiting 4 s (2 of 5)" in shown) == ("3 applications … shop" in shown) == terminal
    assert "heard by nobody" not in shown
