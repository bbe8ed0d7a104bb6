"""Attending to one application: is anything else said of it? Then it is looked at, and the look is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from whydrift.core.history.changes import is_late
from whydrift.core.history.seen import seen
from whydrift.core.model.application import Application
from whydrift.core.model.finding import HIDDEN, SHOWN, TROUBLE, ApplicationName, Event, Seen, Severity
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.model.trouble import Unmask
from whydrift.core.pipeline import Analysis
from whydrift.core.report.shield import shielded
from whydrift.core.report.tally import UNDECIDED
from whydrift.errors import SourceError
from whydrift.ports import Api, Body, NotRead, Question
from whydrift.ports.watching import Clock, Store
from whydrift.usecases.decode import decode_object
from whydrift.usecases.facts import application_question
from whydrift.usecases.scan import masked
from whydrift.usecases.triage import Look, explain_application
from whydrift.usecases.watch.claims import Claims, name_of
from whydrift.usecases.watch.errands import Errand
from whydrift.usecases.watch.fingerprint import digest_of_resources, looked_at, version_of, word_of
from whydrift.usecases.watch.rounds import MANAGED, Round, Rounds, is_passing
from whydrift.usecases.watch.standing import Standing
from whydrift.usecases.watch.world import Outage, World, Worlds

PATIENCE = 6
"""How often a look is made again that was shaken by an outage, before it is kept as it is."""
NO_LOGIN, FORBIDDEN, GONE, BROKEN = 401, 403, 404, 500
SYNCED = "Synced"

Tell = Callable[[Seen | None, tuple[Event, ...], Errand], None]
"""Told of each look (None: of an application that is gone), what happened with it, and what asked for it."""


@dataclass(frozen=True)
class How:
    """What to watch, and how to look: `mark` says what of an answer is accepted, `every` seconds all is looked at."""

    chosen: Callable[[Application], bool]
    analysis: Analysis
    mark: Callable[[ApplicationAnswer], ApplicationAnswer]
    every: float = 3600.0

    @property
    def scope(self) -> frozenset[str]:
        """What a look looks for."""
        wanted = ((SHOWN, True), (HIDDEN, self.analysis.hidden), (TROUBLE, self.analysis.unmask is Unmask.EVERYWHERE))
        return frozenset(scope for scope, is_wanted in wanted if is_wanted)


@dataclass
class Attendant:
    """Attends to applications. `standings` is what is known of them, `passed` the versions of those not chosen."""

    worlds: Worlds
    store: Store
    clock: Clock
    how: How
    standings: dict[ApplicationName, Standing]
    claims: Claims
    rounds: Rounds
    tell: Tell
    passed: dict[ApplicationName, str] = field(default_factory=dict)

    async def attend(self, errand: Errand) -> None:
        """Look at an application where that is due. Outage where servers do not answer, StoreError of the store."""
        async with self.worlds.lend() as world:
            try:
                await self._attend(world, errand)
            except SourceError as error:
                raise Outage(str(error)) from error
        self.worlds.answered()

    async def _attend(self, world: World, errand: Errand) -> None:
        standing = self.standings.get(errand.name)
        reply = await world.answers.ask(_question(errand.name, standing))
        if isinstance(reply, NotRead):
            return await self._without(world, errand, reply)
        raw = decode_object(reply.content, f"application {errand.name}")
        application = Application(raw, errand.name.instance)
        if name_of(application) != errand.name:
            raise Outage(f"asked for {errand.name}, and was told of {name_of(application)}")
        if not self.how.chosen(application):
            self.standings.pop(errand.name, None)
            self.passed[errand.name] = version_of(application)
        elif standing is None or errand.forced or await self._is_changed(world, application, standing):
            await self._look(world, application, errand)
        else:
            standing.version = version_of(application)
        return None

    async def _is_changed(self, world: World, application: Application, standing: Standing) -> bool:
        """Whether Argo CD says something else; of one that is not Synced, whether its objects are others."""
        if word_of(application) != standing.word:
            return True
        moved = looked_at(application)
        if application.sync == SYNCED or moved == standing.moved:
            return False
        reply = await world.answers.ask(application_question(application, MANAGED))
        if isinstance(reply, NotRead):
            if is_passing(reply):
                raise Outage(reply.why)
            return True
        standing.moved = moved
        return digest_of_resources(reply.content) != standing.managed

    async def _without(self, world: World, errand: Errand, reply: NotRead) -> None:
        """An application that Argo CD does not show: gone where it says so twice, and answers otherwise."""
        if is_passing(reply) or (reply.status or 0) >= BROKEN:
            raise Outage(reply.why, login=reply.status == NO_LOGIN)
        known = self.standings.get(errand.name)
        if known is None:
            return
        gone = errand.deleted and reply.status == FORBIDDEN  # of what is gone it may say no more than that
        if not gone and reply.status == GONE:
            alive = await world.answers.ask(Question(Api.ARGOCD, "/api/version", (), errand.name.instance))
            again = await world.answers.ask(_question(errand.name, known))
            gone = isinstance(alive, Body) and isinstance(again, NotRead) and again.status == GONE
        if gone:
            events = await asyncio.to_thread(self.store.vanished, errand.name, self._now(known))
            del self.standings[errand.name]
            self.claims.forget(errand.name)
            self.tell(None, events, errand)

    async def _look(self, world: World, application: Application, errand: Errand) -> None:
        before = self.standings.get(errand.name)
        standing = Standing(
            version=version_of(application),
            word=word_of(application),
            moved=looked_at(application),
            sync=application.sync,
            project=application.project,
            at=self._now(before),
        )
        look, round_ = await self._newest(world, application, errand, standing)
        if round_.source.shaken and errand.shaken < PATIENCE:
            errand.shaken += 1
            raise Outage(round_.source.shaken)
        standing.in_doubt = bool(look.not_read) or any(found.cause == UNDECIDED for found in look.found)
        standing.unsettled = "" if look.settled else standing.at
        standing.unsettled = standing.unsettled_since(before)
        events = await asyncio.to_thread(self.store.record, look)
        standing.told = standing.word
        if before is not None:  # what was heard in the meantime asked for one more look
            standing.told, standing.heard = before.told, before.heard
        self.standings[errand.name] = standing
        self.tell(look, events, errand)

    async def _newest(
        self, world: World, application: Application, errand: Errand, standing: Standing
    ) -> tuple[Seen, Round]:
        """What a look says; it is made again where nothing explains a change: what does may be newer than its facts."""
        round_ = await self.rounds.current(world, application)
        look = await self._seen(round_, application, standing)
        is_behind = errand.urgent and round_.began < errand.since
        if is_behind and any(found.severity is Severity.UNEXPLAINED for found in look.found):
            round_ = await self.rounds.current(world, application, errand.since)
            look = await self._seen(round_, application, standing)
        return look, round_

    def _now(self, before: Standing | None) -> str:
        """The time of a look: after the last one, unless that is from before the clock was set back by much."""
        now = self.clock.now()
        return before.at if before is not None and is_late(before.at, now) else now

    async def _seen(self, round_: Round, application: Application, standing: Standing) -> Seen:
        """What a look says, masked and shielded. The standing learns what its objects were."""
        analysis = replace(self.how.analysis, read_at=self.clock.now())
        how = Look(round_.reader, analysis)
        answer = await explain_application(masked(application, round_.reader, analysis), how, round_.bench)
        standing.managed = round_.source.digests.pop(application_question(application, MANAGED), "")
        told = self.how.mark(shielded(answer, round_.world.masker))
        return seen(told, standing.at, self.how.scope, standing.fingerprint)


def _question(name: ApplicationName, standing: Standing | None) -> Question:
    """Asks for one application. With its project Argo CD says of one that is gone that it is (404), not 403."""
    hints = (("project", standing.project),) if standing is not None and standing.project else ()
    namespace = (("appNamespace", name.namespace),)
    return Question(Api.ARGOCD, f"/api/v1/applications/{name.name}", namespace, name.instance, hints)
