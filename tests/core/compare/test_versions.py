"""What Argo CD's releases compare otherwise: each rule on both sides of the release that changed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.vector_bench import REPOSITORY, Bench

from whydrift.core.compare.last_applied import LAST_APPLIED
from whydrift.core.compare.objects import compare_object, sent_to_dry_run
from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.compare.rules_of_objects import IGNORE_DIFFERENCES
from whydrift.core.compare.settings import CRD, ComparisonSettings, settings_of_api, settings_of_config_map
from whydrift.core.compare.terms import Strategy, Terms, strategy_of
from whydrift.core.compare.tracking import INSTALLATION_ID, INSTANCE_LABEL, TRACKING_ID, owner_of
from whydrift.core.model.application import Application
from whydrift.core.model.values import Json, JsonObject, child
from whydrift.core.model.versions import LAST, Release, Since, release

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


def test_a_rule_that_older_lines_were_given_too() -> None:
    """Each line has it from a patch of its own; a line that is not named follows the newest."""
    since = Since(((3, 2, 12), (3, 3, 10), (3, 5, 0)))
    having = ["3.2.12", "v3.3.10+abc", "3.3.19", "3.5.0", "3.6"]
    assert all(since.holds(release(text) or LAST) for text in having)
    assert not any(since.holds(release(text) or LAST) for text in ["2.14.3", "3.1.16", "3.2.11", "3.3.9", "3.4.13"])


@pytest.mark.parametrize(
    ("release", "shows"), [((3, 3, 14), False), ((3, 4, 5), False), ((3, 4, 6), True), ((3, 5, 0), True), (LAST, True)]
)
def test_a_move_of_an_object_with_the_instance_label(release: Release, shows: bool) -> None:
    """Before 3.4.6 live's id was overwritten by git's where live had the label (#17965)."""
    target, live = config_map("new", label="x"), config_map("old", label="x")
    assert compare_object(target, live, on(release)).differs is shows


@pytest.mark.parametrize("release", [(3, 0, 0), LAST])
def test_an_id_that_is_only_missing_does_not_count(release: Release) -> None:
    """Live that has the label and no id takes over git's, in every release."""
    assert not compare_object(config_map("new", label="x"), config_map(label="x"), on(release)).differs


@pytest.mark.parametrize(
    ("release", "shows"), [((3, 2, 12), True), ((3, 3, 10), True), ((3, 3, 11), False), ((3, 4, 0), False)]
)
def test_the_resource_version_of_a_dry_run(release: Release, shows: bool) -> None:
    """Since 3.3.11 and 3.4.0 a server-side comparison leaves it out."""
    entry: JsonObject = {"manager": "argocd-controller", "operation": "Apply", "fieldsV1": {"f:data": {"f:a": {}}}}
    live = config_map(resourceVersion="7")
    metadata = live["metadata"]
    assert isinstance(metadata, dict)
    answered: JsonObject = {**live, "metadata": {**metadata, "resourceVersion": "8", "managedFields": [entry]}}
    terms = on(release, replace(TERMS, server_side=True, include_webhooks=True))
    assert compare_object(config_map(), live, terms, answered).differs is shows


@pytest.mark.parametrize(("release", "sent"), [((3, 1, 16), False), ((3, 2, 0), True)])
def test_what_is_sent_to_a_dry_run_under_a_rule(release: Release, sent: bool) -> None:
    """Before 3.2 ignore rules were applied to what was sent, too."""
    terms = on(release, replace(TERMS, server_side=True, rules=(IgnoreRule("", "ConfigMap", pointers=("/data/a",)),)))
    applied = sent_to_dry_run(config_map(), config_map(), terms)
    assert (child(applied, "data", "a") == "1") is sent


def test_the_defaults_of_2_x() -> None:
    """3.0 tracks by annotation and ignores the status of every kind; 2.x by label, and that of CRDs only."""
    assert settings_of_config_map({}, (3, 0, 0)) == replace(ComparisonSettings(), release=(3, 0, 0))
    old = settings_of_config_map({}, (2, 14, 0))
    assert (old.tracking.method, [override.key for override in old.overrides]) == ("label", [CRD])
    assert settings_of_api({}, (2, 14, 0)).tracking.method == "label"


@pytest.mark.parametrize(("stated", "on_"), [("true", True), ("false", False), (None, False)])
def test_the_controllers_own_switch(stated: str | None, on_: bool) -> None:
    """argocd-cmd-params-cm switches every comparison to server-side."""
    data = {} if stated is None else {"controller.diff.server.side": stated}
    assert settings_of_config_map(data).server_side_diff is on_


SSA = "argocd.argoproj.io/sync-options"


def application(sync_options: list[Json], **annotations: str) -> Application:
    """An application with these sync options and annotations."""
    spec: JsonObject = {"syncPolicy": {"syncOptions": sync_options}}
    stated: JsonObject = {f"argocd.argoproj.io/{name.replace('_', '-')}": value for name, value in annotations.items()}
    return Application({"metadata": {"name": "a", "annotations": stated}, "spec": spec})


@pytest.mark.parametrize(
    ("release", "options", "strategy"),
    [
        ((3, 5, 7), "", Strategy.STRUCTURED),
        ((3, 6, 0), "", Strategy.SERVER_SIDE),
        ((3, 5, 7), "ServerSideDiff=false", Strategy.STRUCTURED),
        ((3, 6, 0), "ServerSideDiff=false", Strategy.TWO_WAY),
    ],
)
def test_what_is_applied_server_side(release: Release, options: str, strategy: Strategy) -> None:
    """3.6 compares it by the server's dry run, unless the application says no; before, by a structured merge."""
    settings = ComparisonSettings(release=release)
    terms = Terms.of(application(["ServerSideApply=true"], compare_options=options), settings, TERMS.knowledge)
    assert strategy_of(config_map(), config_map(), terms) is strategy


@pytest.mark.parametrize(("release", "strategy"), [((3, 5, 7), Strategy.STRUCTURED), ((3, 6, 0), Strategy.TWO_WAY)])
def test_an_object_that_asks_for_server_side_apply_itself(release: Release, strategy: Strategy) -> None:
    """Without a server-side comparison of the application 3.6 has nobody to ask: it compares on its own side."""
    target = config_map()
    target["metadata"] = {"name": "c", "namespace": "n", "annotations": {SSA: "ServerSideApply=true"}}
    assert strategy_of(target, config_map(), on(release)) is strategy


@pytest.mark.parametrize(
    ("release", "stated", "differs"),
    [
        ((3, 5, 7), "jsonPointers: [/data/a]", True),
        ((3, 6, 0), "jsonPointers: [/data/a]", False),
        ((3, 6, 0), "jsonPointers: [/data/b]", True),
        ((3, 6, 0), "[", True),
    ],
)
def test_a_rule_that_the_object_states_itself(release: Release, stated: str, differs: bool) -> None:
    """Since 3.6 git's object may say what is not compared of it, by JSON pointers; others are passed over."""
    target, live = config_map(), config_map()
    target["data"] = {"a": "2"}
    for side in (target, live):
        side["metadata"] = {"name": "c", "namespace": "n", "annotations": {IGNORE_DIFFERENCES: stated}}
    assert compare_object(target, live, on(release)).differs is differs


@pytest.mark.parametrize(("release", "owner"), [((3, 5, 7), ""), ((3, 6, 0), "mine")])
def test_an_object_with_the_installation_id_of_another(release: Release, owner: str) -> None:
    """Since 3.6 an Argo CD without an installation id takes its tracking id for what it says."""
    live = config_map("mine")
    marks: JsonObject = {TRACKING_ID: "mine:/ConfigMap:n/c", INSTALLATION_ID: "other"}
    live["metadata"] = {"name": "c", "namespace": "n", "annotations": marks}
    assert owner_of(live, settings_of_config_map({}, release).tracking) == owner
    assert owner_of(live, settings_of_config_map({"installationID": "ours"}, release).tracking) == ""


def answer_without(name: str, owned: Json) -> tuple[JsonObject, JsonObject]:
    """Live, and a dry run that takes a key of it away; Argo CD owns in both what `owned` says."""
    entry: JsonObject = {"manager": "argocd-controller", "operation": "Apply", "fieldsV1": {"f:data": owned}}
    live = config_map()
    live["metadata"] = {"name": "c", "namespace": "n", "managedFields": [entry]}
    live["data"] = {"a": "1", name: "1"}
    return live, {**live, "data": {"a": "1"}}


@pytest.mark.parametrize(
    ("release", "owned", "differs"),
    [
        ((3, 0, 2), {"f:a": {}, "f:b": {}}, False),
        ((3, 0, 3), {"f:a": {}, "f:b": {}}, True),
        ((3, 6, 0), {"f:a": {}, "f:b": {}}, True),
        ((3, 5, 7), {"f:a": {}}, True),
        ((3, 6, 0), {"f:a": {}}, False),
    ],
)
def test_what_a_dry_run_takes_away(release: Release, owned: Json, differs: bool) -> None:
    """Shown since 3.0.3; since 3.6 only where Argo CD owns it in live."""
    live, answered = answer_without("b", owned)
    assert (
        compare_object(config_map(), live, on(release, replace(TERMS, server_side=True)), answered).differs is differs
    )


WIDGETS: JsonObject = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "spec": {
        "group": "example.com",
        "names": {"kind": "Widget", "plural": "widgets"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {
                                    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                                },
                            },
                        },
                    }
                },
            }
        ],
    },
}


@pytest.mark.parametrize(
    ("release", "differs"), [((3, 3, 14), False), ((3, 4, 5), False), ((3, 4, 6), True), ((3, 5, 0), True)]
)
def test_what_argocd_owns_inside_a_free_object(release: Release, differs: bool) -> None:
    """Before 3.4.6 a field was taken out of the answer with all that Argo CD owned below it (#28818)."""
    fields: JsonObject = {"f:spec": {"f:free": {"f:deep": {"f:a": {}}}}}
    entry: JsonObject = {"manager": "argocd-controller", "operation": "Apply", "fieldsV1": fields}
    metadata: JsonObject = {"name": "w", "namespace": "n", "managedFields": [entry]}
    live: JsonObject = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": metadata}
    live["spec"] = {"free": {"deep": {"a": "1"}}}
    answered: JsonObject = {**live, "spec": {"free": {"deep": {"a": "2"}}}}
    knowledge = replace(TERMS.knowledge, schemas=TERMS.knowledge.schemas.with_crds([WIDGETS]))
    terms = on(release, replace(TERMS, server_side=True, knowledge=knowledge))
    assert compare_object(answered, live, terms, answered).differs is differs


@pytest.mark.parametrize(
    ("release", "path", "differs"),
    [
        ((3, 2, 11), LAST_APPLIED, True),
        ((3, 2, 12), LAST_APPLIED, False),
        ((3, 3, 9), LAST_APPLIED, True),
        ((3, 4, 2), LAST_APPLIED, False),
    ],
)
def test_the_last_applied_annotation_of_a_dry_run(release: Release, path: str, differs: bool) -> None:
    """Left out since 3.2.12, 3.3.10, 3.4.2 and 3.5.0."""
    entry: JsonObject = {"manager": "argocd-controller", "operation": "Apply", "fieldsV1": {"f:data": {"f:a": {}}}}
    live, answered = config_map(), config_map()
    live["metadata"] = {"name": "c", "namespace": "n", "annotations": {path: "1"}}
    answered["metadata"] = {"name": "c", "namespace": "n", "annotations": {path: "2"}, "managedFields": [entry]}
    terms = on(release, replace(TERMS, server_side=True, include_webhooks=True))
    assert compare_object(config_map(), live, terms, answered).differs is differs
