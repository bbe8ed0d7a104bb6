"""When a sync that would lose something counts: in the exit code, the summary, and JUnit."""

from __future__ import annotations

import msgspec
import pytest

from tests.core.report.answers import an_object, application, difference, read
from whydrift.core.model.effect import Does
from whydrift.core.model.explanation import Side
from whydrift.core.model.triage import AcceptedAnswer, ApplicationAnswer, DifferenceAnswer, EffectAnswer, SyncAnswer
from whydrift.core.report.html import html_document
from whydrift.core.report.junit import junit_document
from whydrift.core.report.tally import Tally, exit_code

SCALES = EffectAnswer(
    object="apps/Deployment/web",
    namespace="shop",
    does=Does.SCALE,
    says="scales from 5 to 3",
    safe=False,
    paths=("/spec/replicas",),
    loses="autoscaler-scales-replicas",
)
DOUBTFUL = msgspec.structs.replace(SCALES, loses=msgspec.UNSET)
ACCEPTED = AcceptedAnswer(reason="until the move", owner="Jo", until="2027-01-01")
OF_A_CONTROLLER = difference(cause="autoscaler-scales-replicas", side=Side.CONTROLLER)
USUAL = frozenset({"git", "cluster", "ask", "structure", "unexplained", "broken", "at-risk"})


def fleet(effect: EffectAnswer, *differences: DifferenceAnswer) -> ApplicationAnswer:
    """An application with these differences, whose sync has this effect."""
    sync = SyncAnswer(safe=effect.safe, converges=True, effects=(effect,), because="")
    return msgspec.structs.replace(application(an_object(*differences)), sync=sync)


def code(answered: ApplicationAnswer, fail_on: frozenset[str] = USUAL) -> int:
    """The exit code of a scan of one application."""
    tally = Tally()
    tally.add(answered)
    assert tally.summary().at_risk == ("at-risk" in tally.found())
    return exit_code(tally, (), fail_on)


def failures(answered: ApplicationAnswer, fail_on: frozenset[str] = USUAL) -> int:
    """How many cases of JUnit fail."""
    return "".join(junit_document([answered], read(), fail_on)).count("<failure ")


def test_what_nobody_would_miss_is_no_risk() -> None:
    """What is safe, not known to lose anything, refused, or lived with."""
    accepted = msgspec.structs.replace(difference(), accepted=ACCEPTED)
    for calm in (
        fleet(msgspec.structs.replace(DOUBTFUL, safe=True), OF_A_CONTROLLER),
        fleet(DOUBTFUL, OF_A_CONTROLLER),
        fleet(msgspec.structs.replace(DOUBTFUL, does=Does.UNKNOWN), OF_A_CONTROLLER),
        fleet(msgspec.structs.replace(DOUBTFUL, does=Does.FAIL, safe=True), OF_A_CONTROLLER),
        fleet(SCALES, accepted),
        application(an_object(OF_A_CONTROLLER)),
    ):
        assert (code(calm), failures(calm)) == (0, 0)


def test_a_sync_that_would_lose_something_needs_attention() -> None:
    """Also what a controller wrote; not only what is lived with is lost here; --fail-on decides."""
    accepted = msgspec.structs.replace(difference("spec.paused"), accepted=ACCEPTED)
    for hurt in (fleet(SCALES, OF_A_CONTROLLER), fleet(SCALES, OF_A_CONTROLLER, accepted)):
        assert (code(hurt), failures(hurt)) == (1, 1)
        assert (code(hurt, USUAL - {"at-risk"}), failures(hurt, USUAL - {"at-risk"})) == (0, 0)


@pytest.mark.parametrize(("effect", "says"), [(SCALES, "a sync would lose something"), (DOUBTFUL, "nobody must act")])
def test_the_page_calls_nobody_s_business_only_what_a_sync_leaves(effect: EffectAnswer, says: str) -> None:
    """A controller's value needs nobody, until a sync takes it away."""
    made = fleet(effect, OF_A_CONTROLLER)
    tally = Tally()
    tally.add(made)
    assert f">{says}<" in "".join(html_document(lambda: iter((made,)), read(), tally.summary(), {}))
