"""A kind that the cluster does not serve: Argo CD applies nothing of the application (reference/measured.md 48)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.judge.situations import Before, applied, config_map, knowledge, said, with_metadata
from whydrift.core.model.definitions import Definitions
from whydrift.core.model.effect import Does, Forecast
from whydrift.core.model.fact_kinds import COMPARED_MANIFESTS, CRDS, SCHEMAS, SERVED
from whydrift.core.model.facts import FactKind
from whydrift.core.model.objects import key_of
from whydrift.core.model.values import Json, JsonObject

WIDGET: JsonObject = {
    "apiVersion": "example.com/v1",
    "kind": "Widget",
    "metadata": {"name": "one", "namespace": "shop"},
    "spec": {},
}
SKIP: JsonObject = {"argocd.argoproj.io/sync-options": "SkipDryRunOnMissingResource=true"}
CONFIG = (config_map(a="1"), None)


def _crd(*versions: str) -> JsonObject:
    rows: list[Json] = [
        {"name": v, "served": True, "schema": {"openAPIV3Schema": {"type": "object"}}} for v in versions
    ]
    names: JsonObject = {"kind": "Widget", "plural": "widgets"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {"group": "example.com", "names": names, "scope": "Namespaced", "versions": rows},
    }


def _listed(*kinds: str) -> JsonObject:
    return {"kind": "APIResourceList", "resources": [{"name": kind.lower(), "kind": kind} for kind in kinds]}


def _forecast(
    served: JsonObject | None,
    *crds: JsonObject,
    widget: JsonObject = WIDGET,
    beside: tuple[tuple[JsonObject | None, JsonObject | None], ...] = (CONFIG,),
    spec: JsonObject | None = None,
    **facts: Any,
) -> Forecast:
    definitions = Definitions(crds)
    known: dict[FactKind[object], object] = {
        CRDS: definitions,
        SCHEMAS: knowledge().schemas.with_crds(definitions),
        **({} if served is None else {SERVED: served}),
        **facts.get("more", {}),
    }
    return Before(((widget, None), *beside), spec=spec or {}, facts=known, moved=True).forecast()


@pytest.mark.parametrize(
    ("served", "words"),
    [
        ({}, "the Kubernetes API could not find example.com/Widget: make sure its CRD is installed"),
        (_listed("Gadget"), "could not find example.com/Widget"),
        (_listed(), "could not find example.com/Widget"),
    ],
)
def test_a_kind_that_is_not_served_stops_the_sync_before_anything_is_applied(served: JsonObject, words: str) -> None:
    found = _forecast(served)
    assert [(e.does, e.key.kind) for e in found.effects] == [(Does.FAIL, "Widget")], said(found)
    assert words in found.because and found.because.endswith("nothing of the application is applied")
    assert found.safe and not found.converges


def test_what_would_be_lost_otherwise_stays_unsafe() -> None:
    """The CRD may be there by the time that somebody presses."""
    wanted = config_map("other", a="1")
    edited = (wanted, applied(config_map("other", a="9"), wanted))
    found = _forecast({}, beside=(edited,))
    assert not found.safe and [e.key.kind for e in found.fails] == ["Widget"], said(found)


@pytest.mark.parametrize(
    "found",
    [
        _forecast(None),
        _forecast(_listed("Widget")),
        _forecast({"kind": "Status", "message": "who knows"}),
        _forecast({}, _crd("v1")),
        _forecast({}, beside=((_crd("v1"), None),)),
        _forecast({}, widget=with_metadata(WIDGET, SKIP)),
        _forecast({}, spec={"syncPolicy": {"syncOptions": ["SkipDryRunOnMissingResource=true"]}}),
        _forecast(
            {},
            more={
                COMPARED_MANIFESTS: {key_of(_crd()): with_metadata(_crd("v1"), {"argocd.argoproj.io/hook": "PreSync"})}
            },
        ),
    ],
    ids=[
        "not read",
        "served",
        "no discovery's answer",
        "the CRD is there",
        "the sync brings the CRD",
        "the object says to go on",
        "the application says to go on",
        "a hook brings the CRD",
    ],
)
def test_without_a_proof_nothing_is_said(found: Forecast) -> None:
    assert not found.fails, said(found)
    assert any(e.does is Does.CREATE and e.key.kind == "Widget" for e in found.effects), said(found)


def test_a_version_that_is_not_served_names_those_that_are() -> None:
    found = _forecast(_listed(), _crd("v2", "v3"))
    assert 'could not find version "v1" of example.com/Widget: it has "v2" and "v3"' in found.because
    old: JsonObject = {
        "apiVersion": "policy/v1beta1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {},
    }
    found = _forecast({}, widget=old)
    assert 'could not find version "v1beta1" of policy/PodDisruptionBudget' in found.because


def test_built_in_kinds_are_not_in_question() -> None:
    """The answer about another group says nothing of them."""
    found = Before((CONFIG,), facts={SCHEMAS: knowledge().schemas, SERVED: {}}, moved=True).forecast()
    assert not found.fails, said(found)
