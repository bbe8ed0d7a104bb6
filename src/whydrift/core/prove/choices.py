"""The proof of a remedy that edits nothing in git: an ignore rule, or an option of the Application."""

from __future__ import annotations

import re
from dataclasses import replace

from whydrift.core.judge.situation import Situation
from whydrift.core.model.remedy import Proof, RemedyKind
from whydrift.core.model.values import JsonObject
from whydrift.core.prove.options import SERVER_SIDE_DIFF, Meant, prove_option, prove_respect
from whydrift.core.prove.rules import prove_rule, trial_of
from whydrift.core.remedy.groups import Group

RESPECTS = "RespectIgnoreDifferences=true"
PLACE = re.compile(r"Application:/spec/ignoreDifferences/(\d+)")


def prove_choice(situation: Situation, group: Group) -> Proof | None:
    """What comparing again with the rule or the option in place says; None where there is nothing to compare."""
    match group.choice.kind:
        case RemedyKind.IGNORE if group.choice.rule is not None:
            return _rule(situation, group, group.choice.rule)
        case RemedyKind.SERVER_SIDE_DIFF:
            return prove_option(situation, SERVER_SIDE_DIFF, group.key, group.differences)
        case _:
            return None


def _rule(situation: Situation, group: Group, rule: JsonObject) -> Proof:
    """A rule, in the place of the one that it corrects, and the option that counts for every rule."""
    instead = PLACE.match(group.choice.place)
    trial = trial_of(rule, int(instead[1]) if instead else None)
    proof = prove_rule(situation, trial, group.key, group.differences)
    if proof.why_not or RESPECTS not in group.choice.options:
        return proof
    respect = prove_respect(situation, trial, Meant(group.key, group.differences))
    return replace(proof, hides=(*proof.hides, *respect.hides), why_not=respect.why_not)
