"""Sends the messages that were kept, route by route: at least once, with their keys, patient with receivers."""

from __future__ import annotations

import asyncio
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import assert_never

from whydrift.core.model.notice import Delivery, Line, Notice, Outgoing
from whydrift.core.model.times import later
from whydrift.core.notice.lines import Telling
from whydrift.errors import StoreError
from whydrift.ports import Refused
from whydrift.ports.watching import Clock, Delivered, Later, Sent, Store
from whydrift.usecases.announce import Channel, announce, as_it_is, standing_lines
from whydrift.usecases.unstated import WHY

FIRST_WAIT, LONGEST_WAIT = 15.0, 3600.0
"""Seconds before a message is tried again: doubled each time, an hour at most. It is never given up."""
LONGEST_REST = 300.0
"""Seconds for which a receiver that fails is left alone with other messages at most: they may be luckier."""
LONGEST_ASKED = 86400.0
"""Seconds that a receiver may ask for (Retry-After) at most."""
AT_MOST, CLAIMED = 120.0, 15.0
"""Seconds of one attempt; and after which the message is claimed again, well within the minute of a claim."""
AFTER_ERROR = 15.0
PATIENCE = 15
"""How many times the quiet that is waited for the first messages wait for the first looks at most."""
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
    claiming = asyncio.create_task(_claim(store, message, clock))
    try:
        outcome = await _attempt(channel, notice)
    finally:
        claiming.cancel()
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
            await asyncio.to_thread(store.delivered, message.id, Delivery.WAITING, now, why, later(now, wait))
            return wait if asked is not None else FIRST_WAIT
        case _:
            assert_never(outcome)


async def _attempt(channel: Channel, notice: Notice) -> Delivered:
    """What a receiver answered; where that takes too long it may have the message, and gets it again, with its key."""
    try:
        async with asyncio.timeout(AT_MOST):
            return await channel.notifier.send(notice)
    except TimeoutError:
        return Later(f"no answer within {AT_MOST:.0f} s")


async def _claim(store: Store, message: Outgoing, clock: Clock) -> None:
    """Keep a message claimed while it is sent, for ever: where this process is killed others take it over soon."""
    while True:
        await asyncio.sleep(CLAIMED)
        with suppress(StoreError):
            await asyncio.to_thread(store.claim, message.id, clock.now())


def patience(attempts: int) -> float:
    """Seconds to wait after so many attempts and one more."""
    return min(FIRST_WAIT * 2.0 ** min(attempts, 16), LONGEST_WAIT)


async def remind(store: Store, channel: Channel, telling: Telling, clock: Clock) -> str:
    """Tell a receiver that forgets what is still there; why it did not take it, "" where it did."""
    lines = await asyncio.to_thread(standing_lines, store, channel.route, telling, clock.now(), GRACE)
    outcome = await channel.notifier.remind(lines) if lines else Sent()
    if lines and isinstance(outcome, Sent):
        outcome = await _mend(store, channel, telling, clock, lines)
    return "" if isinstance(outcome, Sent) else outcome.why


async def _mend(store: Store, channel: Channel, telling: Telling, clock: Clock, said: Sequence[Line]) -> Delivered:
    """Say of what went meanwhile that it did: that may have been told before it was said to be there."""
    now = clock.now()
    there = await asyncio.to_thread(standing_lines, store, channel.route, telling, now, GRACE)
    known = {(line.application, line.cause, line.worst) for line in there}
    moved = tuple(line for line in said if (line.application, line.cause, line.worst) not in known)
    notice = Notice(key="", route=channel.route.name, at=now, lines=moved)
    if not moved:
        return Sent()
    return await channel.notifier.send(await asyncio.to_thread(as_it_is, store, channel.route, notice))


async def tell_once(store: Store, channels: Sequence[Channel], telling: Telling, clock: Clock, settle: int) -> int:
    """Make messages, and send all that are due, once; how many were made."""
    announced = await announce(store, [channel.route for channel in channels], telling, clock, settle)
    await asyncio.gather(*(deliver(store, channel, clock) for channel in channels))
    return announced.made


async def keep_telling(
    store: Store,
    channels: Sequence[Channel],
    telling: Telling,
    clock: Clock,
    pace: Pace,
    say: Callable[[str], None],
    caught_up: Callable[[], bool] = lambda: True,
) -> None:
    """Make messages and send them until cancelled. Each route goes its own way; a store that fails is waited for.

    `caught_up` says whether everything was looked at that is known of: the first messages of all wait for that.
    """
    rounds = _Rounds(store, channels, telling, clock, pace, say, caught_up)
    async with asyncio.TaskGroup() as group:
        group.create_task(rounds.for_ever(rounds.make))
        for channel in channels:
            group.create_task(rounds.for_ever(partial(rounds.send, channel)))
            if channel.route.remind:
                group.create_task(rounds.for_ever(partial(rounds.remind, channel)))


@dataclass(slots=True)
class _Rounds:
    """What is done again and again; each step says after how many seconds it wants to be done again."""

    store: Store
    channels: Sequence[Channel]
    telling: Telling
    clock: Clock
    pace: Pace
    say: Callable[[str], None]
    caught_up: Callable[[], bool]
    waited: float = 0.0
    rested: float = 0.0
    failed: Counter[str] = field(default_factory=Counter)
    """How often in a row a route had to wait."""

    async def make(self) -> float:
        routes = [channel.route for channel in self.channels]
        whole = self.rested > self.pace.settle or self.waited > self.pace.settle * PATIENCE
        announced = await announce(self.store, routes, self.telling, self.clock, self.pace.settle, whole)
        self.waited += self.pace.group
        self.rested = self.rested + self.pace.group if self.caught_up() else 0.0
        for name, number in announced.dropped.items():
            self.say(f"route {name}: {WHY}: {number} messages are dropped (`whydrift notify messages`)")
        return self.pace.group

    async def send(self, channel: Channel) -> float:
        name = channel.route.name
        wait = await deliver(self.store, channel, self.clock)
        if not wait:
            del self.failed[name]
            return self.pace.look
        rest = min(patience(self.failed[name]), LONGEST_REST)
        self.failed[name] += 1
        return max(wait, rest)

    async def remind(self, channel: Channel) -> float:
        if why := await remind(self.store, channel, self.telling, self.clock):
            self.say(f"route {channel.route.name}: {why}")
        return channel.route.remind

    async def for_ever(self, step: Callable[[], Awaitable[float]]) -> None:
        """Do a step again and again. One message that cannot be made or sent must not end the watch."""
        while True:
            try:
                wait = await step()
            except StoreError as error:
                self.say(str(error))
                wait = AFTER_ERROR
            except Exception as error:  # what it says may hold an address of a receiver: that is not told
                last = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{last.filename.rpartition('/')[2]}:{last.lineno}"
                self.say(f"messages: not expected: {type(error).__name__} at {where}")
                wait = AFTER_ERROR
            await self.clock.sleep(wait)
