"""What steps are called: one line that says how much it is, and of whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.remedy.offered import PROVEN, adopted, application, edit, item, offer, own
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.plan import StepKind
from whydrift.core.model.remedy import Change, Choice, RemedyKind, Safety
from whydrift.core.model.values import ABSENT
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.titles import VERBS, title, why

ONE = adopted()
TWO = [ONE, adopted(edit(file="shop/api.yaml"))]
WIDE = offer(Choice(RemedyKind.GIT_SET, "a default"), paths=[("spec", "a"), ("spec", "b")], edits=edit())
RULE = offer(Choice(RemedyKind.IGNORE, "an autoscaler"), edits=own(), proof=PROVEN)
API = offer(Choice(RemedyKind.GIT_SET, "a default"), held=item({}, {}, ObjectKey("apps", "Deployment", "shop", "api")))
ELSEWHERE = offer(Choice(RemedyKind.GIT_SET, "a default"), of=application("billing"))
LONG = offer(Choice(RemedyKind.GIT_SET, "a default"), paths=[("spec", "a" * 80)])
ONE_OWNER = offer(Choice(RemedyKind.ONE_OWNER, "two claim it"), paths=[()])
PLACELESS = offer(Choice(RemedyKind.ADOPT, "somebody scaled it", changes=(Change(("spec", "replicas"), 5),)))
INSIDE = offer(
    Choice(RemedyKind.GIT_DROP, "an empty value is not taken", changes=(Change(("spec", "x"), ABSENT),)), paths=[()]
)
UNKNOWN = offer(Choice(RemedyKind.GIT_SET, "git needs another value", Safety.MANUAL), paths=[()])
SECRET = offer(Choice(RemedyKind.CHART_VALUE, "only somebody else knows it", Safety.MANUAL), paths=[("data", "p")])
NAMELESS = offer(
    Choice(RemedyKind.ANNOTATE, "as a hook"), held=item({}, ABSENT, ObjectKey("batch", "Job", "shop", "")), paths=[()]
)
WHOLE = offer(Choice(RemedyKind.ASK, "who wants it?"), paths=[()])


@pytest.mark.parametrize(
    ("kind", "batch", "said"),
    [
        ("commit", [ONE], "adopt spec.replicas of Deployment/web in argocd/shop"),
        ("commit", TWO, "adopt 2 fields of Deployment/web in argocd/shop"),
        ("commit", [WIDE], "pin 2 fields of Deployment/web in argocd/shop"),
        ("commit", [WIDE, API], "pin 3 fields of 2 objects in argocd/shop"),
        ("commit", [WIDE, ELSEWHERE], "pin 3 fields of 2 objects in 2 applications"),
        ("commit", [LONG], "pin 1 field of Deployment/web in argocd/shop"),
        ("commit", [ONE_OWNER], "leave to one owner: Deployment/web in argocd/shop"),
        ("application", [RULE], "ignore spec.replicas of Deployment/web in argocd/shop"),
        ("sync", TWO, "sync Deployment/web in argocd/shop"),
        ("sync", [ONE, API], "sync 2 objects in argocd/shop"),
        ("refresh", [ONE], "let Argo CD compare argocd/shop again"),
        ("delete", [WHOLE], "delete Deployment/web, which argocd/shop left behind, after a dump"),
        ("delete", [WHOLE, API], "delete 2 objects that argocd/shop left behind, each after a dump"),
        ("annotate", [WHOLE], "annotate Deployment/web in argocd/shop"),
        ("manual", [ONE], "by hand: spec.replicas of Deployment/web in argocd/shop"),
        ("commit", [INSIDE], "drop spec.x of Deployment/web in argocd/shop"),
        ("commit", [NAMELESS], "annotate Job/(no name) in argocd/shop"),
        ("ask", [UNKNOWN], "by hand: mend what git says, for Deployment/web in argocd/shop"),
        ("ask", [SECRET], "by hand: set a chart value for data.p of Deployment/web in argocd/shop"),
        ("ask", [PLACELESS], "by hand: adopt spec.replicas of Deployment/web in argocd/shop"),
        ("ask", [WHOLE], "decide: Deployment/web in argocd/shop"),
        ("ask", [WHOLE, ONE, *TWO], "decide: Deployment/web in argocd/shop, and 3 more"),
    ],
)
def test_a_title_says_how_much_of_whom(kind: StepKind, batch: list[Offer], said: str) -> None:
    """In the singular and in the plural."""
    assert title(kind, batch) == said


def test_every_remedy_that_is_carried_out_in_git_or_argo_cd_has_a_verb() -> None:
    """A kind that is shown as it is spelled would be no sentence."""
    apart = {RemedyKind.SYNC, RemedyKind.REFRESH, RemedyKind.GUARDED_DELETE, RemedyKind.OUT_OF_BAND}
    assert set(VERBS) == set(RemedyKind) - apart - {RemedyKind.NOTHING, RemedyKind.ASK}


def test_reasons_are_told_once_and_three_at_most() -> None:
    """A step may stand for a hundred fields."""
    batch = [replace(ONE, group=replace(ONE.group, choice=Choice(RemedyKind.ADOPT, f"because {n}"))) for n in range(5)]
    assert why("commit", [*batch[:1], *batch[:1]]) == "because 0"
    assert why("commit", batch) == "because 0; because 1; because 2 (2 more reasons)"


def test_an_edit_without_a_place_says_why_a_person_has_to_write_it() -> None:
    """Nobody should look for a decision where only the line is not known."""
    assert why("ask", [PLACELESS]) == "the files in git were not read: somebody scaled it"
    assert why("ask", [ONE]) == "its lines hold what looks like a secret, which is not shown: somebody scaled it"
    assert why("ask", [WHOLE]) == "who wants it?"
