"""The machine's clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from whydrift.core.model.times import spelled


class SystemClock:
    """`ports.watching.Clock`: time as the machine has it."""

    def now(self) -> str:
        """RFC 3339 in UTC, to the second."""
        return spelled(datetime.now(UTC))

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
