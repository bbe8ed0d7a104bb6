"""What an apply works with, and how one change is made at most once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from whydrift.core.model.journal import ActState, Entry, last_of
from whydrift.core.model.secrets import Masker
from whydrift.errors import WhydriftError
from whydrift.ports import Body, Dumps, Forge, Journal, NotRead, Outcome, Refused, Source, Unanswered, WorkClone, Writes
from whydrift.usecases.apply.fresh import Again

Happened = Callable[[Entry], Awaitable[str | NotRead]]
"""Whether an act that was begun took place: what came of it, "" where it did not, NotRead where nobody can tell.

It is given the entry that was written before the act, whose detail says what stood there then.
"""


class Stopped(WhydriftError):
    """A step did not end well, or could not begin; the message says why."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: between two looks, until a deleted object must be gone, of watching health, until a sync must end."""

    look: float = 1.0
    gone: float = 120.0
    watch: float = 10.0
    sync: float = 600.0


@dataclass
class World:
    """Everything outside. `again` explains applications anew; `now` is the time (RFC 3339); `plan` its digest."""

    source: Source
    writes: Writes
    clone: WorkClone
    forge: Forge
    journal: Journal
    dumps: Dumps
    masker: Masker
    again: Again
    now: Callable[[], str]
    plan: str
    timing: Timing = Timing()
    secrets: bool = False
    """Whether Secrets may be read and deleted (`--dump-secrets`)."""

    def done(self, step: str, act: str) -> str | None:
        """What came of an act that is done; None where it is not."""
        last = last_of(self.journal.entries, step, act)
        return last.detail if last is not None and last.state is ActState.DONE else None

    def note(self, step: str, act: str, state: ActState, detail: str = "") -> Entry:
        """Write down how far an act is; on the disk when this returns. Foreign words are masked first."""
        foreign = state in (ActState.REFUSED, ActState.UNKNOWN)
        entry = Entry(self.now(), step, act, state, self.masker.text(detail) if foreign else detail)
        self.journal.add(entry)
        return entry


@dataclass(frozen=True)
class Act:
    """One change of the outside. `before` says what stands there now, for `happened` to compare with.

    `tells` makes what came of it out of the answer; it ends up in the journal, so that it must be no secret.
    """

    step: str
    name: str
    send: Callable[[], Awaitable[Outcome]]
    happened: Happened
    before: str = ""
    tells: Callable[[bytes], str] = lambda content: ""


async def act(world: World, once: Act) -> str:
    """Make a change, unless the journal or a look says that it was made; what came of it.

    Stopped where it is refused, or where nobody can tell whether it happened.
    """
    last = last_of(world.journal.entries, once.step, once.name)
    if last is not None and last.state is ActState.DONE:
        return last.detail
    if last is not None and last.state is not ActState.REFUSED:
        found = await _looked(world, once, _begun(world, once))
        if found:
            return found
    begun = world.note(once.step, once.name, ActState.BEGUN, once.before)
    outcome = await once.send()
    match outcome:
        case Body(content):
            return world.note(once.step, once.name, ActState.DONE, once.tells(content)).detail
        case Refused(why):
            world.note(once.step, once.name, ActState.REFUSED, why)
            raise Stopped(why)
        case Unanswered(why):
            return await _after_silence(world, once, begun, why)


def _begun(world: World, once: Act) -> Entry:
    """The entry that was written before the act left."""
    entries = [e for e in world.journal.entries if (e.step, e.act, e.state) == (once.step, once.name, ActState.BEGUN)]
    return entries[-1]


async def _looked(world: World, once: Act, begun: Entry) -> str:
    found = await once.happened(begun)
    if isinstance(found, NotRead):
        raise Stopped(f"whether it happened is not known ({found.why}): look yourself, then --resume")
    return world.note(once.step, once.name, ActState.DONE, found).detail if found else ""


async def _after_silence(world: World, once: Act, begun: Entry, why: str) -> str:
    """Nobody answered: look whether it happened; what is not seen to have happened may still be on its way."""
    world.note(once.step, once.name, ActState.UNKNOWN, why)
    found = await once.happened(begun)
    if isinstance(found, str) and found:
        return world.note(once.step, once.name, ActState.DONE, found).detail
    raise Stopped(f"{why}; it is not seen to have happened: --resume looks again before it does anything")
