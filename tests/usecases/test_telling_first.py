"""What was there when watching began is one message a route, when all of it was looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.looks import field
from tests.receivers import Receiver
from tests.serving import serving
from tests.usecases.telling import Desk, channel

from whydrift.core.model.finding import ApplicationName
from whydrift.core.model.notice import Outgoing
from whydrift.core.notice.lines import Telling
from whydrift.core.notice.message import title
from whydrift.usecases.deliver import PATIENCE, Pace, _Rounds


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with serving(Receiver()) as receiver:
        yield Desk(tmp_path, [channel(receiver)], settle=60)


def named(number: int) -> ApplicationName:
    return ApplicationName("", "argocd", f"app-{number}")


def looks(desk: Desk, first: int, last: int) -> None:
    """The first looks at some applications, each with a cause of its own."""
    for number in range(first, last):
        desk.see(field(cause=f"cause-{number}"), application=named(number))


class Making:
    """Rounds of making messages, half a minute apart, while watching says whether it caught up."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.caught_up = desk, False
        pace = Pace(60, 30.0)
        self.rounds = _Rounds(
            desk.store, desk.channels, Telling(), desk.clock, pace, lambda said: None, lambda: self.caught_up
        )

    def round(self, times: int = 1) -> list[Outgoing]:
        """Some rounds; all messages that were made so far, the oldest first."""
        for _ in range(times):
            self.desk.clock.pass_(asyncio.run(self.rounds.make()))
        return list(reversed(self.desk.store.messages(100)))


def test_the_first_looks_are_one_message_that_says_so(desk: Desk) -> None:
    making = Making(desk)
    looks(desk, 0, 10)
    assert making.round(5) == [], "not all was looked at"
    looks(desk, 10, 20)
    making.caught_up = True
    (first,) = making.round(6)
    assert title(first.notice).startswith("whydrift: 20 applications were already drifting; needs attention: ")
    assert len(first.notice.lines) + first.notice.more == 20
    desk.see(field(cause="another"), application=named(99))
    _, second = making.round(6)
    assert not second.notice.first and "already" not in title(second.notice)


def test_first_looks_that_never_end_are_told_of_all_the_same(desk: Desk) -> None:
    making = Making(desk)
    looks(desk, 0, 1)
    (told,) = making.round(PATIENCE * 2 + 3)
    assert title(told.notice).startswith("whydrift: 1 application was already drifting; ")


def test_a_restart_is_no_first_look(desk: Desk) -> None:
    before = Making(desk)
    before.caught_up = True
    looks(desk, 0, 1)
    assert len(before.round(6)) == 1
    after = Making(desk)
    desk.see(field(cause="another"), application=named(7))
    assert [message.notice.first for message in after.round(6)] == [True, False]
