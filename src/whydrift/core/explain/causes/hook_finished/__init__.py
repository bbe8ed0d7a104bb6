"""A hook that ran and ended: Argo CD lists it, but never compares it with git.

Why it happens: hooks are made anew at each sync and take no part in the comparison. One that git changed since it ran
waits silently for the next sync; one that git dropped stays until somebody deletes it. The application says Synced.

What proves it: Argo CD lists the object as a hook; the manifests of the last synced revision and of the compared one
differ in it, or the compared revision does not render it at all.

What would refute it: both revisions render the same hook.

Remedies: a sync runs the changed hook (ask whether that is wanted now); delete a finished one that git dropped.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength


def concerns(subject: Subject, difference: Difference) -> bool:
    """What Argo CD lists as a hook."""
    return subject.object.hook


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what git changed in a hook, or a hook that git dropped."""
    row = Evidence("status", f"Argo CD lists {subject.key.kind} {subject.key.name} as a hook")
    for difference in concerned:
        if difference.whole:
            why = "the hook ran and git does not have it any more; no prune removes a hook"
            evidence = Evidence("manifests", "the compared revision does not render it")
        else:
            why = f"the hook ran with {quoted(difference.live)}; git has {quoted(difference.target)} since, not run yet"
            evidence = Evidence("manifests", "the last synced and the compared revision differ here")
        side = None if difference.whole else Side.GIT
        yield Explanation(frozenset({difference.path}), Strength.ATTRIBUTED, why, (row, evidence), side=side)


CAUSE = Cause(
    id="hook-finished",
    title="a hook that ran, which Argo CD does not compare",
    side=Side.STRUCTURE,
    explain=explain,
    concerns=concerns,
    hidden=True,
)
