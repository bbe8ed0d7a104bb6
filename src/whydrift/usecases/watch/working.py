"""Running errands, several at a time: what fails for the moment is run again later."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from whydrift.errors import StoreError
from whydrift.usecases.watch.errands import Desk, Errand
from whydrift.usecases.watch.status import Status
from whydrift.usecases.watch.world import Outage, Worlds

AT_A_TIME = 4
FIRST_WAIT, LONGEST_WAIT = 2.0, 60.0


@dataclass
class Hands:
    """Run the errands of a desk."""

    desk: Desk
    attend: Callable[[Errand], Awaitable[None]]
    worlds: Worlds
    status: Status

    async def run(self) -> None:
        """Run one errand after the other, for ever."""
        async with asyncio.TaskGroup() as waiting:
            while True:
                errand = await self.desk.next()
                why = await self._attended(errand)
                if why:
                    wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(errand.attempts, 10))
                    waiting.create_task(self.desk.again(errand, wait * random.uniform(0.75, 1.0)))
                else:
                    self.desk.done(errand)

    async def _attended(self, errand: Errand) -> str:
        """Why an errand has to be run again; "" where it does not."""
        try:
            await self.attend(errand)
        except Outage as error:
            self.status.troubles["reading"] = self.worlds.now.masker.text(str(error))
            await self.worlds.failed(error.login)
            return str(error)
        except StoreError as error:
            self.status.troubles["the store"] = str(error)
            return str(error)
        except Exception as error:  # one application that cannot be looked at must not end the watch over all others
            self.status.errors += 1
            self.status.troubles[f"application {errand.name}"] = f"not expected: {type(error).__name__}: {error}"[:200]
            return ""
        for place in ("reading", "the store", f"application {errand.name}"):
            self.status.troubles.pop(place, None)
        return ""
