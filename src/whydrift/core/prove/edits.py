"""The proof of an edit in git: renders without it and with it, held against what was wanted, and compared again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from whydrift.core.compare.terms import DryRun
from whydrift.core.judge.situation import Situation
from whydrift.core.model.drift import Difference
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path, for_people, starts_with
from whydrift.core.model.remedy import Change, Proof
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, same
from whydrift.core.prove.again import (
    Compared,
    as_argocd_shows,
    compared_again,
    name_of,
    needs_server,
    require,
    terms_of,
    why_not_calibrated,
)
from whydrift.core.prove.wanted import outside, wanted
from whydrift.errors import NotComparable

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

    `before` is rendered without the edit, `after` with it. `dry_run` is the server's answer to the new target, without
    which a server-side comparison is made again only where git takes over what live says.
    """
    wider = tuple(_wider(situation, key, before, after))
    try:
        item = _item(situation, key)
        _require_wanted(item, changes, before, after)
        now, then = _compared(situation, item, differences, changes, after.get(key, ABSENT), dry_run)
    except NotComparable as error:
        return Proof(wider=wider, why_not=str(error))
    named = [name_of(key, each, item.target, item.live) for each in differences]
    left = {*then.shown, *(name for name in then.hidden if name in named)}
    still = next((name for name in named if name in left), "")
    gone = (*(name for name in now.shown if name not in left), *(name for name in named if name not in left))
    return Proof(
        closes=tuple(dict.fromkeys(gone)),
        leaves=tuple(dict.fromkeys((*then.shown, *(name for name in named if name in left)))),
        wider=wider,
        why_not=f"compared again with the edit in place, it still differs: {still}" if still else "",
    )


def _item(situation: Situation, key: ObjectKey) -> ObjectSnapshot:
    found = next((item for item in situation.snapshot.objects or () if item.key == key), None)
    if found is None or not found.read:
        raise NotComparable(f"{key} was not read")
    require((key.group, key.kind) != ("", "Secret"), "the values of a Secret are masked")
    return found


def _require_wanted(item: ObjectSnapshot, changes: Sequence[Change], before: Rendered, after: Rendered) -> None:
    """The render must be Argo CD's without the edit, and with it exactly what was wanted."""
    paths = [change.path for change in changes]
    rendered = before.get(item.key, ABSENT)
    unlike = next(outside(rendered, item.target, paths), None)
    require(unlike is None, f"rendered here, git's object is not what Argo CD compared{_at(unlike, item.target)}")
    aim, made = wanted(item.target, changes), after.get(item.key, ABSENT)
    missed = next(outside(made, aim, ()), None)
    require(missed is None, f"rendered with the edit, git's object is not what was wanted{_at(missed, aim)}")


def _at(path: Path | None, root: MaybeJson) -> str:
    return f" ({for_people(path, root)})" if path else ""


def _compared(
    situation: Situation,
    item: ObjectSnapshot,
    differences: Sequence[Difference],
    changes: Sequence[Change],
    made: MaybeJson,
    dry_run: DryRun | None,
) -> tuple[Compared, Compared]:
    """The object's differences now and with the edit in place."""
    terms = terms_of(item, situation)
    if needs_server(terms, dry_run, made, item.live):
        return _taken_over(item, differences, changes)
    why = why_not_calibrated(item, situation)
    require(not why, why)
    now = as_argocd_shows(item, ())
    if made is ABSENT and item.live is not ABSENT:
        terms = replace(terms, server_side=False)
    return now, compared_again(item.key, made, item.live, terms, situation, dry_run)


def _taken_over(
    item: ObjectSnapshot, differences: Sequence[Difference], changes: Sequence[Change]
) -> tuple[Compared, Compared]:
    """A server-side comparison with live's own values in git: an apply of what is there already changes nothing.

    Anything else (a drop, another value) only the server can answer.
    """
    require(item.compared, "Argo CD did not compare it")
    closed = [each for each in differences if _takes_over(each, changes)]
    require(
        len(closed) == len(differences),
        "a server-side comparison needs the server's dry run of the new target (--dry-run)",
    )
    return as_argocd_shows(item, ()), as_argocd_shows(item, closed)


def _takes_over(difference: Difference, changes: Sequence[Change]) -> bool:
    for change in changes:
        if change.value is not ABSENT and starts_with(difference.path, change.path):
            below = difference.path[len(change.path) :]
            return difference.live is not ABSENT and same(child(change.value, *below), difference.live)
    return False


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
