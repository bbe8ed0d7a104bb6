"""The last look at a plan before it is written: sentences and URLs in it lose the secrets that they quote."""

from __future__ import annotations

import msgspec

from whydrift.core.model.plan import Plan, ProofStep, Step
from whydrift.core.model.secrets import Masker


def shielded_plan(plan: Plan, masker: Masker) -> Plan:
    """A plan without secrets. Diffs were checked where they were made: one that would hold a secret is not offered."""
    return msgspec.structs.replace(
        plan,
        source=masker.text(plan.source),
        steps=tuple(_step(step, masker) for step in plan.steps),
        left=tuple(msgspec.structs.replace(row, why=masker.text(row.why)) for row in plan.left),
    )


def _step(step: Step, masker: Masker) -> Step:
    return msgspec.structs.replace(
        step,
        title=masker.text(step.title),
        why=masker.text(step.why),
        repo=masker.text(step.repo),
        proof=_proof(step.proof, masker),
        commands=tuple(map(masker.text, step.commands)),
        rollback=tuple(map(masker.text, step.rollback)),
        instead=tuple(map(masker.text, step.instead)),
        fields=tuple(
            msgspec.structs.replace(field, why=masker.text(field.why)) if field.why else field for field in step.fields
        ),
    )


def _proof(proof: ProofStep, masker: Masker) -> ProofStep:
    return ProofStep(
        closes=tuple(map(masker.text, proof.closes)),
        leaves=tuple(map(masker.text, proof.leaves)),
        hides=tuple(map(masker.text, proof.hides)),
        wider=tuple(map(masker.text, proof.wider)),
        why_not=masker.text(proof.why_not),
    )
