"""Remedies in the words of the answer (design/answer.md)."""

from __future__ import annotations

import msgspec

from whydrift.core.model.remedy import Proof, Remedy, Safety
from whydrift.core.model.triage import ProofAnswer, RemedyAnswer
from whydrift.core.remedy.text.diff import unified


def remedy_answer(remedy: Remedy) -> RemedyAnswer:
    """A remedy as it is told; what looks secret in its edit is masked, and what changes more is looked at first."""
    choice, edit = remedy.choice, remedy.edit
    wide = edit is not None and remedy.proof is not None and bool(remedy.proof.wider)
    return RemedyAnswer(
        kind=choice.kind,
        safety=Safety.UNSAFE if wide and choice.safety is Safety.SAFE else choice.safety,
        why=choice.why,
        how=edit.how if edit else msgspec.UNSET,
        where=remedy.where,
        repo=edit.repo if edit else "",
        edit=unified(edit) if edit else "",
        rule=msgspec.UNSET if choice.rule is None else dict(choice.rule),
        options=choice.options,
        proof=msgspec.UNSET if remedy.proof is None else _proof(remedy.proof),
        instead=tuple(f"{other.kind.value}: {other.why}" for other in choice.instead),
    )


def _proof(proof: Proof) -> ProofAnswer:
    return ProofAnswer(
        closes=proof.closes, leaves=proof.leaves, hides=proof.hides, wider=proof.wider, why_not=proof.why_not
    )
