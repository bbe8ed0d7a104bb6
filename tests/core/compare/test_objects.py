"""What if: the same object with another target, another live object or other rules; and laws of comparing at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.vector_bench import REPOSITORY, Bench
from tests.vector_operations import ANY_PROJECT

from whydrift.core.compare.applications import Surroundings, compare_application
from whydrift.core.compare.objects import compare_object, sent_to_dry_run
from whydrift.core.compare.rules import IgnoreRule, Override
from whydrift.core.compare.settings import ComparisonSettings
from whydrift.core.compare.terms import DryRunFailed, Strategy, Terms, strategy_of
from whydrift.core.model.application import Application
from whydrift.core.model.objects import key_of
from whydrift.core.model.values import JsonObject
from whydrift.errors import NotComparable, NotReplayed

LAW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # slow machines draw slowly
BENCH = Bench(REPOSITORY)
TERMS = Terms(BENCH.knowledge({}))


@pytest.fixture(scope="module", autouse=True)
def _end_jq() -> Iterator[None]:
    yield
    BENCH.jq.close()


def deployment(replicas: int, image: str = "web:1") -> JsonObject:
    """A small Deployment."""
    pod: JsonObject = {"containers": [{"name": "web", "image": image}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "n"},
        "spec": {"replicas": replicas, "template": {"spec": pod}},
    }


def config_map(data: JsonObject) -> JsonObject:
    """A ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "n"}, "data": data}


REPLICAS = IgnoreRule("apps", "Deployment", pointers=("/spec/replicas",))


def test_a_rule_closes_the_difference_that_it_hides() -> None:
    """The same sides, with a rule more."""
    target, live = deployment(3), deployment(5)
    assert compare_object(target, live, TERMS).differs
    assert not compare_object(target, live, replace(TERMS, rules=(REPLICAS,))).differs


def test_a_rule_does_not_close_another_difference() -> None:
    """What the rule does not name still shows."""
    found = compare_object(deployment(3), deployment(5, "web:2"), replace(TERMS, rules=(REPLICAS,)))
    assert found.differs


def test_adopting_live_in_git_closes_the_difference() -> None:
    """The same live object, with another target."""
    assert not compare_object(deployment(5), deployment(5), TERMS).differs


def test_a_rule_of_the_settings_counts_like_one_of_the_application() -> None:
    """Both levels are united."""
    system = ComparisonSettings(overrides=(Override("apps/Deployment", pointers=("/spec/replicas",)),))
    assert not compare_object(deployment(3), deployment(5), replace(TERMS, settings=system)).differs


@pytest.mark.parametrize(
    ("target", "live", "terms", "strategy"),
    [
        (None, deployment(1), TERMS, Strategy.ONE_SIDED),
        (deployment(1), deployment(1), TERMS, Strategy.TWO_WAY),
        (deployment(1), deployment(1), replace(TERMS, structured=True), Strategy.STRUCTURED),
        (deployment(1), deployment(1), replace(TERMS, structured=True, server_side=True), Strategy.SERVER_SIDE),
    ],
)
def test_tells_the_strategy(target: JsonObject | None, live: JsonObject, terms: Terms, strategy: Strategy) -> None:
    """Server-side beats structured, structured beats last-applied."""
    assert strategy_of(target, live, terms) is strategy


def test_a_server_side_comparison_needs_the_servers_answer() -> None:
    """Without a dry run nothing is claimed; a refused one is Argo CD's own failure."""
    terms = replace(TERMS, server_side=True)
    with pytest.raises(NotReplayed):
        compare_object(deployment(1), deployment(1), terms)
    with pytest.raises(NotComparable) as failed:
        compare_object(deployment(1), deployment(1), terms, DryRunFailed("immutable"))
    assert not isinstance(failed.value, NotReplayed)


def test_an_application_without_dry_runs_has_no_verdict() -> None:
    """A refused dry run makes all Unknown; one that was not made is no verdict at all."""
    terms = replace(TERMS, server_side=True)
    application = Application({"metadata": {"name": "a", "namespace": "argocd"}})
    one = [deployment(1)]
    with pytest.raises(NotReplayed):
        compare_application(application, one, one, terms, Surroundings(ANY_PROJECT, server="https://one"))
    refused = {key_of(one[0]): DryRunFailed("immutable")}
    around = Surroundings(ANY_PROJECT, server="https://one", dry_runs=refused)
    found = compare_application(application, one, one, terms, around)
    assert [found.sync, *(row.status for row in found.resources)] == ["Unknown", "Unknown"]


def test_no_rule_is_applied_to_what_the_dry_run_gets() -> None:
    """An ignored field that git states is sent."""
    terms = replace(TERMS, server_side=True, rules=(REPLICAS,))
    assert sent_to_dry_run(deployment(3), deployment(5), terms) == deployment(3)


def test_without_either_side_there_is_nothing_to_compare() -> None:
    """A pair of nothing is refused."""
    with pytest.raises(NotComparable):
        compare_object(None, None, TERMS)


TEXTS = st.dictionaries(st.text("abc.", min_size=1, max_size=4), st.text("xyz\n", max_size=5), max_size=5)


@LAW
@given(TEXTS, st.booleans())
def test_equal_sides_have_no_difference(data: dict[str, str], structured: bool) -> None:
    """Whatever git says, a cluster that says the same is in sync."""
    obj = config_map({**data})
    found = compare_object(obj, obj, replace(TERMS, structured=structured))
    assert not found.differs and not found.modified


@LAW
@given(TEXTS, TEXTS)
def test_the_two_sides_differ_exactly_where_git_is_not_met(git: dict[str, str], cluster: dict[str, str]) -> None:
    """Without last-applied a ConfigMap differs when a key of git is missing or has another value."""
    found = compare_object(config_map({**git}), config_map({**cluster}), TERMS)
    assert found.strategy is Strategy.TWO_WAY
    assert found.differs == any(cluster.get(key) != value for key, value in git.items())


@LAW
@given(TEXTS, TEXTS)
def test_masks_of_a_secret_tell_equal_from_different_and_nothing_else(
    git: dict[str, str], cluster: dict[str, str]
) -> None:
    """No value gets through; a key's two masks are equal exactly where its two values are."""
    sides: list[JsonObject] = [{**config_map({}), "kind": "Secret", "stringData": {**data}} for data in (git, cluster)]
    found = compare_object(sides[0], sides[1], TERMS)
    target, live = ((side or {}).get("data") or {} for side in (found.target_state, found.live_state))
    assert isinstance(target, dict) and isinstance(live, dict)
    assert {mask for data in (target, live) for mask in data.values()} <= {"+" * 8, "+" * 12}
    for key in git.keys() & cluster.keys():
        assert (target[key] == live[key]) == (git[key] == cluster[key])
