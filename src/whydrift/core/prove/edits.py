"""The proof of an edit in git: renders without it and with it, held against what was wanted, and compared again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from whydrift.core.compare.terms import DryRun
from whydrift.core.judge.situation import Situation
from whydrift.core.model.drift import Difference
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path, for_people
from whydrift.core.model.remedy import Change, Proof
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, is_object, same
from whydrift.core.prove.again import (
    Compared,
    as_argocd_shows,
    compared_again,
    name_of,
    needs_server,
    refute,
    require,
    served_in,
    terms_of,
    why_not_calibrated,
)
from whydrift.core.prove.synced import compared_after_sync, require_arrival, require_no_return, takes_over
from whydrift.core.prove.unlike import outside, unwanted
from whydrift.core.remedy.text.wanted import changed
from whydrift.errors import NotComparable, NotEditable, Refuted

AFTER_SYNC = " (after a sync)"
Rendered = Mapping[ObjectKey, JsonObject]
"""Objects by key, as a renderer gives them: masked as the snapshot's are."""


def prove_edit(
    situation: Situation,
    key: ObjectKey,
    differences: Sequence[Difference],
    changes: Sequence[Change],
    before: Rendered,
    after: Rendered,
    dry_run: DryRun | None = None,
) -> Proof:
    """Whether an edit makes exactly the wanted changes of one object, and with them `differences` go.

    `before` is rendered without the edit, `after` with it. What goes only with the sync that follows is marked so.
    `dry_run` is the server's answer to the new target; without it a server-side comparison is not made again: an apply
    of what live already has changes nothing, and after a sync the dry run answers what the sync left.
    """
    wider = tuple(_wider(situation, key, before, after))
    try:
        item = _item(situation, key)
        made = after.get(key, ABSENT)
        unlike = _why_unlike(before.get(key, ABSENT), item.target, changes)
        require(not unlike, unlike)
        refute(_why_not_made(made, item.target, changes))
        now, then = _at_once(situation, item, differences, changes, made, dry_run)
        named = {name_of(key, each, item.target, item.live): each for each in differences}
        brought = tuple(_brought(item, changes, made, (name for name in then.shown if name not in now.shown)))
        if not differences and is_object(made):  # it is taken back along with others: nothing shows if it arrives
            require_arrival(situation, item, made, terms_of(item, situation), changes)
        waiting = (*_still(named, then), *brought)
        synced = then
        if waiting and is_object(made):
            require_no_return(situation, key, differences, changes)
            synced = compared_after_sync(situation, item, made, terms_of(item, situation))
    except (NotComparable, NotEditable) as error:
        return Proof(wider=wider, why_not=str(error), refuted=isinstance(error, Refuted))
    still = (*_still(named, synced), *(name for name in brought if name in synced.shown))
    closed = [name for name in named if name not in still]
    at_once = [name for name in now.shown if name not in then.shown and name not in named]
    left = [name for name in then.shown if name not in (*closed, *brought)]
    expected = (*now.shown, *_left_behind(key, changes))
    why = _why_not(still, [name for name in left if name not in expected])
    return Proof(
        closes=(*(name + (AFTER_SYNC if name in waiting else "") for name in closed), *at_once),
        leaves=tuple(dict.fromkeys((*still, *left))),
        wider=wider,
        why_not=why,
        refuted=bool(why),
    )


def unlike(before: Rendered, after: Rendered, keys: Iterable[ObjectKey]) -> tuple[Rendered, Rendered]:
    """Of two renders the objects of some keys, and of others those that differ: all that proofs for these keys need."""
    kept = set(keys)
    kept |= {key for key in (*before, *after) if not same(before.get(key, ABSENT), after.get(key, ABSENT))}
    return {k: v for k, v in before.items() if k in kept}, {k: v for k, v in after.items() if k in kept}


def _brought(item: ObjectSnapshot, changes: Sequence[Change], made: MaybeJson, new: Iterable[str]) -> Iterator[str]:
    """Of the differences that are new with the edit those that it is made for: what git then states, until a sync.

    Of what git stops stating it is the very place: all below it goes with the sync, or stays and is told.
    """
    stated = [place for change in changes if change.value is not ABSENT for place in _stated(change.path, item.target)]
    names = tuple(f"{item.key} {for_people(place, made)}" for place in stated)
    dropped = {f"{item.key} {for_people(c.path, item.target)}" for c in changes if c.value is ABSENT and c.path}
    return (
        name
        for name in new
        if name in names or name in dropped or name.startswith(tuple(f"{each}{dot}" for each in names for dot in ".["))
    )


def _left_behind(key: ObjectKey, changes: Sequence[Change]) -> Iterator[str]:
    """The name of the whole object, where git is to state it no more: the cluster's is then left, and to be deleted."""
    return (str(key) for change in changes if not change.path and change.value is ABSENT)


def _stated(path: Path, target: MaybeJson) -> Iterator[Path]:
    """A path that is set, and the maps above it that come with it."""
    yield path
    above = (path[:length] for length in range(1, len(path)))
    yield from (place for place in above if child(target, *place) is ABSENT)


def _why_not(still: Sequence[str], new: Sequence[str]) -> str:
    """Why the edit is none to offer; "" where what was meant is gone and nothing else came up."""
    if still:
        return f"compared again with the edit in place, it still differs: {still[0]}"
    return f"compared again with the edit in place, something else differs: {new[0]}" if new else ""


def _still(named: Mapping[str, Difference], then: Compared) -> tuple[str, ...]:
    """Which of the named differences are still there."""
    return tuple(name for name, difference in named.items() if then.holds(name, difference))


def _item(situation: Situation, key: ObjectKey) -> ObjectSnapshot:
    found = next((item for item in situation.snapshot.objects or () if item.key == key), None)
    if found is None or not found.read:
        raise NotComparable(f"{key} was not read")
    require((key.group, key.kind) != ("", "Secret"), "the values of a Secret are masked")
    return found


def why_not_wanted(
    key: ObjectKey, target: MaybeJson, changes: Sequence[Change], before: Rendered, after: Rendered
) -> str:
    """Why a render with an edit in place does not make exactly the wanted changes of one object; "" where it does.

    Without the edit the render must be `target`, but for what shall change: a value that is drawn anew each time.
    """
    unlike = _why_unlike(before.get(key, ABSENT), target, changes)
    return unlike or _why_not_made(after.get(key, ABSENT), target, changes)


def _why_unlike(before: MaybeJson, target: MaybeJson, changes: Sequence[Change]) -> str:
    unlike = next(outside(before, target, [change.path for change in changes]), None)
    return "" if unlike is None else f"rendered here, git's object is not what Argo CD compared{_at(unlike, target)}"


def _why_not_made(made: MaybeJson, target: MaybeJson, changes: Sequence[Change]) -> str:
    aim = changed(target, changes)
    missed = next(unwanted(made, aim, changes), None)
    return "" if missed is None else f"rendered with the edit, git's object is not what was wanted{_at(missed, aim)}"


def _at(path: Path | None, root: MaybeJson) -> str:
    return f" ({for_people(path, root)})" if path else ""


def _at_once(
    situation: Situation,
    item: ObjectSnapshot,
    differences: Sequence[Difference],
    changes: Sequence[Change],
    made: MaybeJson,
    dry_run: DryRun | None,
) -> tuple[Compared, Compared]:
    """The object's differences now, and with the edit in place before any sync."""
    terms, now = terms_of(item, situation), as_argocd_shows(item, ())
    if needs_server(terms, dry_run, made, item.live):
        require(item.compared, "Argo CD did not compare it")
        return now, as_argocd_shows(item, [each for each in differences if takes_over(each, changes)])
    why = why_not_calibrated(item, situation)
    require(not why, why)
    if made is ABSENT and item.live is not ABSENT:
        terms = replace(terms, server_side=False)
    return now, compared_again(item.key, made, served_in(item.live, made), terms, situation, dry_run)


def _wider(situation: Situation, key: ObjectKey, before: Rendered, after: Rendered) -> Iterator[str]:
    """The other objects that the edit changes too; values that are new in each render are no change."""
    targets = {item.key: item.target for item in situation.snapshot.objects or ()}
    for other in dict.fromkeys((*before, *after)):
        was, becomes = before.get(other, ABSENT), after.get(other, ABSENT)
        if other == key or same(was, becomes):
            continue
        drawn = list(outside(was, targets.get(other, was), ()))
        if next(outside(was, becomes, drawn), None) is not None:
            yield str(other)
