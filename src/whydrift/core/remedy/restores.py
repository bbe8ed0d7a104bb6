"""What creates a deleted object again, what tries that before the delete, and what it does not bring back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from whydrift.core.model.objects import SERVER_METADATA, WITH_PODS
from whydrift.core.model.values import Json, JsonObject, items, mapping, text


def restorable(live: JsonObject, owners: Sequence[Json] = ()) -> JsonObject:
    """The body that creates a deleted object again; `owners` are those of its owner references that still exist.

    What the server gives is left to it: uid, times, status, a Service's address, a Job's selector.
    """
    metadata = {key: value for key, value in mapping(live, "metadata").items() if key not in NOT_RESTORED}
    if owners:
        metadata["ownerReferences"] = list(owners)
    body: JsonObject = {key: value for key, value in live.items() if key not in ("status", "metadata")}
    body["metadata"] = metadata
    match text(live, "kind"):
        case "Service":
            body["spec"] = _without_address(mapping(live, "spec"))
        case "Job":
            body["spec"] = _without_selector(mapping(live, "spec"))
            metadata["labels"] = _without(mapping(metadata, "labels"), JOB_LABELS)
        case _:
            pass
    return body


def trial(live: JsonObject, name: str) -> JsonObject:
    """A body for a dry-run create beside the object that still exists: under a free name, without node ports."""
    body = restorable(live)
    body["metadata"] = {**mapping(body, "metadata"), "name": name}
    if text(live, "kind") == "Service":
        spec = mapping(body, "spec")
        ports: list[Json] = [{**mapping(port), "nodePort": 0} for port in items(spec, "ports")]
        body["spec"] = {**_without(spec, ("healthCheckNodePort",)), "ports": ports}
    return body


NOT_RESTORED = (*SERVER_METADATA, "deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences")
"""Metadata that the server gives, or that names objects by their uid."""
JOB_LABELS = ("controller-uid", "batch.kubernetes.io/controller-uid")
ADDRESSES = ("clusterIP", "clusterIPs", "healthCheckNodePort")


def _without(values: JsonObject, keys: Iterable[str]) -> JsonObject:
    dropped = frozenset(keys)
    return {key: value for key, value in values.items() if key not in dropped}


def _without_address(spec: JsonObject) -> JsonObject:
    """A Service's spec without the addresses it was given; a headless one keeps its None."""
    return spec if text(spec, "clusterIP") == "None" else _without(spec, ADDRESSES)


def _without_selector(spec: JsonObject) -> JsonObject:
    """A Job's spec as it was sent: the server generates the selector and its labels (Kubernetes doc, Jobs)."""
    if spec.get("manualSelector") is True:
        return spec
    template = mapping(spec, "template")
    metadata = mapping(template, "metadata")
    labels = _without(mapping(metadata, "labels"), JOB_LABELS)
    return {**_without(spec, ("selector",)), "template": {**template, "metadata": {**metadata, "labels": labels}}}


def not_restored(live: JsonObject) -> tuple[str, ...]:
    """What creating the object again does not bring back, in words."""
    lost = ["its uid: what names it by uid (owner references, events) does not find it"]
    kind = text(live, "kind")
    address = text(live, "spec", "clusterIP")
    if kind == "Service" and address not in ("", "None"):
        lost.append(f"its address {address}: the new one may differ")
    if kind in ("Job", "Pod", "PipelineRun", "TaskRun", "Workflow"):
        lost.append("what it has done: created again, it runs again")
    if kind in WITH_PODS:
        lost.append("its pods: new ones are started")
    if kind == "StatefulSet":
        lost.append("volumes that persistentVolumeClaimRetentionPolicy deletes with it")
    if items(live, "metadata", "ownerReferences"):
        lost.append("owner references to what is gone by then")
    return tuple(lost)
