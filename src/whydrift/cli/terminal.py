"""What a terminal takes: how wide a line may be, whether to colour, and how far a long scan is."""

from __future__ import annotations

import logging
import os
import shutil
import sys

from whydrift.core.report.words import shortened

WAITING = logging.getLogger("whydrift.waiting")
"""On which the HTTP client says whom everybody waits for (adapters/http/client.py)."""


def page_width() -> int:
    """Columns to fill: those of the terminal, 110 where the output goes elsewhere."""
    return min(max(shutil.get_terminal_size().columns if sys.stdout.isatty() else 110, 60), 140)


def line_width() -> int:
    """Columns that a line may fill: those of the terminal; no end where the output goes elsewhere, to be searched."""
    return page_width() if sys.stdout.isatty() else sys.maxsize


def wants_colour(choice: str) -> bool:
    """Whether to colour: as `--color` says, else on a terminal that can and unless NO_COLOR is set."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def over_the_last_line(line: str) -> None:
    """A line on a terminal's stderr in the place of the one before."""
    sys.stderr.write(f"\r\x1b[K{line}")
    sys.stderr.flush()


class Progress(logging.Handler):
    """A line on stderr that says how far a long scan is, and whom it waits for; on a terminal only."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._shown = sys.stderr.isatty() and sys.stdout.isatty()
        if self._shown:
            WAITING.addHandler(self)
            WAITING.setLevel(logging.INFO)

    def emit(self, record: logging.LogRecord) -> None:
        """Say what is waited for, until the next application is done."""
        self._write(f"… {shortened(record.getMessage(), 75)}")

    def show(self, number: int, name: str) -> None:
        """Say that `number` applications are done, the last of which is `name`."""
        self._write(f"{number} applications … {shortened(name, 50)}")

    def clear(self) -> None:
        """Leave the terminal as it was."""
        self._write("")
        WAITING.removeHandler(self)

    def _write(self, line: str) -> None:
        if self._shown:
            over_the_last_line(line)
