"""The annotation is a stamp that a tool leaves on whatever it touches; nobody means it as a setting.

Why it happens: a manifest was exported from a cluster and went into git with its stamps, or git states an annotations
map that a stamp now stands in. Client-side apply rewrites `last-applied-configuration` each time, the deployment
controller counts `deployment.kubernetes.io/revision`, the API server `deprecated.daemonset.template.generation`, and
`rollout restart` sets `restartedAt`.

What proves it: the path. For `restartedAt` also that git still says what the last sync wrote: a restart that was asked
for in git is a change like any other.

What would refute it: another path; a `restartedAt` that git changed since the last sync.

Remedies: drop the line from git where git states it. Never sync for it: a sync that takes `restartedAt` away restarts
the pods.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import ownership
from whydrift.core.explain.since_sync import git_changed
from whydrift.core.explain.stamps import is_last_applied, is_restart, is_rollout_revision, is_template_generation
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SCHEMAS
from whydrift.core.model.paths import Path

SAYS = "the stamp of {}, which writes it anew each time"


def concerns(subject: Subject, difference: Difference) -> bool:
    """The stamps of kubectl and of the deployment controller."""
    return not difference.whole and bool(_stamped_by(difference.path))


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim stamps; the rollout's number is the controller's own."""
    for difference in concerned:
        if is_restart(difference.path) and (subject.base is None or git_changed(subject, difference)):
            continue  # a restart that git may have asked for is left to the causes that know the base
        who = _stamped_by(difference.path)
        owners = subject.owners(difference)
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.ATTRIBUTED if owners else Strength.COINCIDES,
            why=f"{difference.path[-1]} is {SAYS.format(who)}",
            evidence=(
                Evidence("path", f"this annotation is written by {who}"),
                *(ownership(entry, subject.knowledge.people) for entry in owners),
            ),
            side=Side.CONTROLLER if _is_counted(difference.path) else None,
        )


def _is_counted(path: Path) -> bool:
    """Whether the cluster counts there, so that git's number is always another one."""
    return is_rollout_revision(path) or is_template_generation(path)


def _stamped_by(path: Path) -> str:
    if is_last_applied(path):
        return "client-side apply"
    if is_rollout_revision(path):
        return "the deployment controller"
    if is_template_generation(path):
        return "the API server"
    return "rollout restart" if is_restart(path) else ""


CAUSE = Cause(
    id="kubectl-stamps-annotation",
    title="a tool's stamp, which nobody means as a setting",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
    wishes=needs(SCHEMAS),
)
