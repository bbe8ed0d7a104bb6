"""Who is known to have made git and live differ at a place that Argo CD does not show: a person, a pipeline, or git."""

from __future__ import annotations

from dataclasses import dataclass

from whydrift.core.explain.base import git_moved
from whydrift.core.explain.evidence import ownership, quoted, written_by
from whydrift.core.explain.hands import hands_since, is_hand, is_unsigned
from whydrift.core.explain.ignoring import base_is_gits
from whydrift.core.explain.sides import leaning
from whydrift.core.explain.since_sync import cluster_changed, git_changed
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import others
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Side, Strength
from whydrift.core.model.managers import Entry
from whydrift.core.model.people import Writer
from whydrift.core.model.values import same


@dataclass(frozen=True, slots=True)
class Changed:
    """Who changed a place, in a sentence, with the side that it speaks for."""

    why: str
    side: Side
    evidence: tuple[Evidence, ...]
    strength: Strength = Strength.ATTRIBUTED

    def unlike(self, usual: Side) -> Side | None:
        """The side where it is not a cause's usual one, else None."""
        return None if self.side is usual else self.side


def changed(subject: Subject, difference: Difference) -> Changed | None:
    """The change behind a difference of what git states; None where a controller, or nobody known, made it."""
    owners = others(subject, difference)
    people = subject.knowledge.people
    evidence = tuple(ownership(entry, people) for entry in owners)
    if owners and all(is_hand(subject, entry) for entry in owners):
        lean = leaning(subject, difference, difference.target)
        return Changed(_set_by(owners[0], difference), lean.side, (*evidence, *lean.evidence))
    if owners and all(people.writer(entry.manager) is Writer.PIPELINE for entry in owners):
        return Changed(_set_by(owners[0], difference), Side.STRUCTURE, evidence)
    return None if owners else _by_git(subject, difference) or _removed(subject, difference)


def may_be_changed(subject: Subject, difference: Difference) -> bool:
    """Whether such a change is known, or may turn out to be one once it is known what the last sync wrote."""
    if subject.base is None and not others(subject, difference):
        return git_moved(subject.application, subject.key) or difference.kind is Kind.MISSING
    return changed(subject, difference) is not None


def _set_by(entry: Entry, difference: Difference) -> str:
    when = f" at {entry.time}" if entry.time else ""
    return f"{entry.manager} set {quoted(difference.live)}{when}, git says {quoted(difference.target)}"


def _by_git(subject: Subject, difference: Difference) -> Changed | None:
    if subject.base is None or not base_is_gits(subject) or not git_moved(subject.application, subject.key):
        return None
    if not git_changed(subject, difference) or cluster_changed(subject, difference):
        return None
    says = f"live is what the last sync wrote: {subject.base.says}"
    why = f"git went to {quoted(difference.target)} since the last sync, live still has {quoted(difference.live)}"
    return Changed(why, Side.GIT, (Evidence("base", says),))


def _removed(subject: Subject, difference: Difference) -> Changed | None:
    """A field that the last sync wrote and that is gone, in an object that only people wrote since."""
    near = hands_since(subject)
    if difference.kind is not Kind.MISSING or not near or subject.base is None:
        return None
    base = subject.base_at(difference)
    if not same(base, difference.target) or not is_unsigned(subject, difference, base):
        return None
    why = f"somebody removed {quoted(base)}, who did is not recorded"
    seen = Evidence("managed-fields", f"{written_by(near[-1])} wrote this object since the last sync")
    return Changed(why, leaning(subject, difference, base).side, (seen,), Strength.COINCIDES)
