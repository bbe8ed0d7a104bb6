"""What a real API server was measured to fill in, drop and respell is explained, and nothing is that it allocates.

tests/data/builtin-defaults: objects that were sent, and what Kubernetes 1.36.1 stored otherwise (`POST …?dryRun=All`).
"""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest
from tests.cases import subject_of
from tests.from_yaml import all_from_yaml

from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.explain.engine import explain
from whydrift.core.model.paths import parse_pointer
from whydrift.core.model.values import Json, JsonObject, is_empty, is_object, items, text

DATA = Path(__file__).parents[2] / "data/builtin-defaults"
EQUIVALENT = {"server-defaults-field", "writer-drops-empty-value", "server-respells-value"}
CAUSES = [cause for cause in CATALOGUE if cause.id in EQUIVALENT]
NOT_EXPLAINED = {
    "Service": {
        "/spec/clusterIP", "/spec/clusterIPs", "/spec/ipFamilies", "/spec/ipFamilyPolicy", "/spec/healthCheckNodePort",
        "/spec/ports/0/nodePort",
    },
    "DaemonSet": {"/metadata/annotations/deprecated.daemonset.template.generation"},
    "Job": {
        "/spec/selector", "/spec/template/metadata", "/metadata/labels/batch.kubernetes.io~1controller-uid",
        "/metadata/labels/batch.kubernetes.io~1job-name", "/metadata/labels/controller-uid",
        "/metadata/labels/job-name",
    },
    "Pod": {
        "/spec/containers/0/volumeMounts", "/spec/volumes", "/spec/tolerations", "/spec/priority",
        "/spec/preemptionPolicy", "/spec/serviceAccount", "/spec/serviceAccountName",
    },
    "Secret": {"/stringData", "/data"},
}  # fmt: skip
"""Allocated by the server or put in at admission, which other causes explain; Secrets, which Argo CD evens out."""


def measured() -> list[tuple[JsonObject, list[Json]]]:
    """Each object that was sent and stored in another form, with the places that differ."""
    found = []
    for sent, stored in (("sent.yaml", "stored.json"), ("zeros.yaml", "zeros-stored.json")):
        objects = [row for row in all_from_yaml((DATA / sent).read_text()) if row]
        rows = json.loads((DATA / stored).read_text())["objects"]
        found += [(obj, row["stored"]) for obj, row in zip(objects, rows, strict=True) if row.get("stored")]
    return found


@pytest.mark.parametrize(
    "sent,rows", measured(), ids=lambda x: f"{x['kind']}-{x['metadata']['name']}" if "kind" in x else ""
)
def test_what_the_server_stores_is_explained(sent: JsonObject, rows: list[Json]) -> None:
    findings = explain(subject_of({"target": sent, "live": as_stored(sent, rows)}), CAUSES).findings
    assert findings
    for finding in findings:
        pointer = finding.difference.pointer
        allocated = pointer in NOT_EXPLAINED.get(text(sent, "kind"), set()) and not is_empty(finding.difference.target)
        assert bool(finding.explanations) is not allocated, pointer


def as_stored(sent: JsonObject, rows: list[Json]) -> Json:
    """The object as the server stored it."""
    live: Json = deepcopy(sent)
    for row in rows:
        assert is_object(row)
        live = _with(live, parse_pointer(text(row, "path")), row)
    return live


def _with(value: Json, steps: tuple[str, ...], row: JsonObject) -> Json:
    if not steps:
        return row.get("stored")
    step, rest = steps[0], steps[1:]
    if isinstance(value, list):
        place = int(step)
        below = _with(value[place] if place < len(value) else None, rest, row)
        return [*value[:place], below, *value[place + 1 :]]
    assert value is None or isinstance(value, dict)
    kept = dict(value or {})
    if not rest and row["what"] == "dropped":
        return {key: part for key, part in kept.items() if key != step}
    return {**kept, step: _with(kept.get(step), rest, row)}


def test_the_measured_objects_are_all_there() -> None:
    assert len(measured()) > 40
    assert sum(len(items({"": rows}, "")) for _, rows in measured()) > 400
