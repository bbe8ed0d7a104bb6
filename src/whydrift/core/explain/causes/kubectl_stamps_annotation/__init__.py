"""The annotation is a stamp that a tool leaves on whatever it touches; nobody means it as a setting.

Why it happens: a manifest was exported from a cluster and went into git with its stamps, or git states an annotations
map that a stamp now stands in. Client-side apply rewrites `last-applied-configuration` each time, the deployment
controller counts `deployment.kubernetes.io/revision`, the API server `deprecated.daemonset.template.generation`, and
`rollout restart` sets `restartedAt`. `kubectl replace` of an export writes the server's own `uid` and
`resourceVersion` into last-applied, so that git seems to have dropped them (reference/measured.md 23).

What proves it: the path. For the server's own metadata that last-applied states it and git does not. For
`restartedAt` also that git still says what the last sync wrote: a restart that was asked for in git is a change like
any other.

What would refute it: another path; metadata of the server that last-applied does not state; a `restartedAt` that git
changed since the last sync.

Remedies: drop the line from git where git states it; after a replace, a sync writes last-applied anew. Never sync for
it: a sync that takes `restartedAt` away restarts the pods.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import ownership
from whydrift.core.explain.since_sync import git_changed
from whydrift.core.explain.stamps import (
    is_last_applied,
    is_of_server,
    is_restart,
    is_rollout_revision,
    is_template_generation,
)
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SCHEMAS
from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, child

SAYS = "the stamp of {}, which writes it anew each time"


def concerns(subject: Subject, difference: Difference) -> bool:
    """The stamps of kubectl and of the deployment controller, and those of the server that last-applied states."""
    return not difference.whole and (bool(_stamped_by(difference.path)) or _is_exported(subject, difference))


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim stamps; the rollout's number is the controller's own."""
    for difference in concerned:
        if is_restart(difference.path) and (subject.base is None or git_changed(subject, difference)):
            continue  # a restart that git may have asked for is left to the causes that know the base
        if _is_exported(subject, difference):
            yield _exported(difference)
            continue
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


def _is_exported(subject: Subject, difference: Difference) -> bool:
    """Whether only last-applied states what the server itself writes: somebody applied or replaced an export."""
    stated = child(subject.object.last_applied, *difference.path)
    return is_of_server(difference.path) and difference.kind is Kind.EXTRA and stated is not ABSENT


def _exported(difference: Difference) -> Explanation:
    name = difference.path[-1]
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.ATTRIBUTED,
        why=f"{name} is the API server's own; last-applied states it, as after kubectl replace of an export",
        evidence=(Evidence("last-applied", f"last-applied states metadata.{name}, and git does not"),),
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
