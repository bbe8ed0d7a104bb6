"""The word of an Application: what changes it, and what does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fleet_builder import changed, scaled
from tests.replay.recorded import RECORDINGS, answered, unpack

from whydrift.core.model.application import Application
from whydrift.core.model.values import Json, JsonObject, items, mapping
from whydrift.usecases.watch.fingerprint import digest_of_resources, glimpse, looked_at, word_of

BASE: JsonObject = scaled().resource()
SAYS = {
    "spec": ("spec/source/targetRevision", "v2"),
    "auto-sync": ("spec/syncPolicy", {"automated": {"enabled": False}}),
    "a label": ("metadata/labels", {"team": "shop"}),
    "compare options": ("metadata/annotations", {"argocd.argoproj.io/compare-options": "IgnoreExtraneous"}),
    "the verdict": ("status/sync/status", "Synced"),
    "health": ("status/health/status", "Degraded"),
    "a condition": ("status/conditions", [{"type": "SyncError", "message": "no"}]),
    "the end of a sync": ("status/operationState", {"phase": "Succeeded", "finishedAt": "2026-11-20T10:00:01Z"}),
    "its deletion": ("metadata/deletionTimestamp", "2026-11-20T10:00:01Z"),
    "a row": ("status/resources", []),
}
SILENT = {
    "when it was compared": ("status/reconciledAt", "2026-11-20T11:00:00Z"),
    "the revision, with the same verdict": ("status/sync/revision", "b" * 40),
    "its version": ("metadata/resourceVersion", "99"),
    "who wrote it": ("metadata/managedFields", [{"manager": "argocd-server"}]),
    "history": ("status/history", [{"id": 1}]),
    "a refresh": ("metadata/annotations", {"argocd.argoproj.io/refresh": "normal"}),
    "what Argo CD leaves out": ("spec/info", []),
    "a switch that is off": ("spec/revisionHistoryLimit", 0),
}


def word(raw: JsonObject) -> str:
    return word_of(Application(raw))


@pytest.mark.parametrize(("path", "value"), SAYS.values(), ids=SAYS)
def test_says_something_else(path: str, value: Json) -> None:
    assert word(changed(BASE, path, value)) != word(BASE)


@pytest.mark.parametrize(("path", "value"), SILENT.values(), ids=SILENT)
def test_says_the_same(path: str, value: Json) -> None:
    assert word(changed(BASE, path, value)) == word(BASE)


@pytest.mark.parametrize("path", [path for path, _ in (*SAYS.values(), *SILENT.values())])
@pytest.mark.parametrize("value", ["x", [], {"a": "b"}, [{"type": "a", "message": "b"}]])
def test_a_glimpse_that_is_the_same_means_the_same_word(path: str, value: Json) -> None:
    """Whatever changes: what a glimpse takes for the same says the same, and it knows when Argo CD looked."""
    other = changed(BASE, path, value)
    seen, before = glimpse(json.dumps(other).encode()), glimpse(json.dumps(BASE).encode())
    assert before is not None
    if seen is None:  # it is decoded as a whole then
        return
    assert seen.digest != before.digest or word(other) == word(BASE)
    assert (seen.sync, seen.moved) == (Application(other).sync, looked_at(Application(other)))


def test_a_glimpse_sees_no_change_where_only_times_move() -> None:
    moved = changed(changed(BASE, "status/reconciledAt", "later"), "metadata/resourceVersion", "7")
    seen, before = glimpse(json.dumps(moved).encode()), glimpse(json.dumps(BASE).encode())
    assert seen is not None and before is not None
    assert seen.digest == before.digest and seen.moved != before.moved


def test_inputs_of_a_verdict_move_without_a_word() -> None:
    for path in ("status/reconciledAt", "status/sync/revision"):
        assert looked_at(Application(changed(BASE, path, "other"))) != looked_at(Application(BASE))


def test_both_apis_say_the_same(tmp_path: Path) -> None:
    """What Kubernetes sorts by name, and Argo CD leaves out because it is empty, says nothing."""
    for archive in RECORDINGS[:3]:
        for content in answered(unpack(archive, tmp_path / archive.stem)).values():
            listed = msgspec.json.decode(content)
            for raw in items(listed, "items") if isinstance(listed, dict) else []:
                if isinstance(raw, dict) and mapping(raw, "status", "sync"):
                    other = json.loads(json.dumps({**raw, "operation": None, "kind": "Application"}, sort_keys=True))
                    other["spec"] = {**other["spec"], "ignoreDifferences": other["spec"].get("ignoreDifferences") or []}
                    assert word(other) == word(raw)


ITEMS = st.lists(st.fixed_dictionaries({"name": st.text(max_size=3), "liveState": st.text(max_size=3)}), max_size=5)


@given(ITEMS, st.randoms())
def test_the_order_of_objects_says_nothing(rows: list[dict[str, str]], draw: Callable[..., None]) -> None:
    mixed = deepcopy(rows)
    draw.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    first, second = (digest_of_resources(json.dumps({"items": each}).encode()) for each in (rows, mixed))
    assert first == second


@given(ITEMS, ITEMS)
def test_other_objects_have_another_digest(rows: list[dict[str, str]], others: list[dict[str, str]]) -> None:
    first, second = (digest_of_resources(json.dumps({"items": each}).encode()) for each in (rows, others))
    alike = sorted(map(json.dumps, rows)) == sorted(map(json.dumps, others))
    assert (first == second) is alike
