"""What is proven of a choice that edits nothing in git: an ignore rule with its option, or a compare option."""

from __future__ import annotations

import pytest

from tests.core.judge.rule_situations import Ruled, rule
from tests.core.judge.situations import applied, deployment
from tests.core.prove.proofs import differences_in, situation_of
from whydrift.core.compare.differences import hidden_differences
from whydrift.core.model.objects import key_of
from whydrift.core.model.remedy import Choice, RemedyKind
from whydrift.core.model.values import JsonObject, mapping
from whydrift.core.prove.choices import RESPECTS, prove_choice
from whydrift.core.remedy.groups import Group

WEB = key_of(deployment())
SCALED = Ruled(((deployment(3), applied(deployment(5), deployment(3))),))
REPLICAS: JsonObject = rule(name="web", jsonPointers=["/spec/replicas"])


def ready(seconds: int) -> JsonObject:
    """A Deployment that states how long its pods have to be ready."""
    obj = deployment()
    return {**obj, "spec": {**mapping(obj, "spec"), "minReadySeconds": seconds}}


WAITS = Ruled(((ready(0), applied(ready(30), ready(0))),), options=("ServerSideApply=true",))
"""The structured merge loses a zero that git states (reference/measured.md 30): nothing shows, and a sync writes it."""
WAITED: JsonObject = rule(name="web", jsonPointers=["/spec/minReadySeconds"])
IMAGE: JsonObject = rule(name="web", jsonPointers=["/spec/template/spec/containers/0/image"])


def ignored(ruled: Ruled, stated: JsonObject | None, *options: str, place: str = "") -> Group:
    """A choice to ignore what differs, shown or not."""
    target, live = ruled.pairs[0]
    shown = differences_in(ruled, WEB)
    found = shown or tuple(hidden_differences(target, live, ()))
    stating = tuple(each for each in found if each.path in (("spec", "replicas"), ("spec", "minReadySeconds")))
    choice = Choice(RemedyKind.IGNORE, "because", rule=stated, options=options, place=place)
    return Group(WEB, stating, choice, ())


def why_not(ruled: Ruled, group: Group) -> str | None:
    """Why there is no proof; None where there is nothing to prove."""
    proof = prove_choice(situation_of(ruled), group)
    return None if proof is None else proof.why_not


def test_a_rule_that_closes_needs_no_option() -> None:
    """What a sync does is another question."""
    assert why_not(SCALED, ignored(SCALED, REPLICAS)) == ""


def test_a_rule_for_what_does_not_show_is_there_for_the_sync_alone() -> None:
    """Proven where a sync that respects rules keeps the cluster's value; without the option it does nothing."""
    proof = prove_choice(situation_of(WAITS), ignored(WAITS, WAITED, RESPECTS))
    assert proof is not None and (proof.closes, proof.why_not) == ((), "")
    assert "Deployment shop/web spec.minReadySeconds: a sync keeps the cluster's value" in proof.hides
    assert "nothing to ignore" in str(why_not(WAITS, ignored(WAITS, WAITED)))
    assert "nothing to ignore" in str(why_not(WAITS, ignored(WAITS, REPLICAS, RESPECTS)))


def test_the_option_is_refused_where_it_keeps_a_commit_back() -> None:
    """It counts for every rule of the application."""
    new, old = deployment(4), deployment(3)
    ruled = Ruled(((new, applied(deployment(5), old)),), (rule("ConfigMap", "", jsonPointers=["/data"]),))
    group = ignored(ruled, REPLICAS, RESPECTS)
    assert why_not(ruled, group) == ""  # the very difference that it is for may have moved in git
    release = Ruled(((deployment(3, "example.com/web:2.0"), applied(deployment(5), old)),), (IMAGE,))
    assert "would keep a change in git" in str(why_not(release, ignored(release, REPLICAS, RESPECTS)))


def test_a_correction_stands_in_for_the_rule_that_misses() -> None:
    """The place says which one."""
    wrong = Ruled(SCALED.pairs, (rule(name="web", jsonPointers=["/spec/replica"]),))
    group = ignored(wrong, REPLICAS, place="Application:/spec/ignoreDifferences/0/jsonPointers/0")
    assert why_not(wrong, group) == ""


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice(RemedyKind.SERVER_SIDE_DIFF, "because"), "dry run"),
        (Choice(RemedyKind.OPTION, "because", options=("CreateNamespace=true",)), None),
        (Choice(RemedyKind.IGNORE, "because"), None),
        (Choice(RemedyKind.ASK, "because"), None),
    ],
    ids=["asks the server", "only a sync tells", "no rule", "a question"],
)
def test_what_is_held_against_the_objects_depends_on_the_choice(choice: Choice, said: str | None) -> None:
    """None: there is nothing to compare."""
    found = why_not(SCALED, Group(WEB, differences_in(SCALED, WEB), choice, ()))
    assert (found is None) if said is None else said in str(found)
