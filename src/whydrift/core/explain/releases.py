"""Releases that wait: git moved since the last sync, and live still is what that sync wrote."""

from __future__ import annotations

from typing import Final

from whydrift.core.compare.alignment import at
from whydrift.core.explain.base import FROM_LAST_APPLIED, git_moved, rendered_object
from whydrift.core.explain.hands import is_hand
from whydrift.core.explain.since_sync import cluster_changed, git_changed
from whydrift.core.explain.stamps import is_stamp
from whydrift.core.explain.subject import Subject
from whydrift.core.model.application import Application, is_pinned
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.fact_kinds import NEWEST, SECOND_RENDER
from whydrift.core.model.people import Writer
from whydrift.core.model.values import ABSENT, is_object, items, mapping, same, text

DRAWN: Final = frozenset({"Helm", "Plugin"})
"""Source types whose render may draw values anew: what git says may differ with no commit at all."""


def is_release(subject: Subject, difference: Difference) -> bool:
    """Whether git changed this place since the last sync while the cluster kept it. Only where the base is known."""
    if not git_moved(subject.application, subject.key) or is_stamp(difference.path):
        return False
    if difference.whole:
        assert subject.base is not None, "only asked where the base is known"
        return difference.kind is Kind.MISSING and subject.base.manifest is ABSENT
    if not git_changed(subject, difference) or cluster_changed(subject, difference):
        return False
    return _is_untouched(subject, difference) or not _written_by_others(subject, difference)


def may_be_release(subject: Subject, difference: Difference) -> bool:
    """Whether a place is a waiting release, or may turn out to be one once the base is known."""
    if subject.base is not None:
        return is_release(subject, difference)
    gone = difference.whole and difference.kind is Kind.EXTRA
    return git_moved(subject.application, subject.key) and not gone and not is_stamp(difference.path)


def is_reproducible(subject: Subject, difference: Difference) -> bool | None:
    """Whether rendering again gives git's value again, so that a commit must have changed it; None: not known.

    A base that was rendered anew and equals live shows it as well. Secrets are masked alike whatever they hold
    (reference/measured.md 60).
    """
    if not draws(subject.application) or (subject.base is not None and subject.base.says != FROM_LAST_APPLIED):
        return True
    rendered = subject.facts.maybe(SECOND_RENDER)
    if rendered is None or subject.key.kind == "Secret":
        return None
    again = rendered_object(rendered, subject.application, subject.key)
    return same(at(difference.path, subject.object.target, again), difference.target)


def is_current(subject: Subject, difference: Difference) -> bool:
    """Whether git still says what Argo CD compared: it may not have noticed a newer commit (a revert) yet.

    Shown by git itself, by sources that cannot move, or by a render past every cache, which resolves the branch anew.
    """
    if subject.facts.known(NEWEST) or all(map(is_pinned, subject.application.sources)):
        return True
    rendered = subject.facts.maybe(SECOND_RENDER)
    if rendered is None or (subject.key.kind == "Secret" and not subject.key.group):
        return False
    again = rendered_object(rendered, subject.application, subject.key)
    if difference.whole:
        return again is not ABSENT
    return same(at(difference.path, subject.object.target, again), difference.target)


def draws(application: Application) -> bool:
    """Whether some source is of a type whose render may differ each time."""
    status = mapping(application.raw, "status")
    kinds = {text(status, "sourceType"), *(str(kind) for kind in items(status, "sourceTypes"))}
    return not DRAWN.isdisjoint(kinds) or any(source.chart for source in application.sources)


def _is_untouched(subject: Subject, difference: Difference) -> bool:
    """Whether a single value still is the one that the last sync wrote, whoever else owns it since before."""
    single = not isinstance(difference.live, dict | list)
    return difference.kind is Kind.MODIFIED and single and same(subject.base_at(difference), difference.live)


def _written_by_others(subject: Subject, difference: Difference) -> bool:
    """Whether people or pipelines own anything within this place: then live is more than what the last sync wrote."""
    live = subject.object.live
    if not is_object(live) or difference.live is ABSENT:
        return False
    within = subject.object.managers.owners_within(difference.live_path, live)
    people = subject.knowledge.people
    return any(is_hand(subject, entry) or people.writer(entry.manager) is Writer.PIPELINE for entry in within)
