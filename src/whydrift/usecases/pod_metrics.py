"""Reads what pods use now: from the cluster's metrics API, else from the Prometheus that the user named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import POD_METRICS, PODS
from whydrift.core.model.facts import Gap
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import JsonObject, is_object, items, mapping, text
from whydrift.ports import NotRead

if TYPE_CHECKING:
    from whydrift.usecases.facts import FactReader


async def pod_metrics(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """PodMetrics of the object's namespace; the gap names both places where both were asked."""
    namespace = key.namespace or application.destination_namespace
    what = "pod metrics (pods)"
    reply = await reader.kubernetes(application, f"/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods")
    missing = isinstance(reply, NotRead) and reply.status == 404
    found: JsonObject | Gap = {} if missing else reader.value(reply, POD_METRICS, what)
    rows = [] if isinstance(found, Gap) else [row for row in items(found, "items") if is_object(row)]
    if rows or reader.metrics is None:
        return found if isinstance(found, Gap) else tuple(rows)
    other = await reader.metrics.pods(namespace)
    if isinstance(other, NotRead):
        first = f"{found.why}; " if isinstance(found, Gap) else ""
        return Gap(what, f"{first}{other.why}", POD_METRICS.needs)
    return await _labelled(reader, application, key, other)


async def _labelled(
    reader: FactReader, application: Application, key: ObjectKey, metrics: tuple[JsonObject, ...]
) -> object:
    """The metrics with the labels of their pods, which Prometheus does not have; of pods that are there now only."""
    await reader.read([(application, key, PODS)])
    known = reader.facts(application, key)
    if not known.known(PODS):
        return known.gaps[PODS]
    labels = {text(pod, "metadata", "name"): mapping(pod, "metadata", "labels") for pod in known.get(PODS)}
    return tuple(
        {**row, "metadata": {**mapping(row, "metadata"), "labels": labels[text(row, "metadata", "name")]}}
        for row in metrics
        if text(row, "metadata", "name") in labels
    )
