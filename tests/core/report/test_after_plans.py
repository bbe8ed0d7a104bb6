"""What became of a plan, looks held against each other, and the page for the follow-up."""

from __future__ import annotations

import sys

import msgspec
import pytest

from tests.core.remedy.offered import adopted, offer
from tests.core.report.answers import an_object, application, difference, read
from tests.core.report.test_plans import HOSTILE, plan
from whydrift.core.model.plan import ObjectRef, Plan, ProofStep, Step
from whydrift.core.model.remedy import Choice, RemedyKind, Safety
from whydrift.core.model.triage import ApplicationAnswer, UnmaskedAnswer
from whydrift.core.model.trouble import Category, SaidBy
from whydrift.core.report.looks import Look, exit_code_of, tallied, tally_text
from whydrift.core.report.postmortem import postmortem
from whydrift.core.report.verification import (
    Became,
    FieldVerified,
    StepVerified,
    Verification,
    verification_text,
    verified,
)
from whydrift.core.report.words import Ink

ASK = Choice(RemedyKind.ASK, "somebody has to decide", Safety.MANUAL)


def named(*applications: ApplicationAnswer) -> dict[str, ApplicationAnswer]:
    """Applications by their name, as verify finds them."""
    return {f"{each.namespace}/{each.name}": each for each in applications}


def adopting() -> Plan:
    """A plan that takes live's 5 over into git."""
    return plan(adopted())


@pytest.mark.parametrize(
    ("now", "became"),
    [
        (application(an_object()), "left"),
        (application(an_object(), sync="Synced"), "left"),
        (application(an_object(difference("spec.paused"))), "converged"),
        (application(an_object(difference(target=5, live=7))), "returned"),
        (application(an_object(difference(target=3, live=9))), "returned"),
        (application(an_object(namespace="other")), "converged"),
        (application(not_read="HTTP 403"), "not-read"),
        (application(name="other"), "not-read"),
    ],
)
def test_what_became_of_a_field(now: ApplicationAnswer, became: Became) -> None:
    """Gone, still there, there although git says what was wanted, there with another value, or not read."""
    held = plan(adopted())
    held = msgspec.structs.replace(held, steps=(_of(held.steps[0], target=3, live=5),))
    steps = verified(held, named(now))
    assert [step.became for step in steps] == [became]
    found = Verification(plan="plan.json", read=read(), steps=steps)
    assert found.exit_code == {"converged": 0, "left": 1, "returned": 1, "not-read": 3}[became]


def _of(step: Step, target: int, live: int) -> Step:
    field = msgspec.structs.replace(step.fields[0], target=target, live=live, wanted=live)
    return msgspec.structs.replace(step, fields=(field,))


def test_what_somebody_has_to_decide_is_not_verified() -> None:
    """Nothing was promised."""
    assert verified(plan(offer(ASK)), named(application())) == ()


def mending() -> Plan:
    """A plan with a step about something broken."""
    step = Step(
        id="1", kind="commit", remedy=RemedyKind.GIT_DROP, title="drop x", why="404", causes=("config-invalid",),
        applications=("argocd/shop",), safety=Safety.UNSAFE, proof=ProofStep(),
        objects=(ObjectRef(id="apps/Deployment/web", namespace="shop"),),
    )  # fmt: skip
    return msgspec.structs.replace(plan(), steps=(step,))


def broken(object_: str = "apps/Deployment/web", category: Category = Category.CONFIG_INVALID) -> UnmaskedAnswer:
    """Something broken now."""
    return UnmaskedAnswer(
        object=object_, namespace="shop", state="CrashLoopBackOff", category=category, container="web", restarts=3,
        since="", line="", said_by=SaidBy.LOG, pods=(), of=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("troubles", "became"),
    [
        ((broken(),), "left"),
        ((), "converged"),
        ((broken("apps/Deployment/api"),), "converged"),
        ((broken(category=Category.OUT_OF_MEMORY),), "converged"),
        (msgspec.UNSET, "not-read"),
    ],
)
def test_what_became_of_something_broken(
    troubles: tuple[UnmaskedAnswer, ...] | msgspec.UnsetType, became: Became
) -> None:
    """Only a look behind the noise can tell; without one nothing is said to be mended."""
    now = msgspec.structs.replace(application(sync="Synced"), unmasked=troubles)
    assert [step.became for step in verified(mending(), named(now))] == [became]


@pytest.mark.parametrize("words", HOSTILE)
def test_pages_of_verify_tally_and_postmortem_are_harmless(words: str) -> None:
    """Whatever a value or a title holds."""
    now = application(an_object(difference(live=words)))
    held = plan(adopted(why=words))
    held = msgspec.structs.replace(held, steps=(msgspec.structs.replace(held.steps[0], title=words),))
    found = Verification(plan="plan.json", read=read(), steps=verified(held, named(now)))
    looks = tallied([Look(words, [now]), Look("now", [now])])
    for page in (verification_text(found, Ink()), tally_text(looks, Ink()), postmortem(held, found)):
        assert not {"\x1b", "\r", "\u202e"} & set(page)
        assert not any(line.startswith(("From nobody", "diff --git", "X-Evil")) for line in page.splitlines())


def look(*names: str, not_read: str = "") -> Look:
    """A look that found one difference for each field."""
    found = [an_object(*(difference(name) for name in names))] if names else []
    return Look("x", [application(*found, not_read=not_read, sync="OutOfSync" if names else "Synced")])


def test_a_tally_tells_fixed_new_returned_and_left_apart() -> None:
    """Three looks: what was gone in between and is there again has returned."""
    found = tallied([look("a", "b", "c"), look("a", "d"), look("a", "b", "e")])
    rows = (found.fixed, found.new, found.returned, found.residual, found.unknown)
    assert [[row.field for row in each] for each in rows] == [["c"], ["e"], ["b"], ["a"], []]
    assert exit_code_of(found) == 1


def test_what_was_not_read_is_never_fixed() -> None:
    """Nor what is not there any more: an application that vanished."""
    unread = tallied([look("a"), Look("now", [application(not_read="HTTP 403")])])
    vanished = tallied([look("a"), Look("now", [])])
    assert [len(each.unknown) for each in (unread, vanished)] == [1, 1] and not unread.fixed and not vanished.fixed
    assert exit_code_of(unread) == 3


def test_a_postmortem_names_who_what_and_what_is_open() -> None:
    """By hand, taken over, and still to be decided."""
    page = postmortem(plan(adopted(), offer(ASK)), None)
    assert "## Changed beside git" in page and "`/spec/replicas`" in page and "| `2` | `5` |" in page
    assert "## Taken over into git\n\n- `argocd/shop`" in page
    assert "- [ ] decide: spec.replicas of Deployment/web in argocd/shop: somebody has to decide" in page


def test_a_postmortem_of_nothing_says_so() -> None:
    """No section is silent."""
    page = postmortem(plan(), None)
    assert "Nothing was changed by hand." in page and "Nothing is open." in page


def test_what_is_left_is_not_cut_in_a_pipe_and_names_what_to_do() -> None:
    """Who wrote it stands at the end of a line."""
    [about] = plan(adopted()).steps[0].fields
    field = FieldVerified(field=about, became="returned", live="v" * 200, by="kubectl-edit")
    step = StepVerified(id="1", title="adopt " + "x" * 120, became="returned", fields=(field,))
    found = Verification(plan="my plan.json", read=read(), steps=(step,))
    page = verification_text(found, Ink(), sys.maxsize)
    assert "x" * 120 in page and "v" * 200 in page and "kubectl-edit wrote it" in page and "…" not in page
    assert "kubectl-edit wrote it" in " ".join(verification_text(found, Ink(), 80).split())
    assert page.splitlines()[-1] == "Next: whydrift explain argocd/shop   what wrote it again"
    left = msgspec.structs.replace(found, steps=(msgspec.structs.replace(step, became="left", fields=()),))
    assert verification_text(left, Ink()).splitlines()[-1].startswith("Next: whydrift apply 'my plan.json'")


def test_a_plan_of_questions_has_nothing_to_verify() -> None:
    """It does not look like success."""
    assert "Nothing to verify" in verification_text(Verification(plan="p", read=read(), steps=()), Ink())


@pytest.mark.parametrize(
    ("closes", "target", "live", "became", "waits"),
    [
        ("web spec.replicas (after a sync)", 5, 4, "left", True),
        ("web spec.replicas (after a sync)", 5, 7, "returned", False),
        ("web spec.replicas (after a sync)", 3, 4, "left", False),
        ("web spec.replicas", 5, 4, "returned", False),
    ],
)
def test_what_needs_a_sync_is_not_back_before_it(
    closes: str, target: int, live: int, became: Became, waits: bool
) -> None:
    """The edit is merged, and Argo CD still shows what only a sync closes: it is left, and waits for that."""
    held = plan(adopted())
    field = msgspec.structs.replace(held.steps[0].fields[0], target=3, live=4, wanted=5)
    step = msgspec.structs.replace(held.steps[0], proof=ProofStep(closes=(closes,)), fields=(field,))
    [found] = verified(
        msgspec.structs.replace(held, steps=(step,)),
        named(application(an_object(difference(target=target, live=live)))),
    )
    assert (found.became, found.fields[0].waits) == (became, waits)
    page = verification_text(Verification(plan="plan.json", read=read(), steps=(found,)), Ink())
    assert ("Next: argocd app sync argocd/shop" in page) is waits
