"""Git dropped the object, and something keeps a prune from removing it.

Why it happens: the object (since Argo CD 3.4 the application too) says Prune=false or Prune=confirm, or the object
says `helm.sh/resource-policy: keep`; or the prune was done and a finalizer holds the object, because the controller
that would clear it is gone or slow.

What proves it: the annotation, the option, or `deletionTimestamp` and a finalizer on the live object, together with our
tracking id and a git that was rendered and does not hold it.

What would refute it: no such mark; another Application renders the object; rendering failed; an older Argo CD does not
look at what the application says of pruning.

Remedies: where it is meant to stay, say so (IgnoreExtraneous); else take the mark away and delete it guarded. Ask
where it holds data or where a finalizer must be understood first.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.blocked import blocks_pruning
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.leftovers import is_extra, other_holders, owned, tracked
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.usage import DATA
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Explanation, Side, Strength
from whydrift.core.model.fact_kinds import ARGOCD_VERSION, FLEET, SETTINGS


def concerns(subject: Subject, difference: Difference) -> bool:
    """Whole objects that only live has, and that bear a mark against pruning."""
    return is_extra(subject, difference) and bool(blocks_pruning(subject))


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what this application made, nobody renders, and a prune does not remove."""
    mark = tracked(subject)
    if mark is None or owned(subject) or other_holders(subject):
        return
    blocks = blocks_pruning(subject)
    for difference in concerned:
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.ATTRIBUTED,
            why=f"git does not have it any more; {blocks[0].says}",
            evidence=(*blocks, mark),
            side=Side.ASK if subject.key.kind in DATA else None,
        )


CAUSE = Cause(
    id="prune-is-blocked",
    title="git dropped the object, and something keeps it from being pruned",
    side=Side.STRUCTURE,
    explain=explain,
    concerns=concerns,
    needs=needs(FLEET),
    wishes=needs(SETTINGS, ARGOCD_VERSION),
)
