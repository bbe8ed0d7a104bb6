"""A watcher's desk: a store in a file, a clock that passes when told, and routes to receivers on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fakes import FakeClock
from tests.looks import SHOP, look
from tests.receivers import Receiver
from tests.stores import made

from whydrift.adapters.notify import open_notifier
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import ApplicationName, Found, What
from whydrift.core.model.notice import Delivery
from whydrift.core.notice.lines import Telling
from whydrift.core.notice.routes import Route
from whydrift.usecases.announce import Channel
from whydrift.usecases.deliver import tell_once

SECRET = "shared"
APART = {"alertmanager": 100}


def channel(receiver: Receiver, kind: str = "webhook", name: str = "chat", **about: Any) -> Channel:
    """A route to a receiver."""
    apart = APART.get(kind, 0)
    about = {"events": frozenset(What)} | about if apart else about
    route = Route(name=name, apart=apart, **about)
    return Channel(route, open_notifier(kind, receiver.url, SECRET, "", "", {}))


@dataclass
class Desk:
    """One watcher with its store."""

    folder: Path
    channels: Sequence[Channel]
    clock: FakeClock = field(default_factory=FakeClock)
    settle: int = 0
    url: str = ""

    def __post_init__(self) -> None:
        self.store = SqlStore(self.url or made(self.folder), self.folder)

    def see(self, *found: Found, application: ApplicationName = SHOP, **about: Any) -> None:
        """Look at an application now, and a second passes."""
        self.store.record(look(found, self.clock.now(), application, **about))
        self.clock.pass_(1)

    def tell(self) -> int:
        """One round of messages; how many were made."""
        return asyncio.run(tell_once(self.store, self.channels, Telling(), self.clock, self.settle))

    def tell_until_sent(self, rounds: int = 200, wait: float = 3601) -> None:
        """Rounds until nothing waits any more, an hour apart."""
        for _ in range(rounds):
            self.tell()
            if not any(message.state is Delivery.WAITING for message in self.store.messages(1000)):
                return
            self.clock.pass_(wait)
        raise AssertionError("messages still wait")

    @property
    def states(self) -> Mapping[str, Delivery]:
        """What became of messages, by key."""
        return {message.notice.key: message.state for message in self.store.messages(1000)}
