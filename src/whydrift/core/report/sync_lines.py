"""What a sync would do, in lines: one effect after the words "a sync", and what it does at one difference."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from whydrift.core.model.effect import WORST_FIRST, Does
from whydrift.core.model.triage import ApplicationAnswer, DifferenceAnswer, EffectAnswer, ObjectAnswer, SyncAnswer
from whydrift.core.report.words import plain

RESTARTED = re.compile(r"restarts its (\d+ )?pods")


def told(effect: EffectAnswer) -> str:
    """An effect with its object, after "a sync"."""
    _, kind, name = effect.object.split("/", 2)
    named, says = f"{plain(kind)}/{plain(name)}", plain(effect.says)
    if f"{plain(kind)} " in says or (kind == "Application" and not effect.paths):
        return says
    match effect.does:
        case Does.SCALE:
            return says.replace("scales ", f"scales {named} ", 1)
        case Does.RESTART:
            return RESTARTED.sub(rf"restarts the \1pods of {named}", says, count=1)
        case Does.FAIL:
            return says.replace("fails", f"fails on {named}", 1)
        case _:
            return f"changes {named}: {says}"


def hurting(application: ApplicationAnswer) -> list[EffectAnswer]:
    """The effects that take something away, those that are known first."""
    if isinstance(application.sync, msgspec.UnsetType):
        return []
    unsafe = [effect for effect in application.sync.effects if not effect.safe]
    return sorted(unsafe, key=lambda effect: WORST_FIRST.index(effect.does))


def losing(application: ApplicationAnswer) -> list[EffectAnswer]:
    """The effects of which it is known what is lost by them, but for what somebody decided to live with."""
    return [e for e in hurting(application) if isinstance(e.loses, str) and not _is_accepted(application, e)]


def differences_about(application: ApplicationAnswer, effect: EffectAnswer) -> list[DifferenceAnswer]:
    """The differences that an effect is about."""
    objects = () if isinstance(application.objects, msgspec.UnsetType) else application.objects
    return [
        difference
        for item in objects
        if (item.id, item.namespace) == (effect.object, effect.namespace)
        for difference in item.differences
        if any(related(difference.path, path) for path in effect.paths)
    ]


def _is_accepted(application: ApplicationAnswer, effect: EffectAnswer) -> bool:
    """Whether every difference that an effect is about is accepted."""
    about = differences_about(application, effect)
    return bool(about) and not any(isinstance(each.accepted, msgspec.UnsetType) for each in about)


def failing(application: ApplicationAnswer) -> list[EffectAnswer]:
    """The effects that are refused, where Argo CD could compare: what it could not is told elsewhere."""
    if isinstance(application.sync, msgspec.UnsetType) or application.agrees == "not-compared":
        return []
    return [effect for effect in application.sync.effects if effect.does is Does.FAIL]


def at_difference(item: ObjectAnswer, difference: DifferenceAnswer, sync: SyncAnswer) -> str:
    """What a sync does at one difference, in a line; "" where nothing is foreseen for its object."""
    return at_place((item.id, item.namespace), difference.path, sync)


def at_place(item: tuple[str, str], path: str, sync: SyncAnswer) -> str:
    """The same of a place in an object, by its id and namespace."""
    here = [e for e in sync.effects if (e.object, e.namespace) == item]
    failing = [e.says for e in here if e.does is Does.FAIL]
    if failing:
        return plain(failing[0])
    touching = [e for e in here if any(related(changed, path) for changed in e.paths)]
    acting = [e for e in touching if e.does is not Does.NOTHING]
    if acting:
        return plain("; ".join(dict.fromkeys(e.says for e in acting)))
    leaves = "leaves it as it is"
    return f"changes nothing: it would come back. {sync_status(sync)}" if touching else leaves if path else ""


def sync_status(sync: SyncAnswer) -> str:
    """What Argo CD says afterwards."""
    return "Synced afterwards" if sync.converges else "OutOfSync again afterwards"


def beside(application: ApplicationAnswer, items: Iterable[ObjectAnswer]) -> list[EffectAnswer]:
    """The effects on objects that no difference is told of."""
    if isinstance(application.sync, msgspec.UnsetType):
        return []
    shown = {(item.id, item.namespace) for item in items}
    return [
        effect
        for effect in application.sync.effects
        if (effect.object, effect.namespace) not in shown and effect.does is not Does.NOTHING
    ]


def related(one: str, other: str) -> bool:
    """Whether one JSON pointer is the other, or above or below it."""
    return one == other or not one or not other or one.startswith(f"{other}/") or other.startswith(f"{one}/")
