"""Where a plan and the labels of a scenario disagree, in words: "[kind] what". Kinds are those of FORMAT.md."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

from tests.scenarios.planned import Made, Rendered
from tests.scenarios.proven import Proven
from whydrift.core.compare.merge import json_merge
from whydrift.core.model.application import Application
from whydrift.core.model.paths import pointer
from whydrift.core.model.remedy import Proof, RemedyKind
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, JsonObject, is_object, items, same, text
from whydrift.core.prove.again import compared_again, names_of, served_in, terms_of, why_not_calibrated
from whydrift.core.prove.edits import prove_edit
from whydrift.core.prove.rules import prove_rule, trial_of
from whydrift.core.prove.synced import compared_after_sync
from whydrift.core.remedy.application_patch import patch_of
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.text.diff import unified
from whydrift.errors import NotComparable
from whydrift.ports import NotRead
from whydrift.usecases.drafts import Draft

FILES_ALONE = frozenset({"files", "needsSync", "prune"})
"""What is said of a fix that is a folder of the application's own files."""
LATER = ": whatever changes later"
RESPECTS = "RespectIgnoreDifferences=true"


async def disagreements(made: Made, stated: Proven) -> list[str]:
    """All of them."""
    draft = made.drafts[stated.name]
    offers = made.offers(draft)
    fixed = [each async for each in _fixed(made, stated, draft)]
    alike = stated.fixed is not None and not any(each.startswith("[fixed]") for each in fixed)
    found = [*_places(stated, offers), *_rules(stated, draft, offers), *_ruled(draft, offers), *_unsafe(offers)]
    found += [] if alike else _edits(stated, offers)
    return [*found, *fixed, *[each async for each in _wrong_places(made, stated, draft)]]


def _edits(stated: Proven, offers: list[Offer]) -> Iterator[str]:
    """Lines of the proven edit that no edit of the plan holds; asked only where both do not render the same."""
    lines = {line for offer in offers if offer.edit is not None for line in _lines(unified(offer.edit))}
    for label in stated.labels:
        missing = [line for line in _lines(text(label, "edit")) if line not in lines]
        if missing:
            yield f"[edit] {_named(label)}: {missing}"


def _places(stated: Proven, offers: list[Offer]) -> Iterator[str]:
    """Edits in places that do nothing, or too much without saying so."""
    for label in stated.labels:
        for offer in _meant(label, offers):
            where = offer.edit.where if offer.edit is not None else ""
            if where in items(label, "decoys"):
                yield f"[decoys] {_named(label)}: {where}"
            if where in items(label, "wider") and not (offer.proof is not None and offer.proof.wider):
                yield f"[wider] {_named(label)}: {where}"


def _lines(diff: str) -> list[str]:
    """The lines that a diff takes away and adds; how they are indented and quoted does not count."""
    found = [line for line in diff.splitlines() if line[:1] in ("+", "-") and line[:3] not in ("+++", "---")]
    return ["".join(line.split()).replace('"', "") for line in found if line[1:].strip()]


def _rules(stated: Proven, draft: Draft, offers: list[Offer]) -> Iterator[str]:
    """Rules that are not proven, or hide more than the one that was; and options that it had and they have not."""
    wanted = items(stated.fix, "app", "syncOptions")
    for label in stated.labels:
        rules = [rule for rule in items(label, "rule", "ignoreDifferences") or [label.get("rule")] if is_object(rule)]
        for offer in _meant(label, offers) if rules else ():
            mine, at = offer.group.choice.rule, f"[rule] {_named(label)}"
            if mine is None or offer.proof is None or offer.proof.why_not:
                yield f"{at}: {offer.group.choice.kind.value}, {offer.proof.why_not if offer.proof else 'no proof'}"
                continue
            theirs = [_hidden(draft, offer, rule) for rule in rules]
            if not any(_is_within(_hidden(draft, offer, mine), wide) for wide in theirs):
                yield f"{at}: {mine} hides more than {rules}"
            if RESPECTS in wanted and RESPECTS not in offer.group.choice.options:
                yield f"{at}: without {RESPECTS}"


def _ruled(draft: Draft, offers: list[Offer]) -> Iterator[str]:
    """What still shows once the Application says all that is offered for it: rules close together what each is for."""
    mine = [offer for offer in offers if offer.group.choice.kind is RemedyKind.IGNORE and offer.proof is not None]
    patch = patch_of(draft.application, [offer.group.choice for offer in mine])
    raw = json_merge.apply(patch, draft.application.raw)
    snapshot = replace(draft.situation.snapshot, application=Application(raw, draft.application.instance))
    then = replace(draft.situation, snapshot=snapshot)
    for offer in mine:
        item = offer.item
        if not why_not_calibrated(item, draft.situation):
            terms = replace(terms_of(item, then), server_side=False)
            left = compared_again(item.key, item.target, item.live, terms, then, None).shown
            names = names_of(item.key, offer.group.differences, item.target, item.live)
            yield from (f"[ruled] {name} still shows" for name in names if name in left)


def _hidden(draft: Draft, offer: Offer, rule: JsonObject) -> tuple[str, ...]:
    proof = prove_rule(draft.situation, trial_of(rule), offer.item.key, offer.group.differences)
    return tuple(name.removesuffix(LATER) for name in proof.hides if name.endswith(LATER))


def _is_within(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    return bool(mine) and all(any(name.startswith(wide) for wide in theirs) for name in mine)


def _unsafe(offers: list[Offer]) -> Iterator[str]:
    """Edits without a proof, and drops that a sync makes dangerous and that do not say so (measured.md 19, 33, 54)."""
    for offer in offers:
        choice = offer.group.choice
        if offer.edit is not None and offer.group.edited and choice.kind is not RemedyKind.ASK:
            why = offer.proof.why_not if offer.proof is not None else "not tried"
            if why:
                yield f"[unproven] {offer.item.key} {choice.kind.value}: {why}"
        if choice.kind is RemedyKind.GIT_DROP and "ServerSideApply=true" not in offer.application.sync_options:
            for at in (pointer(change.path) for change in offer.group.changes if change.value is ABSENT):
                rolls = at.startswith("/spec/template/metadata/annotations") and choice.safety.value == "safe"
                if rolls or at.endswith(("/replicas", "/caBundle")):
                    yield f"[unsafe] {offer.item.key} {at}"


async def _wrong_places(made: Made, stated: Proven, draft: Draft) -> AsyncIterator[str]:
    """Folders with an edit that does nothing, and that a proof takes for the fix of something."""
    before = await made.bench.renders(draft).before(draft.situation) if stated.not_fixed else {}
    for folder in stated.not_fixed:
        after = await _as_folder(made, draft, folder)
        if isinstance(before, NotRead) or isinstance(after, NotRead):
            yield f"[not_fixed] {folder.name}: {before if isinstance(before, NotRead) else after}"
            continue
        decoyed = [label for label in stated.labels if items(label, "decoys")]
        labelled = [offer for label in decoyed for offer in _meant(label, made.offers(draft))]
        for offer in (offer for offer in labelled if offer.group.changes):
            if not _proof(draft, offer, before, after).why_not:
                yield f"[not_fixed] {folder.name} is taken for the fix of {offer.item.key}"


def _proof(draft: Draft, offer: Offer, before: Rendered, after: Rendered) -> Proof:
    group = offer.group
    return prove_edit(draft.situation, group.key, group.differences, group.changes, before, after)


async def _fixed(made: Made, stated: Proven, draft: Draft) -> AsyncIterator[str]:
    """Objects that the plan renders otherwise than the fix does, and verdicts on the fix that are not the servers'."""
    if stated.fixed is None:
        return
    fix = await _as_folder(made, draft, stated.fixed)
    mine = await made.rendered(draft, made.edits(draft))
    if isinstance(fix, NotRead) or isinstance(mine, NotRead):
        yield f"[fixed] {fix if isinstance(fix, NotRead) else mine}"
        return
    for key in dict.fromkeys((*fix, *mine)):
        if not same(fix.get(key, ABSENT), mine.get(key, ABSENT)):
            yield f"[fixed] {key} is rendered otherwise"
    for item in draft.situation.snapshot.objects or ():
        if set(stated.fix) <= FILES_ALONE and not why_not_calibrated(item, draft.situation):
            for each in _misjudged(stated, draft, item, fix):
                yield each


def _misjudged(stated: Proven, draft: Draft, item: ObjectSnapshot, fix: Rendered) -> Iterator[str]:
    """Where comparing again with the fix in place, or after its sync, says otherwise than the real servers said."""
    target, terms = fix.get(item.key, ABSENT), terms_of(item, draft.situation)
    at_once, synced = (stated.verdicts(when).get(item.key) for when in ("fixed-at-once", "fixed"))
    try:
        alone = replace(terms, server_side=False)
        then = compared_again(item.key, target, served_in(item.live, target), alone, draft.situation, None)
        if at_once and bool(then.shown) != (at_once == "OutOfSync"):
            yield f"[at once] {item.key} is {at_once}, compared again: {then.shown}"
        if synced and is_object(target):
            after = compared_after_sync(draft.situation, item, target, terms)
            if bool(after.shown) != (synced == "OutOfSync"):
                yield f"[synced] {item.key} is {synced}, foreseen: {after.shown}"
    except NotComparable as error:
        yield f"[compared] {item.key}: {error}"


async def _as_folder(made: Made, draft: Draft, folder: Path) -> Rendered | NotRead:
    edits = await made.as_folder(draft, folder)
    return edits if isinstance(edits, NotRead) else await made.rendered(draft, edits)


def _meant(label: JsonObject, offers: list[Offer]) -> Iterator[Offer]:
    """The offers for what a label is about."""
    for offer in offers:
        key, path = offer.item.key, text(label, "path")
        right = key.id == label["object"] and label.get("namespace", key.namespace) == key.namespace
        if right and any(_meets(difference.pointer, path) for difference in offer.group.differences):
            yield offer


def _meets(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}/") or (bool(one) and other.startswith(f"{one}/"))


def _named(label: JsonObject) -> str:
    return f"{text(label, 'object')} {text(label, 'path')}"
