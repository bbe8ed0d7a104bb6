"""What a sync applies under RespectIgnoreDifferences=true, by the release of Argo CD (controller/sync.go)."""

from __future__ import annotations

import pytest

from tests.core.judge.situations import deployment, knowledge
from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.compare.settings import ComparisonSettings
from whydrift.core.compare.terms import Knowledge, Terms
from whydrift.core.judge.respect import respected
from whydrift.core.model.values import Json, JsonObject, child, items
from whydrift.core.model.versions import Release

BEFORE, SINCE = [(3, 0, 23), (3, 3, 12), (3, 4, 4)], [(3, 3, 13), (3, 4, 5), (3, 5, 1), (3, 6, 1)]


def _sent(target: JsonObject, live: JsonObject, release: Release, **rule: tuple[str, ...]) -> JsonObject:
    known = knowledge()
    of_kind = IgnoreRule("*", "*", "", "", rule.get("pointers", ()), rule.get("programs", ()), (), "rule")
    settings = ComparisonSettings(release=release)
    return respected(target, live, Terms(Knowledge(known.types, known.schemas, known.jq), settings, (of_kind,)))


def _budget(**labels: Json) -> JsonObject:
    spec: JsonObject = {"maxUnavailable": 1, "selector": {"matchLabels": labels}}
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": spec}


def _route(*backends: JsonObject) -> JsonObject:
    spec: JsonObject = {"rules": [{"backends": list(backends)}]}
    return {"apiVersion": "routes.example.com/v1", "kind": "Route", "metadata": {"name": "shop"}, "spec": spec}


@pytest.mark.parametrize("release", BEFORE)
def test_a_replaced_map_came_from_live_as_a_whole(release: Release) -> None:
    """A rule about one label of a selector took all of them, and git's change of another one never arrived."""
    git, live = _budget(tier="two", hash="a"), _budget(tier="one", hash="b")
    sent = _sent(git, live, release, pointers=("/spec/selector/matchLabels/hash",))
    assert child(sent, "spec", "selector", "matchLabels") == {"tier": "one", "hash": "b"}


@pytest.mark.parametrize("release", SINCE)
def test_what_no_rule_names_is_gits(release: Release) -> None:
    """The same since then: what the patch took along is taken back."""
    git, live = _budget(tier="two", hash="a"), _budget(tier="one", hash="b", old="1")
    sent = _sent(git, live, release, pointers=("/spec/selector/matchLabels/hash",))
    assert child(sent, "spec", "selector", "matchLabels") == {"tier": "two", "hash": "b"}


@pytest.mark.parametrize(("release", "there"), [(old, True) for old in BEFORE] + [(new, False) for new in SINCE])
def test_an_ignored_item_of_live_was_copied(release: Release, there: bool) -> None:
    """A sidecar that only live has, and that a rule takes out, went into what is applied."""
    template: JsonObject = {"spec": {"containers": [{"name": "web", "image": "a:1"}, {"name": "mesh", "image": "b:1"}]}}
    live: JsonObject = {**deployment(), "spec": {"template": template}}
    program = '.spec.template.spec.containers[] | select(.name == "mesh")'
    sent = _sent(deployment(image="a:2"), live, release, programs=(program,))
    named = [child(each, "name") for each in items(sent, "spec", "template", "spec", "containers")]
    assert ("mesh" in named) is there
    assert child(sent, "spec", "template", "spec", "containers", 0, "image") == "a:2"


@pytest.mark.parametrize("release", BEFORE)
def test_weights_that_git_does_not_state_came_with_the_list(release: Release) -> None:
    """Of a custom resource the whole list was copied from live."""
    git, live = _route({"name": "a"}), _route({"name": "a", "weight": 80})
    sent = _sent(git, live, release, programs=(".spec.rules[].backends[].weight",))
    assert sent["spec"] == live["spec"]


@pytest.mark.parametrize("release", SINCE)
def test_a_list_that_no_rule_changes_in_git_is_sent_as_git_has_it(release: Release) -> None:
    """Then the weights that a controller set go with the sync, rule or not."""
    git, live = _route({"name": "a"}), _route({"name": "a", "weight": 80})
    sent = _sent(git, live, release, programs=(".spec.rules[].backends[].weight",))
    assert sent["spec"] == git["spec"]


@pytest.mark.parametrize("release", [*BEFORE, *SINCE])
def test_a_list_that_a_rule_changes_in_git_comes_from_live(release: Release) -> None:
    """With all that live says in it, whatever git says beside."""
    git = _route({"name": "a", "weight": 100}, {"name": "b", "weight": 0})
    live = _route({"name": "a", "weight": 80})
    sent = _sent(git, live, release, programs=(".spec.rules[].backends[].weight",))
    assert sent["spec"] == live["spec"]
