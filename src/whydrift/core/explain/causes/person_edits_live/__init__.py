"""Somebody changed the value in the cluster, by hand or with a script, after the last sync.

Why it happens: an incident, an experiment, a quick fix: kubectl, k9s, a desktop client or a web page wrote the value, and
nobody wrote it into git.

What proves it: git still says what the last sync wrote (target = base), live says something else, and the managed fields
name a person's tool at this path. A removed field has no owner; there a person's write after the last sync on the same
object is the evidence. A name that nobody knows is named, and the claim then only coincides.

What would refute it: git moved since the last sync, or a controller, webhook or pipeline owns the path.

Remedies: adopt the value into git, or restore git's with a sync. Ask whoever did it; never guess.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import ownership, quoted
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SYNCED_MANIFESTS
from whydrift.core.model.managers import Entry
from whydrift.core.model.people import Writer
from whydrift.core.model.values import same


def concerns(subject: Subject, difference: Difference) -> bool:
    """Any field, not whole objects."""
    return not difference.whole


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what a person's tool wrote over what the last sync left."""
    assert subject.base is not None
    for difference in concerned:
        base = subject.base_at(difference)
        if not same(base, difference.target) or same(base, difference.live):
            continue
        writers = _people(subject, difference)
        if writers:
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.ATTRIBUTED,
                why=f"{writers[0].manager} changed {quoted(base)}, which the last sync wrote, to {quoted(difference.live)}",
                evidence=(
                    *(ownership(entry, subject.knowledge.people) for entry in writers),
                    Evidence("base", f"git says what the last sync wrote: {subject.base.says}"),
                ),
            )


def _people(subject: Subject, difference: Difference) -> tuple[Entry, ...]:
    """The people's entries at this path; for a removed field, those that wrote the object after the last sync."""
    owners = subject.owners(difference)
    people = subject.knowledge.people
    return tuple(entry for entry in owners if people.writer(entry.manager) is Writer.PERSON)


CAUSE = Cause(
    id="person-edits-live",
    title="somebody changed it in the cluster",
    side=Side.ASK,
    explain=explain,
    concerns=concerns,
    needs=needs(SYNCED_MANIFESTS),
)
