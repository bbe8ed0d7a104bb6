"""What Argo CD's releases compare otherwise: each rule on both sides of the release that changed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.vector_bench import REPOSITORY, Bench

from whydrift.core.compare.objects import compare_object, sent_to_dry_run
from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.compare.settings import CRD, ComparisonSettings, settings_of_api, settings_of_config_map
from whydrift.core.compare.terms import Terms
from whydrift.core.compare.tracking import INSTANCE_LABEL, TRACKING_ID
from whydrift.core.model.values import JsonObject, child
from whydrift.core.model.versions import LAST, Release

BENCH = Bench(REPOSITORY)
TERMS = Terms(BENCH.knowledge({}))


@pytest.fixture(scope="module", autouse=True)
def _end_jq() -> Iterator[None]:
    yield
    BENCH.jq.close()


def on(release: Release, terms: Terms = TERMS) -> Terms:
    """The terms under one release."""
    return replace(terms, settings=replace(terms.settings, release=release))


def config_map(owner: str = "", label: str = "", **metadata: str) -> JsonObject:
    """A ConfigMap that says whose it is."""
    marks: JsonObject = {TRACKING_ID: f"{owner}:/ConfigMap:n/c"} if owner else {}
    labels: JsonObject = {INSTANCE_LABEL: label} if label else {}
    named: JsonObject = {"name": "c", "namespace": "n", "annotations": marks, "labels": labels, **metadata}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": named, "data": {"a": "1"}}


@pytest.mark.parametrize(("release", "shows"), [((3, 4), False), ((3, 5), True), (LAST, True)])
def test_a_move_of_an_object_with_the_instance_label(release: Release, shows: bool) -> None:
    """Before 3.5 live's id was overwritten by git's where live had the label (#17965)."""
    target, live = config_map("new", label="x"), config_map("old", label="x")
    assert compare_object(target, live, on(release)).differs is shows


@pytest.mark.parametrize("release", [(3, 0), LAST])
def test_an_id_that_is_only_missing_does_not_count(release: Release) -> None:
    """Live that has the label and no id takes over git's, in every release."""
    assert not compare_object(config_map("new", label="x"), config_map(label="x"), on(release)).differs


@pytest.mark.parametrize(("release", "shows"), [((3, 4), True), ((3, 5), False)])
def test_the_resource_version_of_a_dry_run(release: Release, shows: bool) -> None:
    """Since 3.5 a server-side comparison leaves it out."""
    entry: JsonObject = {"manager": "argocd-controller", "operation": "Apply", "fieldsV1": {"f:data": {"f:a": {}}}}
    live = config_map(resourceVersion="7")
    metadata = live["metadata"]
    assert isinstance(metadata, dict)
    answered: JsonObject = {**live, "metadata": {**metadata, "resourceVersion": "8", "managedFields": [entry]}}
    terms = on(release, replace(TERMS, server_side=True, include_webhooks=True))
    assert compare_object(config_map(), live, terms, answered).differs is shows


@pytest.mark.parametrize(("release", "sent"), [((3, 1), False), ((3, 2), True)])
def test_what_is_sent_to_a_dry_run_under_a_rule(release: Release, sent: bool) -> None:
    """Before 3.2 ignore rules were applied to what was sent, too."""
    terms = on(release, replace(TERMS, server_side=True, rules=(IgnoreRule("", "ConfigMap", pointers=("/data/a",)),)))
    applied = sent_to_dry_run(config_map(), config_map(), terms)
    assert (child(applied, "data", "a") == "1") is sent


def test_the_defaults_of_2_x() -> None:
    """3.0 tracks by annotation and ignores the status of every kind; 2.x by label, and that of CRDs only."""
    assert settings_of_config_map({}, (3, 0)) == replace(ComparisonSettings(), release=(3, 0))
    old = settings_of_config_map({}, (2, 14))
    assert (old.tracking.method, [override.key for override in old.overrides]) == ("label", [CRD])
    assert settings_of_api({}, (2, 14)).tracking.method == "label"


@pytest.mark.parametrize(("stated", "on_"), [("true", True), ("false", False), (None, False)])
def test_the_controllers_own_switch(stated: str | None, on_: bool) -> None:
    """argocd-cmd-params-cm switches every comparison to server-side."""
    data = {} if stated is None else {"controller.diff.server.side": stated}
    assert settings_of_config_map(data).server_side_diff is on_
