"""One object after a sync: laws of the prediction, and what real servers were seen to do (reference/measured.md)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.judge.situations import applied, config_map, deployment, knowledge, manager, with_metadata
from whydrift.core.compare.settings import ComparisonSettings
from whydrift.core.compare.terms import Knowledge, Terms
from whydrift.core.judge.effects import changes_of
from whydrift.core.judge.predict import Way, predicted
from whydrift.core.model.paths import pointer
from whydrift.core.model.values import Json, JsonObject, child, mapping

WAYS = (Way.CLIENT_SIDE, Way.SERVER_SIDE, Way.REPLACE)
Texts = dict[str, Json]
texts = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1", "2", ""]), max_size=4)


def _terms() -> Terms:
    known = knowledge()
    return Terms(Knowledge(known.types, known.schemas, known.jq), ComparisonSettings())


def _map(data: Texts) -> JsonObject:
    return {**config_map(), "data": data}


def _changed(target: JsonObject, live: JsonObject, way: Way = Way.CLIENT_SIDE) -> list[str]:
    found = changes_of(predicted(target, live, way, _terms()))
    return [pointer(change.left) for change in found]


@pytest.mark.parametrize("way", WAYS)
@given(git=texts, cluster=texts, last=texts)
@settings(max_examples=60, deadline=None)
def test_a_second_sync_changes_nothing(way: Way, git: Texts, cluster: Texts, last: Texts) -> None:
    """What a sync leaves is what the next one finds."""
    target, live = _map(git), applied(_map(cluster), _map(last))
    once = predicted(target, live, way, _terms()).after
    assert not changes_of(predicted(target, once, way, _terms()))


@given(git=texts, cluster=texts, last=texts)
@settings(max_examples=60, deadline=None)
def test_client_side_is_a_three_way_merge(git: Texts, cluster: Texts, last: Texts) -> None:
    """Git's keys as git says; live-only keys stay unless last-applied has them."""
    after = predicted(_map(git), applied(_map(cluster), _map(last)), Way.CLIENT_SIDE, _terms()).after
    kept = {key: value for key, value in cluster.items() if key not in last}
    assert mapping(after, "data") == {**kept, **git}


@given(git=texts, cluster=texts)
@settings(max_examples=30, deadline=None)
def test_replace_leaves_what_git_says(git: Texts, cluster: Texts) -> None:
    """Nothing that only live has survives."""
    after = predicted(_map(git), _map(cluster), Way.REPLACE, _terms()).after
    assert mapping(after, "data") == git


def test_dropped_replicas_become_one() -> None:
    """Client-side, last-applied still states them (measured.md 19)."""
    after = predicted(deployment(None), applied(deployment(6), deployment(3)), Way.CLIENT_SIDE, _terms()).after
    assert child(after, "spec", "replicas") == 1


def test_dropped_replicas_stay_with_their_owner() -> None:
    """Server-side, where an autoscaler owns them; without one they become 1 as well."""
    mine = manager("argocd-controller", {"f:spec": {"f:replicas": {}, "f:selector": {}}}, "Apply")
    scaler = manager("kube-controller-manager", {"f:spec": {"f:replicas": {}}}, subresource="scale", time=None)
    shared = with_metadata(deployment(6), managedFields=[mine, scaler])
    alone = with_metadata(deployment(6), managedFields=[mine])
    assert _changed(deployment(None), shared, Way.SERVER_SIDE) == []
    assert _changed(deployment(None), alone, Way.SERVER_SIDE) == ["/spec/replicas"]


def test_fields_of_client_side_applies_are_taken_over() -> None:
    """From client-side to server-side, what git drops does go (measured.md 20)."""
    both: Json = {"f:data": {"f:a": {}, "f:b": {}}}
    live = with_metadata(config_map(a="1", b="2"), managedFields=[manager("argocd-controller", both, apiVersion="v1")])
    other = with_metadata(config_map(a="1", b="2"), managedFields=[manager("helm", both, apiVersion="v1")])
    assert _changed(config_map(a="1"), live, Way.SERVER_SIDE) == ["/data/b"]
    assert _changed(config_map(a="1"), other, Way.SERVER_SIDE) == []


def test_spellings_and_defaults_change_nothing() -> None:
    """The server stores its own spelling and its own defaults."""
    git = deployment(3, terminationGracePeriodSeconds=30)
    assert _changed(git, applied(deployment(3), deployment(3))) == []


def test_a_name_in_other_letters_is_dropped() -> None:
    """Field names count letter by letter (measured.md 32)."""
    assert _changed(deployment(3, HostNetwork=True), applied(deployment(3), deployment(3))) == []


def test_what_the_server_allocates_stays() -> None:
    """An empty address in git is no address (measured.md 57)."""
    spec: JsonObject = {"clusterIP": "", "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}]}
    live: JsonObject = {**spec, "clusterIP": "10.0.0.7", "clusterIPs": ["10.0.0.7"]}
    service: JsonObject = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}}
    assert _changed({**service, "spec": spec}, {**service, "spec": live}) == []
