"""Routes that these settings do not state: another process may state them, so what is theirs is kept; for a while.

Processes with other settings may share a store. What no process states for a day was deleted or renamed: what waits for
it ends then.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import msgspec

from whydrift.core.model.times import later
from whydrift.ports.watching import Store

NOTED = "routes"
"""The name under which it is noted since when nobody states a route, "" where somebody does."""
GONE = 86_400.0
"""Seconds after which a route is gone."""
WHY = "no settings state the route any more"
_SINCE = msgspec.json.Decoder(dict[str, str])


class Unstated(NamedTuple):
    """Routes that others may state, and how many messages were dropped of each that is gone."""

    others: tuple[str, ...]
    dropped: dict[str, int]


def unstated(store: Store, stated: Collection[str], now: str) -> Unstated:
    """Look after the routes that are not stated here; to be asked by the process whose turn it is."""
    before = _SINCE.decode(store.recall(NOTED) or "{}")
    since = dict.fromkeys(stated, "")
    gone: list[str] = []
    for route in sorted({*before, *store.waiting_routes()} - since.keys()):
        missed = before.get(route) or now
        if later(missed, GONE) <= now:
            gone.append(route)
        else:
            since[route] = min(missed, now)  # the clock may have been set back
    dropped = {route: store.drop(route, WHY, now) for route in gone}
    if since != before:
        store.note(NOTED, msgspec.json.encode(since).decode())
    return Unstated(
        tuple(sorted(since.keys() - set(stated))), {name: number for name, number in dropped.items() if number}
    )
