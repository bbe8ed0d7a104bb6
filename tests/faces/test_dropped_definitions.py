"""The last CRD that git dropped: found by who wrote it and when; what could not be read of it is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faces.command import inside
from whydrift.core.model.values import Json, JsonObject

REVISIONS = ("a" * 40, "b" * 40)
SOURCE: JsonObject = {"repoURL": "https://git.example.com/apps.git", "path": "gates", "targetRevision": "main"}
SYNCED: list[Json] = [
    {
        "id": place,
        "revision": revision,
        "source": SOURCE,
        "deployStartedAt": f"2026-{month}-01T09:00:00Z",
        "deployedAt": f"2026-{month}-01T09:00:20Z",
    }
    for place, (revision, month) in enumerate(zip(REVISIONS, ("10", "11"), strict=True))
]
APPLICATION: JsonObject = {
    "metadata": {"name": "gates", "namespace": "argocd"},
    "spec": {
        "project": "default",
        "source": SOURCE,
        "destination": {"server": "https://kubernetes.default.svc", "namespace": "gates"},
    },
    "status": {
        "sourceType": "Directory",
        "sync": {"status": "Synced", "revision": REVISIONS[1], "comparedTo": {"source": SOURCE}},
        "health": {"status": "Healthy"},
        "history": SYNCED,
        "resources": [{"version": "v1", "kind": "ConfigMap", "namespace": "gates", "name": "web", "status": "Synced"}],
    },
}
CRD: JsonObject = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
NAME = "gates.example.com"
LIST = "kubernetes/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
FORBIDDEN: JsonObject = {"kind": "Status", "code": 403, "message": "customresourcedefinitions is forbidden"}


def _definition(written: str, by: str = "argocd-controller") -> JsonObject:
    entry: JsonObject = {"manager": by, "operation": "Update", "time": written, "fieldsV1": {"f:spec": {}}}
    names: JsonObject = {"kind": "Gate", "plural": "gates"}
    metadata: JsonObject = {"name": NAME, "uid": "1", "managedFields": [entry]}
    return {**CRD, "metadata": metadata, "spec": {"group": "example.com", "names": names, "versions": []}}


def _recorded(place: Path, live: JsonObject, one: dict[str, JsonObject]) -> Path:
    """A recording of an application whose first revision had a CRD; `one` is what the server says of it by suffix."""
    manifests: list[Json] = [json.dumps({**CRD, "metadata": {"name": NAME}})]
    config: JsonObject = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web", "namespace": "gates"}}
    state = json.dumps(config)
    sides = dict.fromkeys(("targetState", "liveState", "normalizedLiveState", "predictedLiveState"), state)
    row: JsonObject = {"kind": "ConfigMap", "namespace": "gates", "name": "web", **sides}
    told: dict[str, Json] = {
        "argocd/api/v1/applications.json": {"items": [APPLICATION]},
        "argocd/api/v1/applications/gates.json": APPLICATION,
        "argocd/api/v1/applications/gates/managed-resources.json": {"items": [row]},
        f"argocd/api/v1/applications/gates/manifests@revision={REVISIONS[0]}.json": {"manifests": manifests},
        "argocd/api/v1/account/can-i/applications/get/%2A.json": {"value": "yes"},
        "argocd/api/v1/settings.json": {"trackingMethod": "annotation"},
        f"{LIST}.json": {"items": [live]},
        **{f"{LIST}/{NAME}.json{suffix}": said for suffix, said in one.items()},
    }
    for name, said in told.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(json.dumps(said))
    return place


IN_THE_FIRST_SYNC = _definition("2026-10-01T09:00:05Z")


@pytest.mark.parametrize(
    ("live", "one"),
    [
        (_definition("2026-09-01T09:00:05Z"), {"": _definition("2026-09-01T09:00:05Z")}),
        (_definition("2026-10-01T09:00:05Z", "kubectl"), {"": _definition("2026-10-01T09:00:05Z", "kubectl")}),
        (_definition("yesterday"), {"": _definition("yesterday")}),
        (IN_THE_FIRST_SYNC, {".404": {"kind": "Status", "code": 404}}),
    ],
)
def test_nothing_is_told_of_what_others_wrote_or_is_gone(
    tmp_path: Path, live: JsonObject, one: dict[str, JsonObject]
) -> None:
    said = inside("hidden", "--from", _recorded(tmp_path, live, one), "--no-git", "-o", "json")
    answer = json.loads(said.out)
    assert answer["applications"][0].get("objects", []) == [], said.everything
    assert "gaps" not in answer["applications"][0]


@pytest.mark.parametrize("suffix", [".403", ".500"])
def test_what_could_not_be_read_is_said(tmp_path: Path, suffix: str) -> None:
    recording = _recorded(tmp_path, IN_THE_FIRST_SYNC, {suffix: FORBIDDEN})
    answer = json.loads(inside("hidden", "--from", recording, "--no-git", "-o", "json").out)
    (gap,) = answer["applications"][0]["gaps"]
    assert gap["what"] == f"definition {NAME}" and suffix[1:] in gap["why"], gap
    assert answer["read"]["complete"] is False
    said = inside("hidden", "--from", recording, "--no-git")
    assert said.code == 3 and f"definition {NAME}" in said.out, said.everything


def test_the_last_definition_that_git_dropped_is_told(tmp_path: Path) -> None:
    recording = _recorded(tmp_path, IN_THE_FIRST_SYNC, {"": IN_THE_FIRST_SYNC})
    answer = json.loads(inside("hidden", "--from", recording, "--no-git", "-o", "json").out)
    (found,) = answer["applications"][0]["objects"]
    assert found["id"] == f"apiextensions.k8s.io/CustomResourceDefinition/{NAME}"
    assert found["differences"][0]["explanations"][0]["cause"] == "object-left-behind"
