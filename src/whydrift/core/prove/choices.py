"""The proof of a remedy that edits nothing in git: an ignore rule, or an option of the Application."""

from __future__ import annotations

import re
from dataclasses import replace

from whydrift.core.judge.situation import Situation
from whydrift.core.model.remedy import Proof, RemedyKind
from whydrift.core.model.values import JsonObject
from whydrift.core.prove.again import names_of
from whydrift.core.prove.options import KEPT, SERVER_SIDE_DIFF, Meant, prove_option, prove_respect
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
    """A rule, in the place of the one that it corrects, and the option that counts for every rule.

    What Argo CD does not show has nothing to ignore: a rule for it is there only to keep a sync from writing over it.
    """
    instead = PLACE.match(group.choice.place)
    trial = trial_of(rule, int(instead[1]) if instead else None)
    proof = prove_rule(situation, trial, group.key, group.differences)
    shown = any(difference.shown for difference in group.differences)
    if RESPECTS not in group.choice.options or (proof.why_not and shown):
        return proof
    respect = prove_respect(situation, trial, Meant(group.key, group.differences))
    why = respect.why_not or ("" if _keeps(situation, group, respect) else proof.why_not)
    return replace(proof, hides=(*proof.hides, *respect.hides), why_not=why)


def _keeps(situation: Situation, group: Group, respect: Proof) -> bool:
    """Whether a sync keeps what the cluster holds at every difference of a group."""
    item = next(item for item in situation.snapshot.objects or () if item.key == group.key)
    names = names_of(group.key, group.differences, item.target, item.live)
    return all(f"{name}{KEPT}" in respect.hides for name in names)
