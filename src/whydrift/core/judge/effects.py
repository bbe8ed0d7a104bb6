"""Predicted changes → effects: what a sync would do to one object, in words that people use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from whydrift.core.compare.differences import SERVER_OWNED, Change, changes
from whydrift.core.compare.typed.remarshal import remarshal_value
from whydrift.core.compare.typed.table import TypeTable
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.raised import REPLICAS
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.versions import Image, is_newer_tag
from whydrift.core.judge.bands import band_after
from whydrift.core.judge.budgets import budgets_told
from whydrift.core.judge.dangers import danger, falls_to_default
from whydrift.core.judge.load import load_after
from whydrift.core.judge.losses import Judged, Worth, judged
from whydrift.core.judge.predict import Predicted
from whydrift.core.judge.situation import Situation
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path, for_people, pointer, starts_with
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, MaybeJson, child, same, text
from whydrift.errors import NotComparable

TEMPLATE: Path = ("spec", "template")
ROLLING = frozenset(
    {
        ("apps", "Deployment"),
        ("apps", "StatefulSet"),
        ("apps", "DaemonSet"),
        ("argoproj.io", "Rollout"),
        ("apps.openshift.io", "DeploymentConfig"),
        ("apps.kruise.io", "CloneSet"),
    }
)
"""Kinds whose pods restart when their template changes."""
_SHOWN = 3


def changes_of(predicted: Predicted) -> tuple[Change, ...]:
    """What a sync changes in an object, without what only the server writes."""
    found = changes(predicted.before, predicted.after)
    told = (c for c in found if not any(starts_with(c.left, place) for place in SERVER_OWNED))
    return tuple(c for c in told if not _is_one_empty(c))


def _is_one_empty(change: Change) -> bool:
    """Whether a list or map is null before and empty after, or the reverse: what is stored is the same (protobuf)."""
    sides = (change.on_left, change.on_right)
    return None in sides and all(side is None or side == [] or side == {} for side in sides)


def effects_of(
    item: ObjectSnapshot, predicted: Predicted, found: tuple[Change, ...], situation: Situation
) -> tuple[Effect, ...]:
    """The effects of a sync on an object that is there and is applied."""
    each = judged(found, item, predicted, situation)
    rolls = _rolls(item.key, predicted, each, situation.knowledge.types)
    noisy = rolls and not any(_in_template(j.change) and j.worth is Worth.WANTED for j in each)
    effects = [_effect(item, predicted, j, situation, noisy) for j in each]
    restart = [_restart(situation.subject(item), predicted, each, noisy)] if rolls else []
    return (*_grouped(effects), *restart)


def _in_template(change: Change) -> bool:
    return starts_with(change.left, TEMPLATE) or starts_with(change.right, TEMPLATE)


def _rolls(key: ObjectKey, predicted: Predicted, each: Sequence[Judged], types: TypeTable) -> bool:
    """Whether pods are made anew: what stays of the template differs, as the kind's controller reads it."""
    if key[:2] not in ROLLING:
        return False
    staying = [j for j in each if _in_template(j.change) and j.worth is not Worth.RETURNS]
    return bool(staying) and not _one_template(predicted, types)


def _one_template(predicted: Predicted, types: TypeTable) -> bool:
    """Whether both templates are one pod template in two spellings: a Rollout's controller compares them so."""
    before, after = (child(side, *TEMPLATE) for side in (predicted.before, predicted.after))
    try:
        return same(*(_encoded(template, types) for template in (before, after)))
    except NotComparable:
        return same(before, after)


def _encoded(template: MaybeJson, types: TypeTable) -> MaybeJson:
    return template if template is ABSENT else remarshal_value(template, "core/v1/PodTemplateSpec", types)


def _effect(item: ObjectSnapshot, predicted: Predicted, j: Judged, situation: Situation, noisy: bool) -> Effect:
    change, paths = j.change, (_pointer(j.change),)
    says = f"{_says(change, predicted)}{_load(item, change, situation)}"
    if j.worth is Worth.RETURNS:
        return Effect(
            item.key, Does.NOTHING, f"{_field(change, predicted)}: the webhook writes the same again", True, paths
        )
    if j.worth is Worth.LOST:
        does = _does(change)
        told = f"{says}{f': {j.why}' if j.why and not j.cause else ''}"
        return Effect(item.key, does, told, False, paths, j.cause)
    feared = danger(item.key, change) or falls_to_default(change, item.target)
    if feared and j.worth is Worth.WANTED:
        return Effect(item.key, _does(change), f"{says}: {feared}", False, paths, j.cause)
    safe = not (noisy and _in_template(change))
    return Effect(item.key, _does(change), says, safe, paths, "" if safe else j.cause)


def _load(item: ObjectSnapshot, change: Change, situation: Situation) -> str:
    """What another number of pods means: for the autoscaler, and for each of them."""
    if change.left != REPLICAS:
        return ""
    subject = situation.subject(item)
    return f"{band_after(subject, change)}{load_after(subject, change)}"


def _restart(subject: Subject, predicted: Predicted, each: Sequence[Judged], noisy: bool) -> Effect:
    within = [j for j in each if _in_template(j.change)]
    lost = [j for j in within if j.worth is Worth.LOST]
    number = child(predicted.after, *REPLICAS)
    pods = f"its {number} pods" if isinstance(number, int) and number > 1 else "its pods"
    why = " for a change that means nothing" if noisy and not lost else ""
    cause = lost[0].cause if lost else within[0].cause if noisy else ""
    paths = tuple(_pointer(j.change) for j in within)
    at_once = ", all at once" if text(predicted.after, "spec", "strategy", "type") == "Recreate" else ""
    says = f"restarts {pods}{at_once}{why}{budgets_told(subject)}"
    return Effect(subject.key, Does.RESTART, says, not noisy and not lost, paths, cause)


def _does(change: Change) -> Does:
    if change.left == REPLICAS:
        return Does.SCALE
    if change.left[-1:] == ("image",) and isinstance(change.on_left, str) and isinstance(change.on_right, str):
        return _image(change.on_left, change.on_right)
    if change.on_right is ABSENT:
        return Does.REMOVE_KEY
    return Does.UPDATE if change.on_left is ABSENT or change.order else Does.OVERWRITE


def _image(live: str, after: str) -> Does:
    if is_newer_tag(live, after):
        return Does.DOWNGRADE
    return Does.UPGRADE if is_newer_tag(after, live) else Does.OVERWRITE


def _says(change: Change, predicted: Predicted) -> str:
    field = _field(change, predicted)
    if change.left == REPLICAS:
        return f"scales from {_number(change.on_left)} to {_number(change.on_right)}"
    if change.order:
        return f"{field}: puts the items in git's order"
    if change.on_right is ABSENT:
        return f"removes {field} ({quoted(change.on_left)})"
    if change.on_left is ABSENT:
        return f"sets {field} to {quoted(change.on_right)}"
    if change.left[-1:] == ("image",) and isinstance(change.on_left, str) and isinstance(change.on_right, str):
        return _says_of_image(field, change.on_left, change.on_right)
    return f"{field}: {quoted(change.on_left)} → {quoted(change.on_right)}"


def _says_of_image(field: str, live: str, after: str) -> str:
    """How versions change: of a digest alone nobody knows which version it is."""
    does, before, then = _image(live, after), Image.parse(live), Image.parse(after)
    if before.repository != then.repository:
        return f"{field}: {quoted(live)} → {quoted(after)}"
    if does is not Does.OVERWRITE:
        return (
            f"{'downgrades' if does is Does.DOWNGRADE else 'upgrades'} {field} from {before.version} to {then.version}"
        )
    bare = any(image.digest and not image.tag for image in (before, then))
    unknown = ": which version that digest is, is not known" if bare else ""
    return f"{field}: {before.version} → {then.version}{unknown}"


def _number(value: MaybeJson) -> str:
    return "1" if value is ABSENT else str(value)


def _field(change: Change, predicted: Predicted) -> str:
    if change.on_left is ABSENT:
        return for_people(change.right, predicted.after)
    return for_people(change.left, predicted.before)


def _pointer(change: Change) -> str:
    return pointer(change.left if change.on_left is not ABSENT else change.right)


def _grouped(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Effects of one object that do the same for the same reason, told together."""
    kind = lambda e: (e.does.value, e.safe, e.loses)  # noqa: E731 - a key for sorting and grouping
    return tuple(_one(list(alike)) for _, alike in groupby(sorted(effects, key=kind), key=kind))


def _one(alike: list[Effect]) -> Effect:
    first = alike[0]
    more = f"; {len(alike) - _SHOWN} more" if len(alike) > _SHOWN else ""
    says = "; ".join(effect.says for effect in alike[:_SHOWN]) + more
    paths = tuple(path for effect in alike for path in effect.paths)
    return Effect(first.key, first.does, says, first.safe, paths, first.loses)
