"""Waves of a sync that fails: what comes before the failure is applied, what comes after it is not reached.

Source: gitops-engine pkg/sync/sync_context.go (Sync, runTasks): the tasks of one phase and wave run together, the next
ones only when all of them succeeded; a failing sync is partial (reference/measured.md 50).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from whydrift.core.compare.hooks import PHASES, phases, wave
from whydrift.core.judge.situation import Situation
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import JsonObject, is_object

Turn = tuple[int, int]
"""Phase and wave."""


def in_their_order(
    effects: Iterable[Effect], hooks: Mapping[ObjectKey, JsonObject], situation: Situation
) -> tuple[Effect, ...]:
    """The effects, of which those say so that a failing sync does not reach; `hooks` are what it runs.

    They stay as unsafe as they are: what makes the sync fail may be gone by the time that somebody presses.
    """
    told = tuple(effects)
    if not any(effect.does is Does.FAIL for effect in told):
        return told
    stated = {item.key: item.target for item in situation.snapshot.objects or () if is_object(item.target)}
    turns = {key: turn_of(manifest) for key, manifest in {**stated, **hooks}.items() if is_object(manifest)}
    failing = min((turns[e.key] for e in told if e.does is Does.FAIL and e.key in turns), default=None)
    if failing is None:
        return told
    return tuple(_reached(effect, turns.get(effect.key), failing) for effect in told)


def turn_of(manifest: JsonObject) -> Turn:
    """When a sync applies an object."""
    own = phases(manifest)
    return (PHASES.index(own[0]) if own else 1, wave(manifest))


def _reached(effect: Effect, turn: Turn | None, failing: Turn) -> Effect:
    if turn is None or turn <= failing or effect.does in (Does.NOTHING, Does.FAIL):
        return effect
    place = f"wave {failing[1]}" if turn[0] == failing[0] else f"the phase {PHASES[failing[0]]}"
    return replace(effect, says=f"{effect.says}, which is not reached while {place} fails")
