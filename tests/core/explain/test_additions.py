"""What the server fills in is never called somebody's addition, whoever's entry it stands in (measured.md 21)."""

from __future__ import annotations

import pytest
from tests.cases import subject_of
from tests.core.explain.test_measured_storage import as_stored, measured

from whydrift.core.explain.causes.person_adds_what_diff_ignores import CAUSE
from whydrift.core.explain.engine import explain
from whydrift.core.model.values import Json, JsonObject, is_object, mapping

MEASURED = measured()
LATER, BORN = "2026-11-20T09:00:00Z", "2026-11-01T09:00:00Z"


@pytest.mark.parametrize("manager,time", [("kubectl-edit", LATER), ("kubectl-create", BORN)])
@pytest.mark.parametrize("sent,rows", MEASURED, ids=[f"{o['kind']}-{n}" for n, (o, _) in enumerate(MEASURED)])
def test_what_the_server_fills_in_is_nobodys_addition(
    sent: JsonObject, rows: list[Json], manager: str, time: str
) -> None:
    told = told_of(sent, as_stored(sent, rows), manager, time)
    assert told == {}


def test_an_addition_beside_it_is_told() -> None:
    sent, rows = next((o, rows) for o, rows in MEASURED if o["kind"] == "Deployment")
    live = as_stored(sent, rows)
    assert is_object(live) and is_object(live["spec"])
    assert told_of(sent, {**live, "spec": {**live["spec"], "paused": True}}, "kubectl-edit", LATER) == {
        "/spec/paused": "attributed"
    }


def told_of(target: JsonObject, live: Json, manager: str, time: str) -> JsonObject:
    """What is told of an object whose fields all stand in one person's entry: pointer to strength."""
    assert is_object(live)
    metadata = mapping(live, "metadata")
    fields: JsonObject = {f"f:{name}": {} for name in live if name not in ("apiVersion", "kind", "metadata", "status")}
    own: JsonObject = {f"f:{name}": {} for name in metadata if name in ("labels", "annotations", "finalizers")}
    entry: JsonObject = {
        "manager": manager,
        "operation": "Update",
        "time": time,
        "fieldsV1": {**fields, "f:metadata": own},
    }
    owned: JsonObject = {**live, "metadata": {**metadata, "creationTimestamp": BORN, "managedFields": [entry]}}
    findings = explain(subject_of({"target": target, "live": owned, "hidden": True}), [CAUSE]).findings
    return {f.difference.pointer: f.explanations[0].strength.value for f in findings if f.explanations}
