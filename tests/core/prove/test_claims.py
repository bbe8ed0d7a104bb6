"""Of the differences of one object each offer claims its own, and what nobody else is for."""

from __future__ import annotations

from tests.core.remedy.offered import offer
from whydrift.core.model.remedy import Choice, Proof, RemedyKind
from whydrift.core.prove.claims import each_its_own

CHOICE = Choice(RemedyKind.GIT_SET, "a default")
A, B, SHADOW = (f"Deployment shop/web spec.{name}" for name in ("a", "b", "shadow"))


def test_an_offer_closes_its_own_and_what_no_other_is_for() -> None:
    """Proven together, each proof says that all of it goes."""
    proof = Proof(closes=(A, f"{B} (after a sync)", SHADOW))
    made = each_its_own([offer(CHOICE, paths=[("spec", name)], proof=proof) for name in ("a", "b")])
    assert [each.proof.closes for each in made if each.proof] == [(A, SHADOW), (f"{B} (after a sync)", SHADOW)]


def test_what_another_offer_closes_is_not_left() -> None:
    """Proven one by one, each proof leaves the other's; one that is not proven closes nothing."""
    one = offer(CHOICE, paths=[("spec", "a")], proof=Proof(closes=(A,), leaves=(B,)))
    other = offer(CHOICE, paths=[("spec", "b")], proof=Proof(closes=(B,), leaves=(A,)))
    refuted = offer(CHOICE, paths=[("spec", "b")], proof=Proof(closes=(B,), leaves=(A,), why_not="no helm"))
    assert [each.proof.leaves for each in each_its_own([one, other]) if each.proof] == [(), ()]
    assert [each.proof.leaves for each in each_its_own([one, refuted]) if each.proof] == [(B,), ()]
