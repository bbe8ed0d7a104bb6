"""Proofs of ignore rules: what they close, what else they swallow now, and of which fields they keep silent later."""

from __future__ import annotations

import pytest

from tests.core.judge.rule_situations import Ruled, rule
from tests.core.judge.situations import applied, config_map, deployment
from tests.core.prove.proofs import differences_in, situation_of
from whydrift.core.model.objects import key_of
from whydrift.core.model.remedy import Proof
from whydrift.core.model.values import Json, JsonObject
from whydrift.core.prove.options import Meant, prove_respect
from whydrift.core.prove.rules import prove_rule, trial_of

REPLICAS: list[Json] = ["/spec/replicas"]
WEB = key_of(deployment())
SCALED = Ruled(((deployment(3), applied(deployment(5), deployment(3))),))


def named(name: str, obj: JsonObject) -> JsonObject:
    """The same object under another name."""
    return {**obj, "metadata": {"name": name, "namespace": "shop"}}


TWO = Ruled(
    (*SCALED.pairs, (named("api", deployment(2)), applied(named("api", deployment(4)), named("api", deployment(2)))))
)


def proof(ruled: Ruled, stated: JsonObject, place: int | None = None) -> Proof:
    """What is proven of a rule for the first object's differences."""
    return prove_rule(situation_of(ruled), trial_of(stated, place), WEB, differences_in(ruled, WEB))


def test_a_narrow_rule_closes_and_names_what_it_silences() -> None:
    """One object, one pointer."""
    found = proof(TWO, rule(name="web", jsonPointers=REPLICAS))
    assert (found.closes, found.leaves, found.why_not) == (("Deployment shop/web spec.replicas",), (), "")
    assert found.hides == ("Deployment shop/web spec.replicas: whatever changes later",)


def test_a_wide_rule_hides_what_differs_elsewhere_now() -> None:
    """A rule for the kind also swallows the change of another Deployment."""
    found = proof(TWO, rule(jsonPointers=REPLICAS))
    assert found.why_not == ""
    assert "Deployment shop/api spec.replicas: differs now" in found.hides
    assert "Deployment shop/api spec.replicas: whatever changes later" in found.hides


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        (rule(jsonPointers=["/spec/replica"]), "it still differs: Deployment shop/web spec.replicas"),
        (rule(jqPathExpressions=[".spec.replicas["]), "does not compile"),
        (rule(jqPathExpressions=["."]), "removes the"),
        (rule(name="api", jsonPointers=REPLICAS), "the rule is not for Deployment shop/web"),
        (rule(group="", jsonPointers=REPLICAS), "the rule is not for Deployment shop/web"),
    ],
    ids=["a typo", "no program", "everything", "another object", "a group that core kinds have"],
)
def test_a_rule_that_does_not_work_is_not_proven(stated: JsonObject, why: str) -> None:
    """The reason is said."""
    assert why in proof(SCALED, stated).why_not


def test_nothing_is_ignored_that_is_not_shown() -> None:
    """A rule for what Argo CD does not call different would only blind it."""
    same = Ruled(((deployment(3), deployment(3)),))
    assert proof(same, rule(jsonPointers=REPLICAS)).why_not == "Argo CD does not show it: there is nothing to ignore"


def test_a_corrected_rule_is_tried_in_the_place_of_the_wrong_one() -> None:
    """What the wrong rule hid shows again: it is among what is left."""
    live = applied(deployment(5, "example.com/web:2.0"), deployment(3))
    wrong = rule(jsonPointers=["/spec/template/spec/containers/0/image"])
    ruled = Ruled(((deployment(3), live),), (wrong,))
    assert proof(ruled, rule(jsonPointers=REPLICAS)).leaves == ()
    instead = proof(ruled, rule(jsonPointers=REPLICAS), 0)
    assert instead.leaves == ("Deployment shop/web spec.template.spec.containers[name=web].image",)


CUSTOM: JsonObject = {
    "apiVersion": "example.com/v1",
    "kind": "Route",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {"weight": 1, "backends": [{"name": "a", "weight": 1}]},
}


def custom(weight: int, first: int) -> JsonObject:
    """A custom resource with a weight of its own and one in a list."""
    return {**CUSTOM, "spec": {"weight": weight, "backends": [{"name": "a", "weight": first}]}}


def respected(target: JsonObject, live: JsonObject, base: JsonObject, stated: JsonObject) -> Proof:
    """Whether a sync may keep what rules ignore, with one more rule; `base` is what the last sync applied."""
    return prove_respect(situation_of(Ruled(((target, applied(live, base)),))), trial_of(stated))


def test_respecting_rules_keeps_what_a_controller_wrote() -> None:
    """The ignored field is in git as it was synced: only the cluster's own value stays."""
    found = respected(deployment(3), deployment(5), deployment(3), rule(jsonPointers=REPLICAS))
    assert found.why_not == ""
    assert found.hides == ("Deployment shop/web spec.replicas: a sync keeps the cluster's value",)


def test_respecting_rules_must_not_keep_a_release_back() -> None:
    """The ignored field is the release itself (reference/measured.md 27)."""
    new, old = deployment(3, "example.com/web:2.0"), deployment(3)
    image: list[Json] = ["/spec/template/spec/containers/0/image"]
    assert "would keep a change in git" in respected(new, old, old, rule(jsonPointers=image)).why_not


def test_what_a_rule_is_meant_for_may_be_otherwise_in_git_each_time() -> None:
    """A value that is drawn in each render is never what was synced last; the rule is there to keep the first one."""
    old, drawn = config_map(token="a"), config_map(token="b")
    ruled = Ruled(((drawn, applied(old, old)),))
    trial = trial_of(rule("ConfigMap", "", jsonPointers=["/data/token"]))
    meant = Meant(key_of(drawn), differences_in(ruled, key_of(drawn)))
    assert "would keep a change" in prove_respect(situation_of(ruled), trial).why_not
    assert prove_respect(situation_of(ruled), trial, meant).why_not == ""


def test_respecting_rules_copies_no_list_of_a_custom_resource() -> None:
    """There the whole list is taken from the cluster (reference/measured.md 55); a field outside of lists is none."""
    target, live = custom(1, 1), custom(2, 2)
    listed = rule("Route", "example.com", jqPathExpressions=[".spec.backends[]?.weight"])
    plain = rule("Route", "example.com", jsonPointers=["/spec/weight"])
    assert "would copy a whole list" in respected(target, live, target, listed).why_not
    assert respected(target, live, target, plain).why_not == ""


def test_another_rule_of_the_application_counts_too() -> None:
    """The option is application-wide: an old rule that keeps a release back forbids it for a new, harmless one."""
    image: JsonObject = rule("ConfigMap", "", jsonPointers=["/data/version"])
    new, old = config_map("release", version="2"), config_map("release", version="1")
    ruled = Ruled((*SCALED.pairs, (new, applied(old, old))), (image,))
    assert "ConfigMap shop/release" in prove_respect(situation_of(ruled), trial_of(rule(jsonPointers=REPLICAS))).why_not
