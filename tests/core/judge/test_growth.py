"""An application of ten thousand objects is judged like one of ten: nothing walks all of them once for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import pytest

from tests.core.judge.situations import Before, applied, config_map, deployment, knowledge, with_metadata
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.model.facts import Facts
from whydrift.core.model.values import JsonObject
from whydrift.core.pipeline import Analysis, ApplicationOutcome, calibrate, foresee, situation_of, with_reasons
from whydrift.core.remedy.chosen import chosen

T = TypeVar("T")


class Walked(tuple[T, ...]):
    """Things that count how often somebody goes through them."""

    times = 0

    def __iter__(self) -> Iterator[T]:
        Walked.times += 1
        return super().__iter__()


@pytest.mark.parametrize("step", ["forecast", "calibration", "reasons", "choices"])
def test_all_objects_are_gone_through_as_often_however_many_there_are(step: str) -> None:
    assert _walks(step, 3) == _walks(step, 9) > 0


def _walks(step: str, number: int) -> int:
    before = Before(tuple(pair for place in range(number) for pair in _pairs(str(place))), moved=True)
    facts, analysis = before._facts(), Analysis(CATALOGUE, knowledge())
    outcome = before._looked_at(facts)
    forecast = foresee(outcome, lambda key: facts, analysis)
    counted = replace(outcome.snapshot, objects=Walked(outcome.snapshot.objects or ()))
    outcome = replace(outcome, snapshot=counted, sync=replace(forecast, effects=Walked(forecast.effects)))
    Walked.times = 0
    _taken(step, outcome, facts, analysis)
    return Walked.times


def _taken(step: str, outcome: ApplicationOutcome, facts: Facts, analysis: Analysis) -> None:
    match step:
        case "forecast":
            foresee(outcome, lambda key: facts, analysis)
        case "calibration":
            calibrate(outcome, lambda key: facts, analysis)
        case "reasons":
            with_reasons(outcome, lambda key: facts, analysis)
        case _:
            found = tuple((each.object, each.findings) for each in outcome.objects)
            chosen(situation_of(outcome, lambda key: facts, analysis), found, outcome.sync)


def _pairs(place: str) -> Iterator[tuple[JsonObject, JsonObject]]:
    """A ConfigMap and a Deployment that somebody changed."""
    config = config_map(f"config-{place}", a="1")
    yield config, applied(config_map(f"config-{place}", a="2"), config)
    wanted = with_metadata(deployment(3), name=f"web-{place}")
    yield wanted, applied(with_metadata(deployment(5), name=f"web-{place}"), wanted)
