"""Git dropped a field, and it lives on: another manager still holds it, or the comparison does not see the drop.

Why it happens: applied server-side, a field goes only when its last owner lets go of it. The tool that installed the
object (helm, kubectl create), or a hand that set the field before git adopted it, still owns it: the sync succeeds, the
field stays. Where Argo CD compares server-side but applies client-side, a drop shows nowhere: Argo CD says Synced, and
the next sync takes the field away.

What proves it: git stated what live has (Argo CD's own server-side entry still names it, or an earlier revision says
so), git does not any more, and another manager than Argo CD owns it. Or: last-applied, written by Argo CD, still states
it.

What would refute it: git never stated it: then somebody added it. A controller owns it. It is a default, which the
server would fill in again. Live holds another value than last-applied: then the cluster was changed as well.

Remedies: applied client-side: a sync removes it. Applied server-side: move the old manager's fields to Argo CD
(client-side apply migration), or remove the field once by hand.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.additions import is_addition
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.drops import still_applied
from whydrift.core.explain.earlier import once_in_git
from whydrift.core.explain.evidence import ownership, quoted
from whydrift.core.explain.next_sync import reaches
from whydrift.core.explain.since_sync import cluster_changed
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import is_argocd, others
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import EARLIER_MANIFESTS, SCHEMAS
from whydrift.core.model.managers import Entry
from whydrift.core.model.people import Writer


def concerns(subject: Subject, difference: Difference) -> bool:
    """What only live has, and an old manager or last-applied holds."""
    if difference.kind is not Kind.EXTRA or difference.whole:
        return False
    held = bool(_old(subject, difference)) if subject.server_side else _still_applied(subject, difference)
    return held and is_addition(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what git once stated and does not any more."""
    for difference in concerned:
        if _still_applied(subject, difference):
            yield _goes(subject, difference)
        elif _stated_once(subject, difference):
            yield _stays(subject, difference, _stated_once(subject, difference))


def _still_applied(subject: Subject, difference: Difference) -> bool:
    """Whether a client-side sync will remove it, and takes nobody's value away: live is what Argo CD applied last."""
    return still_applied(subject, difference) and not cluster_changed(subject, difference)


def _old(subject: Subject, difference: Difference) -> tuple[Entry, ...]:
    """The owners other than Argo CD, where no controller is one and all wrote before the last sync."""
    owners = others(subject, difference)
    writers = {subject.knowledge.people.writer(entry.manager) for entry in owners}
    old = all((entry.time or "") < subject.application.synced_at for entry in owners)
    return owners if old and writers.isdisjoint({Writer.CONTROLLER, Writer.IMAGE_UPDATER}) else ()


def _stated_once(subject: Subject, difference: Difference) -> str:
    """How git is known to have stated it before, "" where it is not."""
    applied = (
        entry for entry in subject.owners(difference) if is_argocd(subject, entry) and entry.operation == "Apply"
    )
    if any(applied):
        return "Argo CD's own server-side entry still names it, so that git stated it"
    return once_in_git(subject, difference)


def _goes(subject: Subject, difference: Difference) -> Explanation:
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.ATTRIBUTED,
        why=f"git dropped {quoted(difference.live)}, which last-applied still states: Argo CD does not show it"
        f"{', and a sync removes it' if reaches(subject) else ''}",
        evidence=(Evidence("last-applied", "what Argo CD applied last states it, and git does not"),),
    )


def _stays(subject: Subject, difference: Difference, once: str) -> Explanation:
    old = _old(subject, difference)
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.ATTRIBUTED,
        why=f"git dropped {quoted(difference.live)}, and {old[0].manager} still owns it: a server-side sync leaves it",
        evidence=(*(ownership(entry, subject.knowledge.people) for entry in old), Evidence("earlier", once)),
    )


CAUSE = Cause(
    id="old-manager-keeps-field",
    title="git dropped it, and an older manager keeps it",
    side=Side.GIT,
    explain=explain,
    concerns=concerns,
    helps=needs(EARLIER_MANIFESTS, SCHEMAS),
    hidden=True,
)
