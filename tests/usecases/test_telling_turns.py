"""Whose turn it is to make messages: one process's, as long as it makes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.looks import field
from tests.receivers import Receiver
from tests.serving import serving
from tests.usecases.telling import Desk, channel

from whydrift.adapters.store.store import SqlStore
from whydrift.core.notice.decision import Decided, decide


def test_the_turn_to_make_messages_is_kept_while_they_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long that takes: nobody else makes them meanwhile."""
    other, free = SqlStore("", tmp_path), list[bool]()

    def slowly(*words: object) -> Decided:
        desk.clock.pass_(50)
        free.append(other.take_turn(desk.clock.now()))
        return decide(*words)  # type: ignore[arg-type]  # what it was called with

    monkeypatch.setattr("whydrift.usecases.announce.decide", slowly)
    with serving(Receiver()) as receiver:
        desk = Desk(tmp_path, [channel(receiver, name=f"route-{number}") for number in range(4)])
        desk.see(field())
        assert (desk.tell(), free) == (4, [False] * 4)
    assert other.take_turn(desk.clock.now()), "it ended with that"
