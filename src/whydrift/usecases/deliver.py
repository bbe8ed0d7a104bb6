"""Sends the messages that were kept, route by route: at least once, with their keys, patient with receivers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

from whydrift.core.model.notice import Delivery, Outgoing
from whydrift.core.notice.lines import Telling
from whydrift.errors import StoreError
from whydrift.ports import Refused
from whydrift.ports.watching import Clock, Delivered, Later, Sent, Store
from whydrift.usecases.announce import Channel, announce, as_it_is, standing_lines

FIRST_WAIT, LONGEST_WAIT = 15.0, 3600.0
"""Seconds before a message is tried again: doubled each time, an hour at most. It is never given up."""
LONGEST_ASKED = 86400.0
"""Seconds that a receiver may ask for (Retry-After) at most."""
AT_MOST = 120.0
"""Seconds of one attempt: well within the time for which a message is claimed."""
AFTER_ERROR = 15.0
GRACE = 300
"""Seconds for which something is there before a receiver is reminded of it: it was told by then."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: of quiet before something is told, between two rounds of making messages and two looks for due ones."""

    settle: int = 60
    group: float = 30.0
    look: float = 2.0


async def deliver(store: Store, channel: Channel, clock: Clock) -> float:
    """Send what is due on a route, one by one, until one has to wait; seconds for which to leave the receiver alone."""
    while due := await asyncio.to_thread(store.outgoing, clock.now(), 1, channel.route.name):
        wait = await _send(store, channel, due[0], clock)
        if wait:
            return wait
    return 0.0


async def _send(store: Store, channel: Channel, message: Outgoing, clock: Clock) -> float:
    """Send one message and note what became of it; seconds to wait, 0 where it is settled."""
    notice = await asyncio.to_thread(as_it_is, store, channel.route, message.notice)
    outcome: Delivered = Later(f"no answer within {AT_MOST:.0f} s")
    try:
        async with asyncio.timeout(AT_MOST):
            outcome = await channel.notifier.send(notice)
    except TimeoutError:
        pass  # said above: what the receiver has got is not known, so it is sent again, with the same key
    now = clock.now()
    match outcome:
        case Sent():
            await asyncio.to_thread(store.delivered, message.id, Delivery.SENT, now)
            return 0.0
        case Refused(why=why):
            await asyncio.to_thread(store.delivered, message.id, Delivery.REFUSED, now, why)
            return 0.0
        case Later(why=why, seconds=asked):
            wait = patience(message.attempts) if asked is None else min(max(asked, 1.0), LONGEST_ASKED)
            due = (datetime.fromisoformat(now) + timedelta(seconds=wait)).strftime("%Y-%m-%dT%H:%M:%SZ")
            await asyncio.to_thread(store.delivered, message.id, Delivery.WAITING, now, why, due)
            return wait if asked is not None else FIRST_WAIT
        case _:
            assert_never(outcome)


def patience(attempts: int) -> float:
    """Seconds to wait after so many attempts and one more."""
    return min(FIRST_WAIT * 2.0 ** min(attempts, 16), LONGEST_WAIT)


async def remind(store: Store, channel: Channel, telling: Telling, clock: Clock) -> str:
    """Tell a receiver that forgets what is still there; why it did not take it, "" where it did."""
    lines = await asyncio.to_thread(standing_lines, store, channel.route, telling, clock.now(), GRACE)
    outcome = await channel.notifier.remind(lines) if lines else Sent()
    return "" if isinstance(outcome, Sent) else outcome.why


async def tell_once(store: Store, channels: Sequence[Channel], telling: Telling, clock: Clock, settle: int) -> int:
    """Make messages, and send all that are due, once; how many were made."""
    made = await announce(store, [channel.route for channel in channels], telling, clock, settle)
    await asyncio.gather(*(deliver(store, channel, clock) for channel in channels))
    return made


async def keep_telling(
    store: Store, channels: Sequence[Channel], telling: Telling, clock: Clock, pace: Pace, say: Callable[[str], None]
) -> None:
    """Make messages and send them until cancelled. Each route goes its own way; a store that fails is waited for."""

    async def making() -> float:
        await announce(store, [channel.route for channel in channels], telling, clock, pace.settle)
        return pace.group

    async def sending(channel: Channel) -> float:
        return max(await deliver(store, channel, clock), pace.look)

    async def reminding(channel: Channel) -> float:
        if why := await remind(store, channel, telling, clock):
            say(f"route {channel.route.name}: {why}")
        return channel.route.remind

    async with asyncio.TaskGroup() as group:
        group.create_task(_for_ever(making, clock, say))
        for channel in channels:
            group.create_task(_for_ever(partial(sending, channel), clock, say))
            if channel.route.remind:
                group.create_task(_for_ever(partial(reminding, channel), clock, say))


async def _for_ever(step: Callable[[], Awaitable[float]], clock: Clock, say: Callable[[str], None]) -> None:
    """Do a step again and again, each time after as many seconds as the last one said."""
    while True:
        try:
            wait = await step()
        except StoreError as error:
            say(str(error))
            wait = AFTER_ERROR
        except (
            Exception
        ) as error:  # one message that cannot be made or sent must not end the watch, nor hold the others
            say(f"messages: not expected: {type(error).__name__}: {error}"[:200])
            wait = AFTER_ERROR
        await clock.sleep(wait)
