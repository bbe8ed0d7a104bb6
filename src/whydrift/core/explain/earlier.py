"""What git said before: at the last sync, or at the syncs before it."""

from __future__ import annotations

from whydrift.core.compare.alignment import at
from whydrift.core.explain.base import rendered_object
from whydrift.core.explain.ignoring import base_is_gits
from whydrift.core.explain.since_sync import holds
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.fact_kinds import EARLIER_MANIFESTS
from whydrift.core.model.values import ABSENT, MaybeJson, same


def once_in_git(subject: Subject, difference: Difference) -> str:
    """Which earlier git said what live has here and git does not say any more, as a sentence; "" for none known."""
    item, earlier = subject.object, subject.facts.maybe(EARLIER_MANIFESTS)
    if subject.base is not None and base_is_gits(subject) and _said(difference, subject.base_at(difference)):
        return f"the last sync wrote what live has: {subject.base.says}"
    if earlier is None:
        return ""
    before = rendered_object(earlier, subject.application, item.key)
    there = at(difference.live_path, item.live, before)
    return "a revision that was synced earlier says what live has" if _said(difference, there) else ""


def _said(difference: Difference, before: MaybeJson) -> bool:
    if before is ABSENT or same(before, difference.target):
        return False
    return holds(difference.live, before, typed=True)
