"""How watching goes: numbers for a status line, for metrics and for a health check."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

KEPT = 1000


class Way(NamedTuple):
    """What is followed, for people; and what would be better, with why that is refused."""

    follows: str
    refused: dict[str, str]


@dataclass
class Status:
    """Filled while a watcher runs. Times are RFC 3339, delays are seconds from hearing of a change to having kept it.

    `ways` says what is followed, by instance; `troubles` what does not work at the moment, and why.
    """

    applications: int = 0
    waiting: int = 0
    looks: int = 0
    events: int = 0
    errors: int = 0
    ways: dict[str, Way] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)
    last_look: str = ""
    last_heard: str = ""
    delays: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))

    def looked(self, at: str, events: int) -> None:
        """An application was looked at, and so many things had happened there."""
        self.looks += 1
        self.events += events
        self.last_look = at

    @property
    def caught_up(self) -> bool:
        """Whether everything that was heard of was looked at."""
        return bool(self.last_heard and self.applications) and not self.waiting

    def line(self) -> str:
        """All of it in a line."""
        waits = f", {self.waiting} waiting" if self.waiting else ""
        since = f", last look {self.last_look}" if self.last_look else ""
        return f"{self.applications} applications{waits}, {self.looks} looks, {self.events} events{since}"

    def ways_lines(self) -> list[str]:
        """What is followed, and what is not though it would be better, a line each."""
        lines: list[str] = []
        for instance, way in self.ways.items():
            of_it = f" ({instance})" if instance else ""
            lines += [f"follows {way.follows}{of_it}"]
            lines += [f"does not follow {better}{of_it}: {why}" for better, why in way.refused.items()]
        return lines

    def trouble_lines(self) -> list[str]:
        """What does not work, a line each."""
        return [f"{place}: {why}" for place, why in self.troubles.items()]
