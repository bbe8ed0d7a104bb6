"""The proof of a compare or sync option: every object compared under it; for RespectIgnoreDifferences also synced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from whydrift.core.compare.differences import changes
from whydrift.core.compare.terms import ASKS_SERVER, Terms
from whydrift.core.compare.typed.remarshal import remarshal
from whydrift.core.explain.base import base_of
from whydrift.core.explain.ignoring import RESPECT
from whydrift.core.judge.respect import respected
from whydrift.core.judge.rule_cover import covered
from whydrift.core.judge.rule_parts import parts_of
from whydrift.core.judge.situation import Situation
from whydrift.core.model.drift import Difference
from whydrift.core.model.fact_kinds import DRY_RUN
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path, for_people, starts_with
from whydrift.core.model.remedy import Proof
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import child, is_object, same
from whydrift.core.prove.again import (
    Compared,
    as_argocd_shows,
    compared_again,
    name_of,
    require,
    terms_of,
    why_not_calibrated,
)
from whydrift.core.prove.rules import Trial
from whydrift.errors import NotComparable

SERVER_SIDE_DIFF = "ServerSideDiff=true"
INCLUDE_WEBHOOKS = "IncludeMutationWebhook=true"
KEPT = ": a sync keeps the cluster's value"
SERVER_SIDE_APPLY = "ServerSideApply=true"


@dataclass(frozen=True)
class Meant:
    """The differences of one object that a rule is for."""

    key: ObjectKey
    differences: Sequence[Difference]


@dataclass(frozen=True)
class _Both:
    """One object without the option and under it."""

    item: ObjectSnapshot
    now: Compared
    then: Compared


def prove_option(situation: Situation, option: str, key: ObjectKey, differences: Sequence[Difference]) -> Proof:
    """Whether an option of the whole application makes these differences go, and what it does to its other objects.

    Only options that change how Argo CD compares can be proven; for RespectIgnoreDifferences see `prove_respect`.
    """
    if option not in (SERVER_SIDE_DIFF, INCLUDE_WEBHOOKS, SERVER_SIDE_APPLY):
        return Proof(why_not=f"{option} changes how a sync is done, not what is compared: only a sync can show it")
    try:
        compared = [_both(situation, item, option) for item in _compared(situation)]
    except NotComparable as error:
        return Proof(why_not=str(error))
    mine = next((each for each in compared if each.item.key == key), None)
    if mine is None:
        return Proof(why_not=f"{key} is there on one side only")
    named = [name_of(key, each, mine.item.target, mine.item.live) for each in differences]
    still = next((name for name in named if name in mine.then.shown), "")
    return Proof(
        closes=tuple(n for each in compared for n in each.now.shown if n not in each.then.shown),
        leaves=tuple(n for each in compared for n in each.then.shown),
        wider=tuple(f"{n}: shows only under {option}" for each in compared for n in _new(each)),
        why_not=f"compared again under {option}, it still differs: {still}" if still else "",
    )


def _compared(situation: Situation) -> Iterator[ObjectSnapshot]:
    """The objects that are there on both sides."""
    for item in situation.snapshot.objects or ():
        if item.compared and item.read and is_object(item.target) and is_object(item.live):
            yield item


def _new(each: _Both) -> Iterator[str]:
    return (name for name in each.then.shown if name not in each.now.shown)


def _both(situation: Situation, item: ObjectSnapshot, option: str) -> _Both:
    terms = _under(terms_of(item, situation), option)
    dry_run = situation.facts(item.key).maybe(DRY_RUN)
    asked = not terms.server_side or dry_run is not None
    require(asked, f"under {option} only the server's dry run of every object tells (--dry-run)")
    if not terms_of(item, situation).server_side:
        why = why_not_calibrated(item, situation)
        require(not why, f"{item.key}: {why}")
    then = compared_again(item.key, item.target, item.live, terms, situation, dry_run)
    return _Both(item, as_argocd_shows(item, ()), then)


def _under(terms: Terms, option: str) -> Terms:
    match option:
        case "ServerSideDiff=true":
            return replace(terms, server_side=True)
        case "IncludeMutationWebhook=true":
            return replace(terms, include_webhooks=True)
        case _ if ASKS_SERVER.holds(terms.settings.release):
            return replace(terms, server_side=True)
        case _:
            return replace(terms, structured=True)


def prove_respect(situation: Situation, rule: Trial | None = None, meant: Meant | None = None) -> Proof:
    """Whether RespectIgnoreDifferences=true may be set, with one more rule perhaps: it counts for every rule.

    A sync then takes live's value for all that any rule ignores. Safe only where that is shown to be a value that no
    commit changed, in no list of a custom resource (reference/measured.md 12, 27, 55); `meant` are the differences that
    the rule is for, whose value in git is not wanted. `hides` says what would stay as it is in the cluster.
    """
    terms = situation.terms if rule is None else rule.on(situation.terms)
    kept: list[str] = []
    try:
        for item in situation.snapshot.objects or ():
            if item.read and is_object(item.target) and is_object(item.live):
                paths = [each.path for each in meant.differences] if meant and meant.key == item.key else []
                kept += _kept(situation, item, terms, paths)
    except NotComparable as error:
        return Proof(why_not=str(error))
    return Proof(hides=tuple(dict.fromkeys(kept)))


def _kept(situation: Situation, item: ObjectSnapshot, terms: Terms, meant: Sequence[Path]) -> Iterator[str]:
    """What a sync would take from live in one object; NotReplayed where that is not shown to be safe."""
    target, live = item.target, item.live
    places = {path for part in parts_of(terms) for path in covered(part, item, terms.knowledge.jq)[0]}
    shipped = all(path[:1] == ("status",) for path in places)
    if shipped or not is_object(target) or not is_object(live):
        return
    custom = terms.knowledge.types.of(target) is None
    listed = next((path for path in places if custom and any(isinstance(step, int) for step in path)), None)
    require(listed is None, f"{RESPECT} would copy a whole list of {item.key} from the cluster{_at(listed, item)}")
    applied, wanted = respected(target, live, terms), remarshal(target, terms.knowledge.types)
    for change in changes({k: v for k, v in wanted.items() if k != "status"}, applied):
        if not any(starts_with(change.left, path) for path in meant):
            _require_unmoved(situation, item, change.left)
        yield f"{item.key} {for_people(change.left, wanted)}{KEPT}"


def _require_unmoved(situation: Situation, item: ObjectSnapshot, path: Path) -> None:
    """Raise NotReplayed where git's value is not shown to be the one that was synced last."""
    field = f"{item.key} {for_people(path, item.target)}"
    base = base_of(situation.application, item, situation.facts(item.key))
    require(base is not None, f"{RESPECT} would keep {field}: it is not known what the last sync wrote")
    moved = base is not None and not same(child(base.manifest, *path), child(item.target, *path))
    require(not moved, f"{RESPECT} would keep a change in git from {field}")


def _at(path: Path | None, item: ObjectSnapshot) -> str:
    return f" ({for_people(path, item.target)})" if path else ""
