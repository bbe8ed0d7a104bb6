"""Following the Applications of one instance: what is heard becomes errands, and the stream goes on where it stood."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

import msgspec

from whydrift.core.model.application import Application
from whydrift.core.model.finding import ApplicationName
from whydrift.errors import SourceError, UsageError
from whydrift.ports import Api, NotRead, Question
from whydrift.ports.watching import (
    AppChange,
    ApplicationChanged,
    ApplicationDeleted,
    Clock,
    StreamBroke,
    StreamStands,
)
from whydrift.usecases.decode import UNREADABLE, decode_object
from whydrift.usecases.fleet import LIST
from whydrift.usecases.watch.attend import SYNCED
from whydrift.usecases.watch.errands import Asks
from whydrift.usecases.watch.fingerprint import glimpse, looked_at, word_of
from whydrift.usecases.watch.standing import Standing
from whydrift.usecases.watch.status import Status, Way
from whydrift.usecases.watch.world import Worlds

NAMES = (("fields", "items.metadata.name,items.metadata.namespace"),)
FIRST_WAIT, LONGEST_WAIT, NOBODY = 0.5, 30.0, 60.0
"""Seconds between two attempts to follow, doubled; and after every way was refused."""
STRANGERS = 3
"""So many applications of which not one is listed are another Argo CD's; fewer may well have been replaced."""
STEADY = 30.0
"""Seconds after which a stream that breaks was a good one."""


@dataclass
class Following:
    """Follows one instance. `position` is where its stream stands, "" where it begins anew; `way` the way it goes.

    `refused` says why better ways are not gone. `passed` holds the versions of Applications that were not chosen.
    """

    instance: str
    worlds: Worlds
    clock: Clock
    time: Callable[[], float]
    chosen: Callable[[Application], bool]
    standings: dict[ApplicationName, Standing]
    passed: Mapping[ApplicationName, str]
    errands: Asks
    status: Status
    position: str = ""
    way: int = 0
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def _place(self) -> str:
        """What does not work where following does not, for people."""
        return f"following {self.instance}".strip()

    async def run(self) -> None:
        """Follow for ever."""
        failures = 0
        while True:
            began = self.time()
            broke = await self._follow_once()
            if broke.stale:
                self.position = ""
            if broke.refused:
                await self._next_way(broke)
                continue
            self.way = 0  # the best way may be there again
            self.refused.clear()
            failures = 0 if self.time() - began > STEADY else failures + 1
            if failures > 1:
                self.status.troubles[self._place] = self.worlds.now.masker.text(broke.why)
                await self.worlds.failed(broke.login)
            await self.clock.sleep(min(LONGEST_WAIT, FIRST_WAIT * 2.0**failures) * random.uniform(0.75, 1.0))

    async def _next_way(self, broke: StreamBroke) -> None:
        """The next best way; from the first again, after a while, where none is left."""
        if self.way < len(self.worlds.now.followers):
            self.refused[self.worlds.now.followers[self.way].way] = self.worlds.now.masker.text(broke.why)
        self.way += 1
        if self.way >= len(self.worlds.now.followers):
            self.way, self.status.troubles[self._place] = 0, self.worlds.now.masker.text(broke.why)
            await self.clock.sleep(NOBODY)

    async def _follow_once(self) -> StreamBroke:
        async with self.worlds.lend() as world:
            if self.way >= len(world.followers):
                return StreamBroke("there is nothing to follow", refused=True)
            follower = world.followers[self.way]
            since = self.position if follower.continues(self.position) else ""
            if not since:
                await self.compare_names()
            async with aclosing(follower.follow(self.instance, since)) as stream:
                async for change in stream:
                    if isinstance(change, StreamBroke):
                        return change
                    self.status.ways[self.instance] = Way(follower.way, dict(self.refused))
                    self.status.troubles.pop(self._place, None)
                    self._hear(change)
        return StreamBroke("the stream ended")

    def _hear(self, change: AppChange) -> None:
        self.status.last_heard = self.clock.now()
        match change:
            case ApplicationChanged():
                self._changed(change)
            case ApplicationDeleted(name=name):
                if name in self.standings or self.errands.has(name):
                    self.errands.put(name, forced=False, deleted=True, before=self.position)
                self.position = change.since
            case StreamStands(since=since):
                self.position = since

    def _changed(self, change: ApplicationChanged) -> None:
        if self._is_news(change):
            self.errands.put(change.name, forced=False, before=self.position)
        self.position = change.since

    def _is_news(self, change: ApplicationChanged) -> bool:
        """Whether an Application has to be attended to: its word is another one, or its objects may be others."""
        standing = self.standings.get(change.name)
        if standing is not None and change.version == standing.version:
            return False
        if standing is not None:
            standing.version = change.version
        if not change.content:
            return change.version != self.passed.get(change.name)
        seen = glimpse(change.content)
        if standing is None:
            return self._is_chosen(change)
        if seen is None or seen.digest != standing.heard:
            standing.heard = "" if seen is None else seen.digest
            return self._is_chosen(change) and _says_more(change, standing)
        return seen.sync != SYNCED and seen.moved != standing.moved

    def _is_chosen(self, change: ApplicationChanged) -> bool:
        application = _decoded(change)
        return application is None or self.chosen(application)

    async def compare_names(self, first: bool = False) -> None:
        """Attend to what is not listed any more.

        At first, SourceError where the only Argo CD is not reached, UsageError where the store knows another one's.
        """
        listing = f"listing {self.instance}".strip()
        try:
            async with self.worlds.lend() as world:
                reply = await world.answers.ask(Question(Api.ARGOCD, LIST, NAMES, self.instance))
        except SourceError as error:
            if first and not self.instance:
                raise
            self.status.troubles[listing] = self.worlds.now.masker.text(str(error))
            return
        self.status.troubles.pop(listing, None)
        listed = None if isinstance(reply, NotRead) else _names(reply.content, self.instance)
        if listed is None:
            return
        known = {name for name in self.standings if name.instance == self.instance}
        if first:
            refuse_strangers(known, listed, f"instance {self.instance}" if self.instance else "Argo CD")
        for name in sorted(known - listed):
            self.errands.put(name, forced=False, before=self.position)


def _decoded(change: ApplicationChanged) -> Application | None:
    """The Application; None where it cannot be decoded: it is asked for then, and that says why."""
    try:
        return Application(decode_object(change.content, "an application"), change.name.instance)
    except SourceError:
        return None


def _says_more(change: ApplicationChanged, standing: Standing) -> bool:
    """Whether an Application that is spelled otherwise than before says something else, or may hold something else.

    Something else than was heard last: a look at that may not have ended, and must not hide that it is taken back.
    """
    application = _decoded(change)
    if application is None:
        return True
    before, standing.told = standing.told, word_of(application)
    if standing.told != before:
        return True
    return application.sync != SYNCED and looked_at(application) != standing.moved


def refuse_strangers(known: Collection[ApplicationName], listed: Collection[ApplicationName], whose: str) -> None:
    """UsageError where the store knows applications, and none of those that are listed: they are somebody else's."""
    if listed and len(known) >= STRANGERS and set(known).isdisjoint(listed):
        raise UsageError(f"the store knows {len(known)} applications of another {whose}: give this one a --store")


def _names(content: bytes, instance: str) -> set[ApplicationName] | None:
    """The Applications of a list; None where it is none."""
    try:
        found = _LIST.decode(content).items or []
    except UNREADABLE:
        return None
    return {ApplicationName(instance, row.metadata.namespace, row.metadata.name) for row in found}


class _Metadata(msgspec.Struct):
    name: str = ""
    namespace: str = ""


class _Application(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


class _List(msgspec.Struct):
    items: list[_Application] | None = None


_LIST = msgspec.json.Decoder(_List)
