"""Git moved and somebody changed the cluster, both since the last sync: neither side is what that sync left.

Why it happens: a hotfix by hand while the next release was merged; a scale-up that git then answered with another
number. Where Argo CD compares server-side but applies client-side, what git dropped meanwhile shows nowhere, and a sync
takes it away all the same. Applied server-side, what somebody changed and git then dropped stays theirs.

What proves it: git says something else than the last sync wrote, so does live, and they do not agree. Managed fields
name a person's tool at this path, or at all of a dropped item that is not as that sync wrote it; or the field was taken
away, which leaves no name.

What would refute it: one of the two still is what the last sync wrote; a controller or pipeline owns the live value.

Remedies: ask. Look at both changes before a sync puts git's in place.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.commits import since_last_sync
from whydrift.core.explain.copies import CLIENT_SIDE_APPLY, pipeline_marks
from whydrift.core.explain.drops import still_applied, unseen
from whydrift.core.explain.evidence import ownership, quoted
from whydrift.core.explain.hands import hands_at, hands_within, is_unsigned
from whydrift.core.explain.since_sync import cluster_changed, git_changed
from whydrift.core.explain.stamps import is_stamp
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Explanation, Side, Strength
from whydrift.core.model.fact_kinds import (
    ARGOCD_VERSION,
    AUTOSCALERS,
    COMMITS,
    SCALED_OBJECTS,
    SCHEMAS,
    SYNCED_MANIFESTS,
)
from whydrift.core.model.values import ABSENT


def concerns(subject: Subject, difference: Difference) -> bool:
    """Fields, unseen only what a sync removes; where the base is known already, only what differs on both sides."""
    if difference.whole or is_stamp(difference.path):
        return False
    if not (difference.shown or still_applied(subject, difference) or _kept(subject, difference)):
        return False
    return subject.base is None or (git_changed(subject, difference) and cluster_changed(subject, difference))


def _kept(subject: Subject, difference: Difference) -> bool:
    """Whether git dropped what somebody changed, which a server-side sync then leaves to them."""
    if not subject.server_side or difference.kind is not Kind.EXTRA or subject.base is None:
        return False
    return subject.base_at(difference) is not ABSENT and bool(hands_at(subject, difference))


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what both git and people changed."""
    of_a_job = bool(pipeline_marks(subject))
    for difference in concerned:
        base = subject.base_at(difference)
        writers = hands_at(subject, difference) or hands_within(subject, difference, base)
        if of_a_job and (not writers or writers[0].manager == CLIENT_SIDE_APPLY):
            continue
        if not writers and not is_unsigned(subject, difference, base):
            continue
        who = writers[0].manager if writers else "somebody"
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.ATTRIBUTED if writers else Strength.COINCIDES,
            why=(
                f"the last sync wrote {quoted(base)}; since then git went to {quoted(difference.target)}"
                f" and {who} to {quoted(difference.live)}{'' if difference.shown else _unseen(subject)}"
            ),
            evidence=(
                since_last_sync(subject),
                *(ownership(entry, subject.knowledge.people) for entry in writers),
            ),
        )


def _unseen(subject: Subject) -> str:
    return "; Argo CD does not show it, and a sync leaves it" if subject.server_side else unseen(subject)


CAUSE = Cause(
    id="both-sides-changed",
    title="git and the cluster were both changed",
    side=Side.ASK,
    explain=explain,
    concerns=concerns,
    needs=needs(SYNCED_MANIFESTS),
    wishes=needs(COMMITS, SCHEMAS, ARGOCD_VERSION),
    heeds=needs(AUTOSCALERS, SCALED_OBJECTS),
    everywhere=True,
)
