"""Who reads: their name, and which applications they may see."""

from __future__ import annotations

from dataclasses import dataclass, field

from whydrift.core.model.finding import ApplicationName

Visible = frozenset[ApplicationName] | None
"""The applications that somebody may see; None: all."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may read. `sees` is the same for readers who see the same; `everything` opens the metrics.

    `key` tells readers without a name apart: a keyed hash of their token.
    """

    name: str
    visible: Visible = None
    sees: str = ""
    everything: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Denied:
    """Nobody who may read: an HTTP status, what to say, and how to authenticate (`WWW-Authenticate`)."""

    status: int
    says: str
    challenge: str = ""
    wait: int = 0


@dataclass(frozen=True, slots=True)
class Asking:
    """What is known of who asks: headers (names in small letters), the peer's address and the host that was named."""

    headers: tuple[tuple[str, str], ...] = field(repr=False)
    peer: str = ""

    def header(self, name: str) -> str:
        """The value of a header that may be there once; "" where it is absent, or there more than once."""
        found = [value for key, value in self.headers if key == name.lower()]
        return found[0].strip() if len(found) == 1 else ""
