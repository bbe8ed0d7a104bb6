"""The namespace whose labels and annotations an application manages (`managedNamespaceMetadata`).

Source: controller/state.go :: isManagedNamespace, CompareAppState; controller/sync_namespace.go;
pkg/apis/application/v1alpha1/types.go :: HasChangedManagedNamespaceMetadata.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.compare.hooks import SYNC_OPTIONS
from whydrift.core.model.application import Application
from whydrift.core.model.objects import key_of
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, mapping, same, text


def is_managed_namespace(obj: JsonObject, application: Application) -> bool:
    """Whether an object is the namespace whose metadata the application manages."""
    ours = text(obj, "kind") == "Namespace" and key_of(obj).name == application.destination_namespace
    return ours and isinstance(_namespace_metadata(application), dict)


def _namespace_metadata(application: Application) -> MaybeJson:
    return child(application.raw, "spec", "syncPolicy", "managedNamespaceMetadata")


def managed_namespaces(
    targets: Iterable[JsonObject], lives: Iterable[JsonObject], application: Application
) -> list[JsonObject]:
    """What a live namespace is compared with when the application manages its metadata and git has no Namespace."""
    if any(is_managed_namespace(target, application) for target in targets):
        return []
    wanted = _namespace_metadata(application)
    labels = mapping(wanted, "labels")
    annotations: JsonObject = {**mapping(wanted, "annotations"), SYNC_OPTIONS: "ServerSideApply=true"}
    return [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": key_of(live).name,
                **({"labels": labels} if labels else {}),
                "annotations": annotations,
            },
            "spec": {},
            "status": {},
        }
        for live in lives
        if is_managed_namespace(live, application)
    ]


def namespace_metadata_changed(application: Application) -> bool:
    """Whether the metadata that the last sync gave the namespace is not what the application asks for now."""
    wanted = _namespace_metadata(application)
    result = child(application.operation, "syncResult")
    if not isinstance(wanted, dict) or not isinstance(result, dict):
        return False
    given = child(result, "managedNamespaceMetadata")
    if not isinstance(given, dict):
        return True
    return not all(same(_stated(wanted, part), _stated(given, part)) for part in ("labels", "annotations"))


def _stated(metadata: JsonObject, part: str) -> MaybeJson:
    found = child(metadata, part)
    return ABSENT if found is None else found
