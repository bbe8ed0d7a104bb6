"""What pods use: the metrics API first, Prometheus where that says nothing; labels come from the pods themselves."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

import pytest
from tests.usecases.test_pod_log import APPLICATION, Answers

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.core.model.fact_kinds import POD_METRICS
from whydrift.core.model.facts import Facts
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import Json, JsonObject
from whydrift.ports import Body, NotRead, Reply
from whydrift.usecases.facts import FactReader

METRICS = "kubernetes/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods"
PODS = "kubernetes/api/v1/namespaces/shop/pods"
LABELS: JsonObject = {"app": "web"}


def _list(*rows: Json) -> Body:
    return Body(json.dumps({"items": list(rows)}).encode())


def _row(name: str, **metadata: Json) -> JsonObject:
    return {"metadata": {"name": name, **metadata}, "containers": [{"name": "app", "usage": {"cpu": "45m"}}]}


@dataclass
class Table:
    """A Prometheus that answers from a value."""

    answer: tuple[JsonObject, ...] | NotRead

    async def pods(self, namespace: str) -> tuple[JsonObject, ...] | NotRead:
        """The value."""
        return self.answer


def _read(replies: dict[str, Reply], metrics: Table | None) -> Facts:
    reader = FactReader(Answers(replies), Masker(b"k" * 16), builtin_schemas())
    reader.metrics = metrics
    key = ObjectKey("apps", "Deployment", "shop", "web")
    asyncio.run(reader.read([(APPLICATION, key, POD_METRICS)]))
    return reader.facts(APPLICATION, key)


def test_the_metrics_api_comes_first() -> None:
    row = _row("web-1", labels=LABELS)
    assert _read({METRICS: _list(row)}, Table((_row("other"),))).get(POD_METRICS) == (row,)


@pytest.mark.parametrize("said", [NotRead("404", 404), NotRead("403", 403), _list()])
def test_prometheus_speaks_where_the_metrics_api_says_nothing(said: Reply) -> None:
    pods = _list({"metadata": {"name": "web-1", "labels": LABELS}})
    found = _read({METRICS: said, PODS: pods}, Table((_row("web-1"), _row("gone-1"))))
    assert found.get(POD_METRICS) == (_row("web-1", labels=LABELS),)


def test_what_nobody_says_is_a_gap_with_both_reasons() -> None:
    found = _read({METRICS: NotRead("403: forbidden", 403)}, Table(NotRead("connection refused")))
    assert found.gaps[POD_METRICS].why == "403: forbidden; connection refused"


def test_without_pods_nothing_tells_whose_use_it_is() -> None:
    found = _read({METRICS: NotRead("404", 404)}, Table((_row("web-1"),)))
    assert not found.known(POD_METRICS)


def test_without_prometheus_a_cluster_without_metrics_has_none() -> None:
    assert _read({METRICS: NotRead("404", 404)}, None).get(POD_METRICS) == ()
