"""Proofs of edits: what closes at once, what with a sync, what is refused, and what else an edit changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.judge.rule_situations import Ruled
from tests.core.judge.situations import applied, config_map, deployment
from tests.core.prove.proofs import differences_in, proven, rendered, situation_of
from whydrift.core.explain.engine import Examined
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Explanation, Strength
from whydrift.core.model.objects import key_of
from whydrift.core.model.remedy import Change
from whydrift.core.model.snapshot import Verdict
from whydrift.core.model.values import ABSENT, Json, JsonObject, is_object
from whydrift.core.prove.edits import AFTER_SYNC, prove_edit, why_not_wanted
from whydrift.core.remedy.text.wanted import changed

REPLICAS = ("spec", "replicas")
WEB = "Deployment shop/web spec.replicas"
SCALED = Ruled(((deployment(3), applied(deployment(5), deployment(3))),))
OTHER = config_map("other", a="1")
KEYS = st.dictionaries(st.sampled_from("abcd"), st.text("xyz", min_size=1, max_size=3), min_size=1, max_size=4)


def test_adopting_closes_at_once() -> None:
    """Git takes over what live says."""
    proof = proven(SCALED, [Change(REPLICAS, 5)])
    assert (proof.closes, proof.leaves, proof.wider, proof.why_not) == ((WEB,), (), (), "")


def test_another_value_closes_with_the_sync_that_brings_it() -> None:
    """Git says something else than live: the difference is there until it is synced."""
    proof = proven(SCALED, [Change(REPLICAS, 4)])
    assert (proof.closes, proof.leaves, proof.why_not) == ((WEB + AFTER_SYNC,), (), "")


def test_a_drop_that_last_applied_still_states_closes_with_the_sync() -> None:
    """Under a three-way comparison a field that was applied once is missed until the next apply."""
    proof = proven(SCALED, [Change(REPLICAS, ABSENT)])
    assert (proof.closes, proof.why_not) == ((WEB + AFTER_SYNC,), "")


def test_what_is_not_touched_is_left() -> None:
    """Two fields differ, one is edited."""
    live = applied(deployment(5, "example.com/web:2.0"), deployment(3))
    proof = proven(Ruled(((deployment(3), live),)), [Change(REPLICAS, 5)])
    assert (proof.closes, proof.why_not) == ((WEB,), "")
    assert proof.leaves == ("Deployment shop/web spec.template.spec.containers[name=web].image",)


def wrong(**more: Json) -> JsonObject:
    """What an edit made that also changed something else."""
    return {**deployment(5), **more}


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (deployment(3), "rendered with the edit, git's object is not what was wanted (spec.replicas)"),
        (deployment(5, "example.com/web:2.0"), "git's object is not what was wanted"),
        (wrong(metadata={"name": "web", "namespace": "shop", "labels": {"a": "b"}}), "metadata.labels"),
    ],
    ids=["the edit does nothing", "it changes more", "it adds something"],
)
def test_only_exactly_what_is_wanted_is_proven(made: JsonObject, why: str) -> None:
    """A place that looks right and does something else."""
    assert why in proven(SCALED, [Change(REPLICAS, 5)], rendered(made)).why_not


def test_a_render_that_is_not_argocds_proves_nothing() -> None:
    """Another version of a tool, a plugin's work, a value drawn anew in the object itself."""
    ruled = replace(SCALED)
    key = key_of(ruled.pairs[0][0])
    elsewhere, after = rendered(deployment(3, "example.com/web:9")), rendered(deployment(5, "example.com/web:9"))
    changes = [Change(REPLICAS, 5)]
    proof = prove_edit(situation_of(ruled), key, differences_in(ruled, key), changes, elsewhere, after)
    assert proof.why_not.startswith("rendered here, git's object is not what Argo CD compared")
    assert not proof.closes


def test_a_drawn_value_may_be_fixed_by_the_edit() -> None:
    """The render differs from what was compared only where the edit writes."""
    target, again = config_map(id="first", a="1"), config_map(id="second", a="1")
    fixed = config_map(id="fixed", a="1")
    assert (
        why_not_wanted(key_of(target), target, [Change(("data", "id"), "fixed")], rendered(again), rendered(fixed))
        == ""
    )


def test_other_objects_that_change_are_told() -> None:
    """A shared value, a base of several overlays: what the edit does beside the object."""
    ruled = Ruled((*SCALED.pairs, (OTHER, OTHER)))
    after = rendered(deployment(5), config_map("other", a="2"), config_map("new", a="1"))
    proof = proven(ruled, [Change(REPLICAS, 5)], after)
    assert proof.why_not == ""
    assert proof.wider == ("ConfigMap shop/other", "ConfigMap shop/new")


def test_values_drawn_in_each_render_are_no_change_of_others() -> None:
    """A certificate or password in another object is new in every render, edited or not."""
    ruled = Ruled((*SCALED.pairs, (config_map("other", id="argocd"), config_map("other", id="live"))))
    before = rendered(deployment(3), config_map("other", id="once"))
    after = rendered(deployment(5), config_map("other", id="twice"))
    key = key_of(deployment())
    proof = prove_edit(situation_of(ruled), key, differences_in(ruled, key), [Change(REPLICAS, 5)], before, after)
    assert (proof.wider, proof.why_not) == ((), "")


def test_a_hidden_difference_goes_with_what_git_states_of_it() -> None:
    """Git states an empty value that Argo CD does not compare, live has another: once git is silent nothing differs."""
    claim: JsonObject = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "d", "namespace": "shop"},
    }
    target: JsonObject = {**claim, "spec": {"volumeName": "", "storageClassName": "a"}}
    live: JsonObject = {**claim, "spec": {"volumeName": "pv-1", "storageClassName": "a"}}
    place = ("spec", "volumeName")
    hidden = Difference(place, place, Kind.MODIFIED, "", "pv-1", shown=False)
    ruled, key = Ruled(((target, live),)), key_of(claim)
    made: JsonObject = {**claim, "spec": {"storageClassName": "a"}}
    dropped = prove_edit(situation_of(ruled), key, [hidden], [Change(place, ABSENT)], rendered(target), rendered(made))
    assert (dropped.why_not, dropped.closes) == ("", ("PersistentVolumeClaim shop/d spec.volumeName",))


@pytest.mark.parametrize("left", [None, {}], ids=["without a value", "an empty map"])
def test_a_map_that_lost_its_last_key_may_be_stated_empty(left: Json) -> None:
    """A line goes out of a template and leaves `annotations:`: that is nothing, too."""
    target, made = deployment(3), deployment(3)
    target["metadata"] = {"name": "web", "namespace": "shop", "annotations": {"a": "b"}}
    made["metadata"] = {"name": "web", "namespace": "shop", "annotations": left}
    change = [Change(("metadata", "annotations", "a"), ABSENT)]
    assert why_not_wanted(key_of(target), target, change, rendered(target), rendered(made)) == ""
    assert why_not_wanted(key_of(target), target, change, rendered(target), rendered(target)) != ""


def test_secrets_are_not_proven() -> None:
    """Their values are masked on both sides: nothing can be said to be equal."""
    secret: JsonObject = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "shop"}}
    ruled = Ruled((({**secret, "data": {"a": "++++"}}, {**secret, "data": {"a": "+++++"}}),))
    assert proven(ruled, [Change(("data", "a"), "x")]).why_not == "the values of a Secret are masked"


def test_no_proof_without_calibration() -> None:
    """Argo CD says Synced of what we find different: then comparing again says nothing about Argo CD."""
    situation = situation_of(SCALED)
    item = replace((situation.snapshot.objects or ())[0], verdict=Verdict.SYNCED)
    doubted = replace(situation, snapshot=replace(situation.snapshot, objects=(item,)))
    before, after = rendered(deployment(3)), rendered(deployment(5))
    found = differences_in(SCALED, item.key)
    proof = prove_edit(doubted, item.key, found, [Change(REPLICAS, 5)], before, after)
    assert proof.why_not == "compared again, it is OutOfSync; Argo CD says Synced"


def test_an_object_taken_out_of_git_is_left_while_it_carries_the_mark() -> None:
    """Removing a manifest leaves the object as a leftover, unless another application marks it."""
    mark: JsonObject = {"argocd.argoproj.io/tracking-id": "shop:/ConfigMap:shop/config"}
    target, live = config_map(a="1"), config_map(a="2")
    marked: JsonObject = {**live, "metadata": {"name": "config", "namespace": "shop", "annotations": mark}}
    changes = [Change((), ABSENT)]
    assert proven(Ruled(((target, marked),)), changes, {}).leaves == ("ConfigMap shop/config",)
    assert proven(Ruled(((target, live),)), changes, {}).leaves == ()


def test_a_map_that_comes_with_a_value_waits_for_the_sync_as_well() -> None:
    """Git states a whole new map; until a sync Argo CD calls all of it missing."""
    change = Change(("spec", "template", "spec", "securityContext", "runAsUser"), 7)
    both = [change, Change(REPLICAS, 5)]
    assert proven(SCALED, both).why_not == ""


def test_a_sync_that_is_refused_closes_nothing() -> None:
    """A third value for a field that cannot be changed: the edit is synced by nobody."""
    place = ("spec", "selector", "matchLabels", "app")
    theirs = changed(deployment(), [Change(place, "theirs")])
    assert is_object(theirs)
    proof = proven(Ruled(((deployment(), applied(theirs, deployment())),)), [Change(place, "third")])
    assert "the sync that follows is refused: /spec/selector" in proof.why_not


def test_what_a_controller_writes_again_is_not_closed_by_another_value() -> None:
    """Git states a third value: the controller brings its own back after the sync."""
    situation = situation_of(SCALED)
    key = key_of(deployment())
    found = differences_in(SCALED, key)
    cause = next(cause for cause in situation.catalogue if cause.id == "autoscaler-scales-replicas")
    explanation = Explanation(frozenset([found[0].path]), Strength.ATTRIBUTED, "it scales", (), cause.id)
    finding = Examined(found[0], (explanation,))
    judged = replace(situation, findings={key: (finding,)})
    before, after = rendered(deployment(3)), rendered(deployment(4))
    proof = prove_edit(judged, key, found, [Change(REPLICAS, 4)], before, after)
    assert proof.why_not == "what writes the cluster's value writes it again after a sync"


def test_a_map_that_loses_its_last_key_is_seen_to_go() -> None:
    """Dropping all that git states of a map drops what the cluster has there as well: kubectl deletes the whole map."""
    target, live = config_map(a="1"), config_map(b="1")
    proof = proven(Ruled(((target, applied(live, target)),)), [Change(("data", "a"), ABSENT)])
    assert proof.why_not == "compared again with the edit in place, something else differs: ConfigMap shop/config data"


@settings(max_examples=60, deadline=None)
@given(KEYS, KEYS)
def test_law_adopting_everything_leaves_nothing(git: dict[str, str], live: dict[str, str]) -> None:
    """Whatever two ConfigMaps hold: taking over every difference closes every difference, at once."""
    target, there = config_map(kept="1", **git), config_map(kept="1", **live)
    ruled = Ruled(((target, applied(there, target)),))
    key = key_of(target)
    changes = [Change(each.path, each.live) for each in differences_in(ruled, key)]
    proof = proven(ruled, changes)
    assert (proof.leaves, proof.why_not) == ((), "")
    assert len(proof.closes) == len(changes)


def test_what_did_not_differ_may_move_where_the_sync_takes_the_old_away() -> None:
    """An object that is taken back along with another one: git and the cluster state the same of it until then."""
    target, moved = config_map(app="web"), [Change(("data", "app"), ABSENT), Change(("data", "name"), "web")]
    proof = proven(Ruled(((target, applied(target, target)),)), moved)
    assert (proof.why_not, proof.closes, proof.leaves) == ("", (), ())


def test_what_did_not_differ_is_not_moved_where_somebody_else_keeps_the_old() -> None:
    """No last-applied states the old key: a sync leaves it beside the new one, and no comparison shows it."""
    service: JsonObject = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}}
    target: JsonObject = {**service, "spec": {"selector": {"app": "web"}}}
    moved = [Change(("spec", "selector", "app"), ABSENT), Change(("spec", "selector", "name"), "web")]
    assert proven(Ruled(((target, target),)), moved).why_not == "a sync leaves spec.selector.app as the cluster has it"
