"""What a sync creates in a Namespace that is not there (kubectl and Argo CD: `namespaces "shop" not found`)."""

from __future__ import annotations

import pytest

from tests.core.judge.situations import Before, config_map, said
from whydrift.core.model.effect import Forecast
from whydrift.core.model.fact_kinds import DRY_RUN, NAMESPACE
from whydrift.core.model.facts import FactKind, Gap
from whydrift.core.model.values import JsonObject

SHOP: JsonObject = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
MAKES: JsonObject = {"syncPolicy": {"syncOptions": ["CreateNamespace=true"]}}


def _forecast(
    namespace: JsonObject | None, spec: JsonObject | None = None, *beside: JsonObject, refused: str = ""
) -> Forecast:
    facts: dict[FactKind[object], object] = {} if namespace is None else {NAMESPACE: namespace}
    gaps: dict[FactKind[object], Gap] = {NAMESPACE: Gap("Namespace shop", "403 Forbidden")} if namespace is None else {}
    gaps |= {DRY_RUN: Gap("dry run", f"404: {refused}", "", 404, refused)} if refused else {}
    pairs = tuple((wanted, None) for wanted in (*beside, config_map(a="1")))
    return Before(pairs, spec=spec or {}, facts=facts, gaps=gaps, moved=True).forecast()


def test_nothing_can_be_created_where_the_namespace_is_not_there() -> None:
    found = _forecast({})
    assert said(found) == ['safe fail ConfigMap: fails: namespaces "shop" not found '] and not found.converges


@pytest.mark.parametrize(
    ("namespace", "spec", "beside"), [(SHOP, {}, ()), (None, {}, ()), ({}, MAKES, ()), ({}, {}, (SHOP,))]
)
def test_a_namespace_that_is_there_or_comes_or_was_not_read_refuses_nothing(
    namespace: JsonObject | None, spec: JsonObject, beside: tuple[JsonObject, ...]
) -> None:
    assert not _forecast(namespace, spec, *beside).fails


def test_the_server_says_in_a_dry_run_that_the_namespace_is_not_there() -> None:
    """Of this one, and only where nobody makes it."""
    words = 'namespaces "shop" not found'
    assert said(_forecast(None, refused=words)) == [f"safe fail ConfigMap: fails: {words} "]
    for found in (_forecast(None, MAKES, refused=words), _forecast(SHOP, refused=words)):
        assert not found.fails, said(found)
    assert not _forecast(None, refused='namespaces "web" not found').fails
