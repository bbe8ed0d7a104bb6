"""Whether an application that is Synced needs a render to know its hooks: not where its last sync tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.judge.situations import Before, config_map, said
from whydrift.core.model.effect import Does
from whydrift.core.model.fact_kinds import COMPARED_MANIFESTS
from whydrift.core.model.facts import FactKind, Gap
from whydrift.core.model.values import Json, JsonObject

SOURCE: JsonObject = {"repoURL": "https://git.example.com/apps.git", "path": "shop", "targetRevision": "main"}
OLD = "1" * 40
UNREAD: dict[FactKind[object], Gap] = {COMPARED_MANIFESTS: Gap("manifests", "not asked", "")}
CALM = Before(((config_map(a="1"), config_map(a="1")),), synced=True, gaps=UNREAD)


def operation(
    phase: str = "Succeeded", revision: str = OLD, path: str = "shop", selected: tuple[Json, ...] = (), hook: str = ""
) -> JsonObject:
    """A status with the last sync in it."""
    row: JsonObject = {"kind": "ConfigMap", "name": "config", "namespace": "shop", "status": "Synced"}
    job: JsonObject = {"group": "batch", "kind": "Job", "name": "migrate", "namespace": "shop", "hookType": hook}
    return {
        "sync": {"status": "Synced", "revision": OLD, "comparedTo": {"source": SOURCE}},
        "operationState": {
            "phase": phase,
            "operation": {"sync": {"resources": [*selected]} if selected else {}},
            "syncResult": {
                "revision": revision,
                "source": {**SOURCE, "path": path},
                "resources": [row, *([job] if hook else [])],
            },
        },
    }


@pytest.mark.parametrize(
    "status",
    [
        {},
        operation(phase="Failed"),
        operation(phase="Running"),
        operation(revision="2" * 40),
        operation(path="elsewhere"),
        operation(selected=({"kind": "ConfigMap", "name": "config"},)),
        operation(hook="PostSync"),
    ],
    ids=["never synced", "failed", "running", "another commit", "another source", "selective", "it ran one"],
)
def test_hooks_are_not_known_where_the_last_sync_does_not_tell(status: JsonObject) -> None:
    """Unknown is not safe."""
    forecast = replace(CALM, status=status).forecast()
    assert [e.does for e in forecast.effects] == [Does.UNKNOWN] and "which hooks run" in forecast.effects[0].says
    assert not forecast.safe


def test_a_sync_of_the_same_that_ran_none_will_run_none() -> None:
    forecast = replace(CALM, status=operation()).forecast()
    assert forecast.effects == () and forecast.safe, said(forecast)


def test_what_drifts_is_rendered_all_the_same() -> None:
    """Its hooks may be what drifts."""
    drifting = replace(CALM, pairs=((config_map(a="1"), config_map(a="2")),), synced=False, status=operation())
    assert any("which hooks run" in effect.says for effect in drifting.forecast().effects)
