"""One real change in a list makes Argo CD show every default inside that list.

Why it happens: for custom resources Argo CD compares by JSON merge patches, which replace a list as a whole; some lists
of built-in kinds (claim templates) are replaced so as well. As long as the list agrees, the defaults that were filled
in are set aside; once a single value in it really differs, the patch carries git's whole list, and each default in it
appears to be removed.

What proves it: the object is compared by patches, the field is a default that only live has, another field of the same
list really differs; and compared again with that one taken over into git, the default is not shown.

What would refute it: nothing else in the list differs; the comparison is a structured or server-side one, which shows
the default by itself; the value is no default.

Remedies: none of its own: settle the real change, and its shadows go with it.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.compare.differences import apply, differences
from whydrift.core.compare.merge.sides import two_way
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.filled_in import is_known_default
from whydrift.core.explain.strategy import Strategy, strategy_of
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import ARGOCD_VERSION, SCHEMAS
from whydrift.core.model.paths import Path, starts_with
from whydrift.core.model.values import MaybeJson, is_object
from whydrift.errors import NotComparable


def concerns(subject: Subject, difference: Difference) -> bool:
    """Fields in a list that only live has, compared by patches, with another change in that list."""
    listed = _list_of(difference.path)
    return (
        difference.kind is Kind.EXTRA
        and listed is not None
        and strategy_of(subject) is Strategy.PATCHES
        and any(starts_with(other.path, listed) for other in subject.differences if other is not difference)
    )


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim the defaults that are not shown any more once the real changes of their list are taken over."""
    defaults = [d for d in concerned if is_known_default(subject, d)]
    for listed in dict.fromkeys(_list_of(d.path) for d in defaults):
        assert listed is not None
        shadows = [d for d in defaults if starts_with(d.path, listed)]
        real = tuple(d for d in subject.differences if starts_with(d.path, listed) and d.shown and d not in shadows)
        left = _shown_without(subject, real) if real else None
        if left is not None:
            yield from (_shadow(difference, real) for difference in shadows if difference.live_path not in left)


def _shadow(difference: Difference, real: tuple[Difference, ...]) -> Explanation:
    first = real[0].pointer
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.REPLAYED,
        why=f"{quoted(difference.live)} is a default; it only shows because {first} in the same list really differs",
        evidence=(
            Evidence("schemas", "the defaults of the kind, applied to git's object, give the live value"),
            Evidence("replay", f"compared again with {len(real)} real change(s) taken over into git, it is not shown"),
        ),
    )


def _list_of(path: Path) -> Path | None:
    """The outermost list on the way to a path: what a JSON merge patch replaces as a whole."""
    return next((path[:depth] for depth, step in enumerate(path) if isinstance(step, int)), None)


def _shown_without(subject: Subject, real: tuple[Difference, ...]) -> frozenset[Path] | None:
    """The places that differ by patches once git took over the real changes; None where that cannot be computed."""
    live = subject.object.live
    healed: MaybeJson = apply(subject.object.target, real, live)
    if not is_object(healed) or not is_object(live):
        return None
    try:
        sides = two_way(healed, live, subject.knowledge.types)
    except NotComparable:
        return None
    return frozenset(d.live_path for d in differences(sides.predicted_live, sides.normalized_live))


CAUSE = Cause(
    id="engine-repaints-list",
    title="it only shows because its list differs elsewhere",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
    needs=needs(SCHEMAS),
    wishes=needs(ARGOCD_VERSION),
)
