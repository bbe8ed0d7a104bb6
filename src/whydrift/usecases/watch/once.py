"""One look, as a cron job makes it: at everything, or at what changed and at what was not looked at for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from whydrift.core.history.changes import is_late
from whydrift.core.history.seen import seen
from whydrift.core.model.application import Application
from whydrift.core.model.finding import ApplicationName, Event, Seen
from whydrift.core.model.secrets import Masker
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.report.shield import shielded
from whydrift.ports.watching import Store
from whydrift.usecases.watch.attend import How
from whydrift.usecases.watch.claims import name_of
from whydrift.usecases.watch.fingerprint import version_of, word_of
from whydrift.usecases.watch.following import refuse_strangers
from whydrift.usecases.watch.loop import is_due
from whydrift.usecases.watch.standing import Standing, standings

Scan = Callable[[Callable[[Application], bool]], AsyncGenerator[ApplicationAnswer, None]]
"""Explains the applications that a test chooses; it is asked of every application that is listed."""


@dataclass
class Once:
    """One look of all instances at a time, kept in a store."""

    store: Store
    how: How
    masker: Masker
    at: str
    listed: dict[ApplicationName, Standing] = field(default_factory=dict)
    known: dict[ApplicationName, Standing] = field(default_factory=dict)

    async def look(self, scan: Scan, tell: Callable[[Seen, tuple[Event, ...]], None]) -> int:
        """Look at what is due; how many applications that were."""
        self.known = standings(await asyncio.to_thread(self.store.applications))
        looked = 0
        async with aclosing(scan(self._chosen)) as answers:
            async for answer in answers:
                if not looked:
                    refuse_strangers(self.known, self.listed, "Argo CD")
                name = ApplicationName(answer.instance, answer.namespace, answer.name)
                told = self.how.mark(shielded(answer, self.masker))
                look = seen(told, self._at(name), self.how.scope, self.listed[name].fingerprint)
                tell(look, await asyncio.to_thread(self.store.record, look))
                looked += 1
        return looked

    def _chosen(self, application: Application) -> bool:
        """Whether an application is looked at now."""
        name = name_of(application)
        self.listed[name] = Standing(version=version_of(application), word=word_of(application))
        if not self.how.chosen(application):
            return False
        before = self.known.get(name)
        return before is None or before.word != self.listed[name].word or is_due(before.at, self.at, self.how.every)

    def _at(self, name: ApplicationName) -> str:
        before = self.known.get(name)
        return before.at if before is not None and is_late(before.at, self.at) else self.at

    async def forget_gone(self, tell: Callable[[ApplicationName, tuple[Event, ...]], None]) -> None:
        """What is not listed any more is gone; only to be asked for where the list is proven to be whole."""
        instances = {name.instance for name in self.listed}
        for name in sorted(set(self.known) - set(self.listed)):
            if name.instance in instances:
                tell(name, await asyncio.to_thread(self.store.vanished, name, self._at(name)))
