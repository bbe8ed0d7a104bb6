"""Who owns which path: the questions that causes ask of managed fields."""

from __future__ import annotations

import pytest

from whydrift.core.model.managers import ManagedFields, owned_paths
from whydrift.core.model.paths import Path
from whydrift.core.model.values import JsonObject

FIELDS: dict[str, JsonObject] = {
    "argocd-controller": {
        "f:spec": {
            "f:replicas": {},
            "f:template": {
                "f:spec": {
                    "f:containers": {
                        'k:{"name":"web"}': {
                            ".": {},
                            "f:name": {},
                            "f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}},
                        }
                    },
                    "f:tolerations": {},
                    "f:securityContext": {"f:runAsUser": {}},
                }
            },
        },
        "f:metadata": {"f:finalizers": {'v:"a/b"': {}}},
    },
    "kubectl-edit": {
        "f:metadata": {"f:annotations": {".": {}, "f:note": {}}},
        "f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"web"}': {"f:image": {}}}}}},
    },
}

LIVE: JsonObject = {
    "metadata": {
        "annotations": {"note": "x", "other": "y"},
        "finalizers": ["c/d", "a/b"],
        "managedFields": [
            {
                "manager": name,
                "operation": "Update",
                "apiVersion": "apps/v1",
                "fieldsV1": fields,
                "time": "2026-11-22T07:22:28Z",
            }
            for name, fields in FIELDS.items()
        ],
    },
    "spec": {
        "replicas": 3,
        "template": {
            "spec": {
                "containers": [
                    {"name": "sidecar", "image": "s"},
                    {"name": "web", "image": "i", "ports": [{"containerPort": 80, "protocol": "TCP"}]},
                ],
                "tolerations": [{"key": "gpu"}],
                "securityContext": {"runAsUser": 7},
            }
        },
    },
}
POD: Path = ("spec", "template", "spec")


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        (("spec", "replicas"), ["argocd-controller"]),
        ((*POD, "containers", 1, "image"), ["kubectl-edit"]),
        ((*POD, "containers", 0, "image"), []),
        ((*POD, "containers", 1), ["argocd-controller"]),
        ((*POD, "containers", 1, "ports", 0, "containerPort"), ["argocd-controller"]),
        ((*POD, "containers", 1, "ports", 0, "protocol"), []),
        ((*POD, "tolerations", 0, "key"), ["argocd-controller"]),
        ((*POD, "securityContext"), ["argocd-controller"]),
        (("metadata", "finalizers", 1), ["argocd-controller"]),
        (("metadata", "finalizers", 0), []),
        (("metadata", "annotations", "note"), ["kubectl-edit"]),
        (("metadata", "annotations", "other"), []),
        (("spec",), []),
    ],
)
def test_owners_of_a_path(path: Path, owners: list[str]) -> None:
    assert [entry.manager for entry in ManagedFields.parse(LIVE).owners(path, LIVE)] == owners


def test_owners_within_a_path_include_those_of_its_parts() -> None:
    managed = ManagedFields.parse(LIVE)
    assert [entry.manager for entry in managed.owners_within((*POD, "containers"), LIVE)] == [*FIELDS]
    assert [entry.manager for entry in managed.owners_within((*POD, "tolerations"), LIVE)] == ["argocd-controller"]


def test_owned_paths_are_leaves() -> None:
    argocd, kubectl = ManagedFields.parse(LIVE).entries
    assert owned_paths(kubectl, LIVE) == {("metadata", "annotations", "note"), (*POD, "containers", 1, "image")}
    assert owned_paths(argocd, LIVE) == {
        ("spec", "replicas"),
        (*POD, "containers", 1, "name"),
        (*POD, "containers", 1, "ports", 0, "containerPort"),
        (*POD, "tolerations", 0, "key"),
        (*POD, "securityContext", "runAsUser"),
        ("metadata", "finalizers", 1),
    }


def test_an_entry_tells_who_how_and_when() -> None:
    scale: JsonObject = {
        "manager": "k9s",
        "operation": "Update",
        "subresource": "scale",
        "apiVersion": "apps/v1",
        "fieldsV1": {},
    }
    (entry,) = ManagedFields.parse({"metadata": {"managedFields": [scale]}}).entries
    assert (entry.manager, entry.operation, entry.subresource, entry.api_version) == (
        "k9s",
        "Update",
        "scale",
        "apps/v1",
    )
    assert entry.time is None
    assert not entry.fields


def test_an_object_without_managed_fields_has_no_owners() -> None:
    assert ManagedFields.parse({"spec": {}}).owners(("spec",), {"spec": {}}) == ()
