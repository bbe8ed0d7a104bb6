"""The same items stand in another order, in a list whose order means nothing.

Why it happens: a generator or a controller sorts, a person inserts at the top, an API conversion puts its own items
first. Argo CD compares lists item by item, in every strategy, so another order of the same items is a difference.

What proves it: the items are the same on both sides, and the list is one whose order nobody reads: permissions,
selectors, sets of names, items told apart by a key. For variables (`env`): no `$(NAME)` refers to one that moved
past it.

What would refute it: the order counts: init containers, arguments, rules of a route, preferences, sources of which
the later one wins. That two lists have the same keyed items is no proof by itself.

Remedies: write the order that live has; a server-side diff shows it too.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import ownership
from whydrift.core.explain.orders import means_nothing
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SCHEMAS


def concerns(subject: Subject, difference: Difference) -> bool:
    """Lists whose items stand in another order."""
    return difference.order


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim the lists whose order is known to mean nothing."""
    for difference in concerned:
        git, live = difference.target, difference.live
        if not isinstance(git, list) or not isinstance(live, list):
            continue
        reason = means_nothing(subject, difference.path, git, live)
        if reason:
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.REPLAYED,
                why="the items that both sides have stand in another order, which means nothing in this list",
                evidence=(
                    Evidence("types", f"{difference.path[-1]}: {reason}"),
                    Evidence("replay", "the items that both sides have are the same when their order is set aside"),
                    *(ownership(entry, subject.knowledge.people) for entry in subject.owners(difference)),
                ),
            )


CAUSE = Cause(
    id="list-order-differs",
    title="the same items in another order",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
    helps=needs(SCHEMAS),
)
