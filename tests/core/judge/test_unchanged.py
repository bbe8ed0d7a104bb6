"""What is told to be unchanged without a prediction is what the prediction says too: for every object of the demo."""

from __future__ import annotations

import json
import zipfile

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.builtin.types import load_types
from whydrift.adapters.jq import JqWorker
from whydrift.core.compare.settings import ComparisonSettings
from whydrift.core.compare.terms import Knowledge, Terms
from whydrift.core.judge.effects import changes_of
from whydrift.core.judge.predict import KUBECTL, OWN, Way, predicted
from whydrift.core.judge.unchanged import surely_merged, surely_unchanged
from whydrift.core.model.application import Application
from whydrift.core.model.values import Json, JsonObject, is_object, items, mapping, text
from whydrift.demo import FLEET

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def terms() -> Terms:
    knowledge = Knowledge(load_types(), builtin_schemas(), JqWorker())
    return Terms.of(Application({"spec": {}}), ComparisonSettings(), knowledge)


def pairs() -> list[tuple[JsonObject, JsonObject]]:
    """Every object of the demo's fleet that git and the cluster both have."""
    found = []
    with zipfile.ZipFile(FLEET) as archive:
        for name in archive.namelist():
            if name.endswith("/managed-resources.json"):
                for row in items(json.loads(archive.read(name)), "items"):
                    target, live = (decoded(row, side) for side in ("targetState", "liveState"))
                    if is_object(target) and is_object(live):
                        found.append((target, live))
    return found


def decoded(row: Json, side: str) -> Json:
    stated: Json = json.loads(text(row, side) or "null")
    return stated


def test_what_is_sure_is_what_the_prediction_says() -> None:
    known, sure = terms(), 0
    for target, live in pairs():
        if surely_unchanged(target, live, known):
            sure += 1
            assert changes_of(predicted(target, live, Way.CLIENT_SIDE, known)) == (), text(target, "metadata", "name")
    assert sure > 100, "the demo holds objects that are surely unchanged"


def test_what_is_sure_without_last_applied_is_what_the_prediction_says() -> None:
    known, sure = terms(), 0
    for target, live in pairs():
        metadata = mapping(live, "metadata")
        notes = {key: note for key, note in mapping(metadata, "annotations").items() if key != LAST_APPLIED}
        bare: JsonObject = {**live, "metadata": {**metadata, "annotations": notes}}
        if surely_unchanged(target, bare, known):
            sure += 1
            assert changes_of(predicted(target, bare, Way.CLIENT_SIDE, known)) == (), text(target, "metadata", "name")
    assert sure > 100, "the demo holds objects that are surely unchanged"


def test_what_the_server_surely_leaves_is_what_the_prediction_says() -> None:
    known, migrated, sure, unsure = terms(), OWN | {KUBECTL}, 0, 0
    for target, live in pairs():
        if surely_merged(target, live, known, migrated):
            sure += 1
            assert changes_of(predicted(target, live, Way.SERVER_SIDE, known)) == (), text(target, "metadata", "name")
        else:
            unsure += 1
    assert sure > 100 and unsure, "the demo holds objects that the server surely leaves, and others"


def test_a_field_that_git_dropped_is_not_sure() -> None:
    for target, live in pairs():
        if surely_unchanged(target, live, terms()) and is_object(target.get("data")) and target["data"]:
            data = target["data"]
            assert is_object(data)
            shorter = {**target, "data": dict(list(data.items())[1:])}
            assert not surely_unchanged(shorter, live, terms())
            return
    raise AssertionError("no ConfigMap to try it with")


def test_a_changed_value_is_not_sure() -> None:
    stated: JsonObject = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 3}}
    live: JsonObject = {**stated, "metadata": {"annotations": {LAST_APPLIED: json.dumps(stated)}}}
    assert surely_unchanged(stated, live, terms())
    assert not surely_unchanged(stated, {**live, "spec": {"replicas": 5}}, terms())
    assert not surely_unchanged({**stated, "spec": {"replicas": None}}, live, terms())
