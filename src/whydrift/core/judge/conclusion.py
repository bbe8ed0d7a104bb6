"""Effects → the forecast: the reason in a sentence, and what happens without anybody pressing."""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.judge.automatic import automatic
from whydrift.core.judge.situation import Situation
from whydrift.core.model.effect import WORST_FIRST, Does, Effect, Forecast


def concluded(effects: Iterable[Effect], converges: bool, situation: Situation) -> Forecast:
    """The forecast that these effects make."""
    told = tuple(effects)
    return Forecast(told, converges, _because(told, converges), automatic(told, situation))


def _because(effects: tuple[Effect, ...], converges: bool) -> str:
    unsafe = sorted((e for e in effects if not e.safe), key=lambda e: WORST_FIRST.index(e.does))
    if unsafe:
        more = f", and {len(unsafe) - 1} more" if len(unsafe) > 1 else ""
        return f"{_told(unsafe[0])}{more}"
    failing = [effect for effect in effects if effect.does is Does.FAIL]
    if failing:
        return _told(failing[0])
    if all(effect.does is Does.NOTHING for effect in effects):
        return "it changes nothing" if converges else "it changes nothing, and the difference stays"
    return "everything that it does is known, and nothing that anybody wrote is lost"


def _told(effect: Effect) -> str:
    named = f"{effect.key.kind} " in effect.says or (effect.key.kind == "Application" and not effect.paths)
    return effect.says if named else f"{effect.key.kind}/{effect.key.name}: {effect.says}"
