"""Git states 0, false or "" in so many words, live has something else, and Argo CD drops the zero before comparing.

Why it happens: Argo CD reads an object of a built-in kind into its Go type and writes it out again. Fields that are
left out when they are empty are gone by then, so the structured and the server-side comparison find nothing to compare
and say Synced (two- and three-way show it). A sync sends git's own text, and sets the zero.

What proves it: git's object, re-encoded as Argo CD does it, has lost this very path; live holds a value that is not
empty and that no default gives; and the managed fields name a person's tool or a pipeline, or git changed it.

What would refute it: an ignore rule covers the place; the server allocates the value or fills it in for the zero; a
controller or nobody known owns it.

Remedies: adopt the value into git, or sync: that resets it to zero, and rolls the pods where it stands in a template.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.compare.alignment import at
from whydrift.core.compare.typed.remarshal import remarshal
from whydrift.core.explain.allocations import is_allocated
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.changed import changed, may_be_changed
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.ignoring import left_out
from whydrift.core.explain.next_sync import reaches
from whydrift.core.explain.strategy import Strategy, strategy_of
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side
from whydrift.core.model.fact_kinds import ARGOCD_VERSION, AUTOSCALERS, SCALED_OBJECTS, SCHEMAS, SYNCED_MANIFESTS
from whydrift.core.model.values import ABSENT, child, is_empty, is_object, same


def concerns(subject: Subject, difference: Difference) -> bool:
    """Zeros in git over something else in live, where the comparison in use drops them."""
    git = difference.target
    zero = isinstance(git, str | int | float) and is_empty(git)  # a bool is an int
    if difference.kind is not Kind.MODIFIED or not zero or is_empty(difference.live):
        return False
    if strategy_of(subject) is Strategy.PATCHES or is_allocated(subject.key, difference.path):
        return False
    return may_be_changed(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim the zeros that are dropped before the comparison, where somebody is known to have changed the value."""
    for difference in concerned:
        change = changed(subject, difference)
        if change is None or not _dropped(subject, difference) or left_out(subject, difference):
            continue
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=change.strength,
            why=f"{change.why}; Argo CD drops the {quoted(difference.target)} before it compares{_next_sync(subject)}",
            evidence=(
                Evidence("replay", "git's object, re-encoded as Argo CD does it, lacks this path"),
                Evidence("strategy", f"{strategy_of(subject).value}: what git does not state is not compared"),
                *change.evidence,
            ),
            side=change.unlike(Side.ASK),
        )


def _next_sync(subject: Subject) -> str:
    return ", and a sync sets it" if reaches(subject) else ""


def _dropped(subject: Subject, difference: Difference) -> bool:
    """Whether re-encoding takes the zero away, and no default of the server stands in for it."""
    target = subject.object.target
    if not is_object(target):
        return False
    encoded = remarshal(target, subject.knowledge.types)
    instead = child(subject.stored, *difference.path)
    return at(difference.path, target, encoded) is ABSENT and not same(instead, difference.live)


CAUSE = Cause(
    id="explicit-zero-hides-change",
    title="git's zero is dropped before the comparison, and live has something else",
    side=Side.ASK,
    explain=explain,
    concerns=concerns,
    helps=needs(SYNCED_MANIFESTS),
    wishes=needs(SCHEMAS, ARGOCD_VERSION, AUTOSCALERS, SCALED_OBJECTS),
    hidden=True,
)
