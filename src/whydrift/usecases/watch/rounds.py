"""Facts for looks: shared by looks of the same few seconds, read anew for later ones, and never kept when shaken."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from whydrift.core.model.application import Application
from whydrift.errors import SourceError
from whydrift.ports import Api, Body, NotRead, Question, Reply, Source
from whydrift.usecases.facts import FactReader
from whydrift.usecases.triage import remember_listing
from whydrift.usecases.watch.claims import Claims
from whydrift.usecases.watch.fingerprint import digest_of_resources
from whydrift.usecases.watch.world import World
from whydrift.usecases.workbench import Workbench

FRESH = 5.0
"""Seconds in which looks share what was read: changes come in bursts, and what explains them is there before them."""
OUTAGES = (401, 429, 502, 503, 504)
"""Statuses that pass. Argo CD answers 500 for what is wrong with an application, too: that says nothing."""
ALWAYS = 3
"""A question that failed so often while its server answered others fails for a reason of its own."""
MOST_FAILING = 10_000
MANAGED = "/managed-resources"


@dataclass
class Health:
    """What is known of how servers answer, over all rounds."""

    answers: Counter[tuple[Api, str]] = field(default_factory=Counter)
    failing: dict[Question, tuple[int, int]] = field(default_factory=dict)
    """How often a question failed while its server answered others; and how much that had answered by then."""

    def is_outage(self, question: Question, reply: Reply) -> bool:
        """Whether an answer shows that a server which answers as a rule does not do so for the moment."""
        server = question.api, question.at
        if isinstance(reply, Body):
            self.answers[server] += 1
            self.failing.pop(question, None)
            return False
        if server not in self.answers or not is_passing(reply):
            return False
        if len(self.failing) > MOST_FAILING:
            self.failing.clear()
        failed, answers = self.failing.get(question, (0, -1))
        self.failing[question] = failed + (answers != self.answers[server]), self.answers[server]
        return self.failing[question][0] <= ALWAYS


def is_passing(reply: NotRead) -> bool:
    """Whether a refusal may be one of the moment: no answer at all, a failing or a busy server, a login that ended."""
    return reply.status is None or reply.status in OUTAGES


class Listening:
    """A source that notes outages, and digests of managed resources."""

    def __init__(self, source: Source, health: Health) -> None:
        self._source = source
        self._health = health
        self.shaken = ""
        """Why not everything that was read in this round can be believed, "" where it can."""
        self.digests: dict[Question, str] = {}

    @property
    def name(self) -> str:
        """That of the source."""
        return self._source.name

    @property
    def requests(self) -> int:
        """Those of the source."""
        return self._source.requests

    async def ask(self, question: Question) -> Reply:
        """The source's answer."""
        reply = await self._source.ask(question)
        if self._health.is_outage(question, reply) and isinstance(reply, NotRead):
            self.shaken = self.shaken or reply.why
        if isinstance(reply, Body) and question.path.endswith(MANAGED):
            self.digests[question] = _digest(reply.content)
        return reply

    def instances(self) -> Sequence[str]:
        """Those of the source."""
        return self._source.instances()

    async def clusters(self, instance: str = "") -> dict[str, str]:
        """Those of the source."""
        return await self._source.clusters(instance)

    async def close(self) -> None:
        """The source is not this one's to close."""


def _digest(content: bytes) -> str:
    try:
        return digest_of_resources(content)
    except SourceError:
        return ""


@dataclass(frozen=True)
class Round:
    """Facts and a bench for some looks. `began` is before anything was read."""

    world: World
    began: float
    reader: FactReader
    source: Listening
    bench: Workbench


class Rounds:
    """Gives looks the round that is on. `time` is a clock of seconds that never jumps."""

    def __init__(self, claims: Claims, time: Callable[[], float]) -> None:
        self._claims = claims
        self._time = time
        self._health = Health()
        self._rounds: dict[str, Round] = {}
        self._lock = asyncio.Lock()

    async def current(self, world: World, application: Application, since: float = 0.0) -> Round:
        """The round that is on for its instance, begun no earlier than `since`. Outage where none can begin."""
        moved = self._claims.note(application)
        async with self._lock:
            on = self._rounds.get(application.instance)
            earliest = max(since, self._time() - FRESH)
            if on is None or moved or on.world is not world or on.source.shaken or on.began < earliest:
                on = self._rounds[application.instance] = await self._begin(world, application.instance)
            return on

    async def _begin(self, world: World, instance: str) -> Round:
        began = self._time()
        fleet, listing = await self._claims.known(world.answers, instance)
        reader = world.reader(instance)
        source = Listening(reader.source, self._health)
        reader.source = source
        remember_listing(reader, fleet, listing)
        return Round(world, began, reader, source, Workbench())
