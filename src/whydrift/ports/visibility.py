"""What a user may see: asked where the rights are kept, never worked out here."""

from __future__ import annotations

from typing import Protocol

from whydrift.core.model.finding import ApplicationName
from whydrift.ports import Refused
from whydrift.ports.watching import Later


class Visibility(Protocol):
    """Knows which applications the holder of a token may see."""

    async def visible(self, token: str) -> frozenset[ApplicationName] | Refused | Later:
        """Those applications; Refused where the token is none (any more), Later where nobody could be asked."""

    async def close(self) -> None:
        """Let go of connections."""
