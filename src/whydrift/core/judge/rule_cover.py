"""What a part of an ignore rule takes out of the comparison, and what would show without it.

What it hides is proven by comparing twice, with the part and without it; first the comparison must give Argo CD's own
verdict and fields for the object. Where it cannot (a server-side comparison needs the server's dry run), git's and the
cluster's objects are held against each other at the places that the part covers, and nothing is called proven.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from whydrift.core.compare.differences import hidden_differences, shown_differences
from whydrift.core.compare.ignore import JqPaths, hidden_by
from whydrift.core.compare.objects import compare_unmasked
from whydrift.core.compare.terms import Terms
from whydrift.core.judge.rule_parts import AGGREGATED, EXTRANEOUS, Part, options_of, terms_without
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.managers import leaves, owned_paths
from whydrift.core.model.paths import Path, starts_with
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict
from whydrift.core.model.values import ABSENT, MaybeJson, child, is_object
from whydrift.core.model.versions import FIRST, not_calibrated_release
from whydrift.errors import NotComparable

Signature = frozenset[tuple[Path, Path, str, bool]]


@dataclass(frozen=True)
class Comparable:
    """An object with its differences under all rules; `why_not` says why our comparison is not Argo CD's ("": is)."""

    item: ObjectSnapshot
    found: tuple[Difference, ...]
    why_not: str = ""


def comparable(item: ObjectSnapshot, terms: Terms) -> Comparable:
    """An object, compared again as it was compared: calibrated against Argo CD's verdict and its own two sides."""
    if not is_object(item.target) or not is_object(item.live):
        return Comparable(item, (), "it is there on one side only")
    if terms.settings.release < FIRST:
        return Comparable(item, (), not_calibrated_release(terms.settings.release))
    if not item.compared or item.verdict not in (Verdict.SYNCED, Verdict.OUT_OF_SYNC):
        return Comparable(item, (), "Argo CD did not compare it")
    try:
        found = differing(item, terms)
    except NotComparable as error:
        return Comparable(item, (), str(error))
    theirs = () if item.equal else shown_differences(item.predicted, item.normalized_live, item.target, item.live)
    if bool(found) != (item.verdict is Verdict.OUT_OF_SYNC) or signature(found) != signature(theirs):
        return Comparable(item, found, "compared again, it does not differ as Argo CD says")
    return Comparable(item, found)


def differing(item: ObjectSnapshot, terms: Terms) -> tuple[Difference, ...]:
    """What differs in an object on these terms; raises NotComparable."""
    assert is_object(item.target) and is_object(item.live)
    both = compare_unmasked(item.target, item.live, terms)
    if not both.differs:
        return ()
    return shown_differences(both.predicted_live, both.normalized_live, item.target, item.live)


def signature(found: Iterable[Difference]) -> Signature:
    """Where things differ and how: what makes two comparisons the same."""
    return frozenset((d.path, d.live_path, d.kind.value, d.order) for d in found)


def covered(part: Part, item: ObjectSnapshot, jq: JqPaths) -> tuple[frozenset[Path], frozenset[Path]]:
    """The places of the target and of live that a part takes out of the comparison."""
    if part.form == "option":
        there = _option_applies(part, item)
        return frozenset([()] if there else []), frozenset([()] if there else [])
    if not part.is_for(item.key):
        return frozenset(), frozenset()
    if part.form == "manager":
        held = _held(part.text, item)
        return frozenset(place for place in held if child(item.target, *place) is not ABSENT), held
    return _removed(part, item.target, jq), _removed(part, item.live, jq)


def _option_applies(part: Part, item: ObjectSnapshot) -> bool:
    if part.text == EXTRANEOUS:
        return EXTRANEOUS in options_of(item)
    return part.text == AGGREGATED and part.is_for(item.key) and is_object(child(item.target, "aggregationRule"))


def _removed(part: Part, side: MaybeJson, jq: JqPaths) -> frozenset[Path]:
    try:
        return frozenset(hidden_by(part.rule, side, jq)) if is_object(side) else frozenset()
    except NotComparable:
        return frozenset()


def _held(manager: str, item: ObjectSnapshot) -> frozenset[Path]:
    if not is_object(item.live):
        return frozenset()
    entries = (entry for entry in item.managers.entries if entry.manager == manager and not entry.subresource)
    return frozenset(place for entry in entries for place in owned_paths(entry, item.live))


def hidden_in(one: Comparable, part: Part, terms: Terms) -> tuple[tuple[Difference, ...], bool]:
    """What would show in an object without a part, and whether that is proven by comparing."""
    if part.text == EXTRANEOUS:
        extra = one.item.target is ABSENT and EXTRANEOUS in options_of(one.item)
        return ((Difference((), (), Kind.EXTRA, shown=False),) if extra else ()), True
    if one.why_not:
        return _held_against(one.item, part, terms), False
    try:
        without = differing(one.item, terms_without(terms, part))
    except NotComparable:
        return _held_against(one.item, part, terms), False
    shown = signature(one.found)
    return tuple(replace(d, shown=False) for d in without if not signature([d]) <= shown), True


def _held_against(item: ObjectSnapshot, part: Part, terms: Terms) -> tuple[Difference, ...]:
    """The raw differences of what git states at the places that a part covers."""
    git, live = covered(part, item, terms.knowledge.jq)
    raw = hidden_differences(item.target, item.live, (), extras=False)
    return tuple(
        d for d in raw if any(starts_with(d.path, p) for p in git) or any(starts_with(d.live_path, p) for p in live)
    )


def covered_leaves(part: Part, item: ObjectSnapshot, jq: JqPaths) -> frozenset[tuple[str, Path]]:
    """Every single value of both sides that a part takes out, as (side, path): the measure of how wide it is."""
    git, live = covered(part, item, jq)
    sides = (("git", item.target, git), ("live", item.live, live))
    return frozenset(
        (name, leaf) for name, side, places in sides for place in places for leaf in leaves(child(side, *place), place)
    )
