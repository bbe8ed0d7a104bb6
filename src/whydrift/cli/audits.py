"""The audit of the ignore rules that `serve` keeps for its page: after the first looks, and once a day."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from whydrift import wiring
from whydrift.core.select import Selection
from whydrift.errors import SourceError, StoreError
from whydrift.settings import Connection

if TYPE_CHECKING:
    from whydrift.ports.watching import Store
    from whydrift.usecases.watch.status import Status

FIRST_AUDIT, ASKED = 300.0, 1.0
"""Seconds for which the first audit waits for the first looks at most, and between two glances at them."""
AUDITED, DUE, AGAIN = 86_400.0, 900.0, 60.0
"""Seconds between two audits, whoever makes them; until it is asked whether one is due; until one is tried again."""


async def keep_audits(connection: Connection, store: Store, status: Status) -> None:
    """Audit the ignore rules once a day, after the first looks; what cannot be read now can be later."""
    with suppress(TimeoutError):
        async with asyncio.timeout(FIRST_AUDIT):
            while not status.caught_up:
                await asyncio.sleep(ASKED)
    while True:
        wait = AGAIN
        with suppress(SourceError, StoreError):
            await audit(connection, store)
            wait = DUE
        await asyncio.sleep(wait)


async def audit(connection: Connection, store: Store) -> None:
    """Audit the ignore rules, where no other process did lately."""
    from whydrift.cli.ignores import audited
    from whydrift.core.report.shield import shielded_audit
    from whydrift.web.views.ignores import KEPT, audited_at

    at = audited_at(await asyncio.to_thread(store.recall, KEPT))
    if at and (datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds() < AUDITED:
        return
    source = wiring.open_source(connection)
    try:
        answer = shielded_audit(await audited(source, Selection()), source.masker)
    finally:
        await source.close()
    if answer.summary.applications:
        await asyncio.to_thread(store.note, KEPT, msgspec.json.encode(answer).decode())
