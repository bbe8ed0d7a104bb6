"""Git does not have the object any more, and nobody removed it from the cluster.

Why it happens: a part was switched off, a folder or a file was dropped, an object was renamed. Argo CD deletes what
git no longer renders only when a sync prunes; until then the object runs on, and the application is OutOfSync for it.
A CRD (which carries no tracking id), an object that somebody gave an owner, and what a deleted Application made stay
without anybody being told.

What proves it: git was rendered for the compared revision and does not hold the object; its tracking id says that
this application made it; no other object owns it, and no other Application renders it (all Applications were looked
at).

What would refute it: another Application renders the object (then a prune would delete what that one needs); the id
was copied from another object; rendering failed, so that every object looks like this.

Remedies: a guarded delete, dependents first, with a dump. Ask before that where something still uses it, where it
holds data, where whether it is used cannot be known, where everything is left behind at once, where it says
IgnoreExtraneous, or where the sync of this very revision applied it: then the render lost it (it asks for the
cluster's kinds, or a cache is wrong), not git.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.compare.hooks import COMPARE_OPTIONS, annotation_options
from whydrift.core.explain.blocked import blocks_pruning
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.leftovers import (
    abandoned,
    came_from,
    foreign_installation,
    is_extra,
    made_earlier,
    other_holders,
    owned,
    tracked,
    unseen_because,
)
from whydrift.core.explain.runs import is_run
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.syncing import result_of
from whydrift.core.explain.usage import usage
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import (
    ARGOCD_VERSION,
    CLUSTER_NEIGHBOURS,
    EARLIER_MANIFESTS,
    FLEET,
    NEIGHBOURS,
    SETTINGS,
)
from whydrift.core.model.snapshot import once
from whydrift.core.model.values import ABSENT, is_object, text

RENDER_LOST_IT = "the sync of this very revision applied it, and now the same revision renders without it"


def concerns(subject: Subject, difference: Difference) -> bool:
    """Whole objects that only live has, and that nothing keeps from being pruned."""
    if not is_extra(subject, difference) or subject.object.hook or is_run(subject):
        return False
    return not (difference.shown and blocks_pruning(subject))


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what this application made and nobody renders."""
    for difference in concerned:
        mark = tracked(subject) if difference.shown else made_earlier(subject) or abandoned(subject)
        hides = owned(subject) and difference.shown
        if mark is None or hides or foreign_installation(subject) or other_holders(subject):
            continue
        side, use = _side(subject, difference)
        since = _since(subject) if difference.shown else unseen_because(subject)
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.ATTRIBUTED,
            why=f"{since}; no other application renders it",
            evidence=(mark, Evidence("all applications", "none of the others renders it"), use),
            side=side,
        )


def _since(subject: Subject) -> str:
    return RENDER_LOST_IT if _was_rendered(subject) else came_from(subject)


def _side(subject: Subject, difference: Difference) -> tuple[Side | None, Evidence]:
    siblings, live = subject.siblings, subject.object.live
    if difference.shown and _was_rendered(subject):
        return Side.ASK, Evidence("use", "whether it is wanted is not known: git did not drop it")
    if is_object(live) and "IgnoreExtraneous" in annotation_options(live, COMPARE_OPTIONS):
        return Side.ASK, Evidence("use", "the object says IgnoreExtraneous: somebody means it to stay")
    all_left = once(siblings, "all left", lambda: all(item.target is ABSENT for item in siblings if not item.hook))
    if difference.shown and all_left:
        return Side.ASK, Evidence("use", "everything that this application had is left behind at once")
    return usage(subject)


def _was_rendered(subject: Subject) -> bool:
    """Whether a sync of the compared revision and parameters applied it, and not as a hook: git renders it, then."""
    last, result = subject.application.syncs.last(subject.key), result_of(subject.application, subject.key)
    applied = text(result, "status") == "Synced" and not text(result, "hookType")
    return last is not None and last.of_compared_state and applied


CAUSE = Cause(
    id="object-left-behind",
    title="git dropped the object, the cluster still has it",
    side=Side.STRUCTURE,
    explain=explain,
    concerns=concerns,
    needs=needs(FLEET),
    wishes=needs(SETTINGS, NEIGHBOURS, CLUSTER_NEIGHBOURS, ARGOCD_VERSION),
    heeds=needs(EARLIER_MANIFESTS),
    everywhere=True,
)
