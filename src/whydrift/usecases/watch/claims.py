"""Who renders which object, kept up to date: the list of Applications is read once, then each one as it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import msgspec

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import FLEET
from whydrift.core.model.facts import Gap
from whydrift.core.model.finding import ApplicationName
from whydrift.core.model.fleet import Fleet
from whydrift.core.model.values import Json, JsonObject, mapping, text
from whydrift.errors import SourceError
from whydrift.ports import Source
from whydrift.usecases.fleet import Listing, list_applications, read_fleet
from whydrift.usecases.watch.world import Outage

OLD, RETRY = 3600.0, 60.0
"""Seconds after which the list is read again: rights and versions may have changed; and where one was not read."""
ROW = ("group", "kind", "namespace", "name", "requiresPruning")
UNKNOWN = "Unknown"
"""The one verdict that says something of who renders an object (`fleet._claims`)."""


class Claims:
    """What every Application lists, as short as it gets. `time` is a clock of seconds that never jumps.

    The list is read again after `old` seconds.
    """

    def __init__(self, time: Callable[[], float], old: float = OLD) -> None:
        self._time = time
        self._old = old
        self._rows: dict[ApplicationName, bytes] = {}
        self._listings: dict[str, Listing] = {}
        self._unlisted: dict[str, Gap] = {}
        self._read_at = 0.0
        self._fleet: Fleet | Gap | None = None
        self._lock = asyncio.Lock()

    def note(self, application: Application) -> bool:
        """Whether an Application, as it is now, claims something else than was known."""
        name, row = name_of(application), claim_row(application)
        if not self._listings or self._rows.get(name) == row:
            return False
        self._rows[name], self._fleet = row, None
        return True

    def forget(self, name: ApplicationName) -> None:
        """An Application that is gone."""
        if self._rows.pop(name, None) is not None:
            self._fleet = None

    async def known(self, source: Source, instance: str) -> tuple[Fleet | Gap, Listing]:
        """The fleet, and what listing an instance told besides. Outage where that one cannot be listed.

        Where another instance cannot be listed, the fleet is a gap: that one may claim the same objects.
        """
        async with self._lock:
            old = self._old if not self._unlisted else RETRY
            if instance not in self._listings or self._time() - self._read_at > old:
                await self._read(source)
            if instance in self._unlisted:
                raise Outage(self._unlisted[instance].why)
            try:
                if self._fleet is None:
                    self._fleet = await read_fleet(source, [self._listed(each) for each in self._listings.values()])
            except SourceError as error:
                raise Outage(str(error)) from error
            return next(iter(self._unlisted.values()), self._fleet), self._listings[instance]

    async def _read(self, source: Source) -> None:
        self._read_at, self._fleet, self._unlisted = self._time(), None, {}
        for instance in source.instances():
            try:
                listing = await list_applications(source, instance)
                found = {name_of(application): claim_row(application) for application in listing.applications()}
            except SourceError as error:
                self._listings.pop(instance, None)
                self._unlisted[instance] = Gap(f"the applications of {instance}".strip(), str(error), FLEET.needs)
                continue
            self._rows = {name: row for name, row in self._rows.items() if name.instance != instance} | found
            self._listings[instance] = replace(listing, content=b"")

    def _listed(self, listing: Listing) -> Listing:
        rows = (row for name, row in self._rows.items() if name.instance == listing.instance)
        return replace(listing, content=b'{"items":[' + b",".join(rows) + b"]}")


def name_of(application: Application) -> ApplicationName:
    """Which application it is."""
    return ApplicationName(application.instance, application.namespace, application.name)


def claim_row(application: Application) -> bytes:
    """As much of an Application as says what it renders and where."""
    place = mapping(application.raw, "spec", "destination")
    rows: list[Json] = [_row(row) for _, row in application.rows]
    return msgspec.json.encode(
        {
            "metadata": {"name": application.name, "namespace": application.namespace},
            "spec": {"destination": {key: text(place, key) for key in ("server", "name", "namespace")}},
            "status": {
                "controllerNamespace": text(application.raw, "status", "controllerNamespace"),
                "resources": rows,
            },
        }
    )


def _row(row: JsonObject) -> JsonObject:
    kept = {key: row[key] for key in ROW if row.get(key)}
    return {**kept, "status": UNKNOWN} if row.get("status") == UNKNOWN else kept
