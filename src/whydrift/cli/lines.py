"""What watching prints: what happens on stdout, how it goes on stderr."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

from whydrift.core.report.words import Ink, plain, shortened

if TYPE_CHECKING:
    from whydrift.core.model.finding import Event
    from whydrift.usecases.watch.status import Status

REPEATED = 600.0
"""Seconds after which the same trouble is said again."""


class Lines:
    """What is printed: events on stdout; how it goes on stderr, in a line that stays where it is on a terminal."""

    def __init__(self, output: str, colour: str) -> None:
        from whydrift.cli.terminal import page_width, wants_colour

        self.told = 0
        self._quiet = output == "none"
        self._json = output == "jsonl"
        self._ink = Ink(wants_colour(colour))
        self._width = page_width()
        self._terminal = sys.stderr.isatty()
        self._said: dict[str, float] = {}
        self._nobody_reads: BrokenPipeError | None = None

    def tell(self, events: Sequence[Event]) -> None:
        """Print what happened."""
        from whydrift.core.history.answers import event_row
        from whydrift.core.report.watch_lines import event_lines

        self.told += len(events)
        if self._quiet:
            return
        lines = [event_row(event).decode() for event in events] if self._json else event_lines(events, self._ink)
        if not lines or self._nobody_reads is not None:
            return
        self._clear()
        try:
            sys.stdout.write("".join(f"{line}\n" for line in lines))
            sys.stdout.flush()
        except BrokenPipeError as error:  # raised where it ends the command, not one look
            self._nobody_reads = error

    def say(self, line: str) -> None:
        """Say on stderr how it goes."""
        self._clear()
        sys.stderr.write(f"{plain(line)}\n")
        sys.stderr.flush()

    async def show(self, status: Status) -> None:
        """Show how it goes until nobody reads any more."""
        while self._nobody_reads is None:
            self._say_new((*status.ways_lines(), *status.trouble_lines()))
            if self._terminal:
                sys.stderr.write(f"\r\x1b[K{shortened(status.line(), self._width)}")
                sys.stderr.flush()
            await asyncio.sleep(1)
        raise self._nobody_reads

    async def show_troubles(self, status: Status) -> None:
        """Say what does not work, for ever: of a process that is one of several."""
        while True:
            self._say_new(status.trouble_lines())
            await asyncio.sleep(1)

    def _say_new(self, lines: Sequence[str]) -> None:
        """Say what was not said lately."""
        for line in lines:
            if line not in self._said:
                self._said[line] = monotonic() + REPEATED
                self.say(line)
        self._said = {line: until for line, until in self._said.items() if until > monotonic()}

    def _clear(self) -> None:
        if self._terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
