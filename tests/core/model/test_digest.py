"""Digests: the same as long as nobody changed what matters."""

from __future__ import annotations

import pytest

from whydrift.core.model.digest import digest
from whydrift.core.model.values import Json, JsonObject

WEB: JsonObject = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {
        "name": "web",
        "uid": "1",
        "resourceVersion": "10",
        "generation": 1,
        "annotations": {"note": "x"},
        "managedFields": [{"manager": "kubectl"}],
    },
    "spec": {"replicas": 3, "token": "⟦masked:aaaa⟧"},
    "status": {"readyReplicas": 3},
}


def with_metadata(**changes: Json) -> JsonObject:
    """The web with other metadata."""
    metadata = WEB["metadata"]
    assert isinstance(metadata, dict)
    return {**WEB, "metadata": {**metadata, **changes}}


NOISE: dict[str, JsonObject] = {
    "a new status": {**WEB, "status": {"readyReplicas": 0}},
    "no status": {key: value for key, value in WEB.items() if key != "status"},
    "a new version": with_metadata(resourceVersion="11", generation=2, managedFields=[]),
    "a refresh of an Application": with_metadata(annotations={"note": "x", "argocd.argoproj.io/refresh": "normal"}),
    "an operation": {**WEB, "operation": {"sync": {}}},
    "another key of masking": {**WEB, "spec": {"replicas": 3, "token": "⟦masked:bbbb⟧"}},
    "another order": dict(reversed(WEB.items())),
}
CHANGES: dict[str, JsonObject] = {
    "spec": {**WEB, "spec": {"replicas": 5}},
    "label": with_metadata(labels={"a": "b"}),
    "annotation": with_metadata(annotations={"note": "y"}),
    "a new object of the name": with_metadata(uid="2"),
    "it is being deleted": with_metadata(deletionTimestamp="2026-01-01T00:00:00Z"),
    "data": {**WEB, "data": {}},
}


@pytest.mark.parametrize("name", NOISE)
def test_bookkeeping_is_no_change(name: str) -> None:
    """What the server and controllers keep writing."""
    assert digest(NOISE[name]) == digest(WEB)


@pytest.mark.parametrize("name", CHANGES)
def test_everything_else_is_one(name: str) -> None:
    """Whoever made it."""
    assert digest(CHANGES[name]) != digest(WEB)
