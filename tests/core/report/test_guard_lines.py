"""What guard says would be lost: the evidence for it, and whom to ask."""

from __future__ import annotations

import msgspec

from tests.core.report.answers import an_object, application, difference
from whydrift.core.model.effect import Does
from whydrift.core.model.triage import ApplicationAnswer, AskAnswer, DifferenceAnswer, EffectAnswer, SyncAnswer
from whydrift.core.report.guard_text import guard_text
from whydrift.core.report.words import Ink

SCALES = EffectAnswer(
    object="apps/Deployment/web",
    namespace="shop",
    does=Does.SCALE,
    says="scales from 5 to 3",
    safe=False,
    paths=("/spec/replicas",),
    loses="person-edits-live",
)


def lines(*differences: DifferenceAnswer, effect: EffectAnswer = SCALES, namespace: str = "shop") -> list[str]:
    """What guard says below its verdict of an application with these differences, whose sync has this effect."""
    sync = SyncAnswer(safe=False, converges=True, effects=(effect,), because="")
    made: ApplicationAnswer = application(an_object(*differences, namespace=namespace))
    return [line.strip() for line in guard_text(msgspec.structs.replace(made, sync=sync), Ink()).splitlines()[1:]]


def test_another_difference_is_no_evidence_of_what_is_lost() -> None:
    """One of another field, of another cause, or of an object elsewhere: then only the cause is named."""
    named = ["loses: person-edits-live", "keep it: whydrift plan shop"]
    assert lines(difference(field="spec.paused")) == named
    assert lines(difference(cause="autoscaler-scales-replicas")) == named
    assert lines(difference(), namespace="elsewhere") == named


def test_nothing_is_lost_that_nobody_wants() -> None:
    assert lines(difference(), effect=msgspec.structs.replace(SCALES, loses=msgspec.UNSET)) == []


def test_what_is_lost_is_told_with_its_evidence_and_whom_to_ask() -> None:
    asks = AskAnswer(whom=("Jo Doe", "payments"), question="is 5 meant to stay?")
    told = "loses: kubectl set 5, git says 3 (person-edits-live)"
    keep = "keep it: whydrift plan shop"
    assert lines(difference()) == [told, keep]
    asked = msgspec.structs.replace(difference(), asks=asks)
    assert lines(asked) == [told, "ask Jo Doe, payments: is 5 meant to stay?", keep]
