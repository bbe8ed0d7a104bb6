"""Fields that git dropped and that Argo CD's comparison does not miss.

A server-side comparison over client-side syncs keeps what live has (reference/measured.md 22); a server-side apply puts
a default, such as one replica, where nothing is stated any more, and the comparison looks at stated fields only (2).
"""

from __future__ import annotations

from whydrift.core.explain.additions import is_addition
from whydrift.core.explain.base import FROM_LAST_APPLIED, git_moved
from whydrift.core.explain.next_sync import reaches
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import argocd_alone
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.values import ABSENT


def may_be_dropped(subject: Subject, difference: Difference) -> bool:
    """Whether only live has it, Argo CD alone wrote it, no default gives it, and git moved (the base decides)."""
    if difference.kind is not Kind.EXTRA or difference.whole or not git_moved(subject.application, subject.key):
        return False
    return _was_applied(subject, difference) and is_addition(subject, difference)


def _was_applied(subject: Subject, difference: Difference) -> bool:
    """Whether Argo CD's own entries, or what it applied last, have it: the cheap question.

    A server-side apply takes over what Argo CD applied client-side before it, so that drops go (measured.md 20).
    """
    if subject.base is not None and subject.base_at(difference) is ABSENT:
        return False
    if not subject.server_side:
        return subject.base is not None
    return argocd_alone(subject, difference)


def still_applied(subject: Subject, difference: Difference) -> bool:
    """Whether a client-side sync removes what only live has: last-applied, written by Argo CD, states its place."""
    if subject.server_side or subject.base is None or subject.base.says != FROM_LAST_APPLIED:
        return False
    return difference.kind is Kind.EXTRA and subject.base_at(difference) is not ABSENT


def unseen(subject: Subject) -> str:
    """What is to be said of a drop that Argo CD does not show, after what it is."""
    return "; Argo CD does not show it, and a sync takes it away" if reaches(subject) else "; Argo CD does not show it"
