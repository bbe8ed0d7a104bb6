"""Manifests as they were rendered → the objects that Argo CD would compare: placed in namespaces, stamped, by key.

Sources: reposerver/repository/repository.go :: GenerateManifests (lists taken apart, stamped unless a CRD);
controller/state.go :: NormalizeTargetObjects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from whydrift.core.compare.targets import Scopes, normalize_targets
from whydrift.core.compare.tracking import CRD, Tracking, stamped
from whydrift.core.judge.situation import Situation
from whydrift.core.model.application import Application
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.values import JsonObject, is_object, items, text

CLUSTER_SCOPED = frozenset(
    {
        ("", "Namespace"),
        ("", "Node"),
        ("", "PersistentVolume"),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("certificates.k8s.io", "CertificateSigningRequest"),
        ("certificates.k8s.io", "ClusterTrustBundle"),
        ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
        ("networking.k8s.io", "IPAddress"),
        ("networking.k8s.io", "IngressClass"),
        ("networking.k8s.io", "ServiceCIDR"),
        ("node.k8s.io", "RuntimeClass"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("resource.k8s.io", "DeviceClass"),
        ("resource.k8s.io", "ResourceSlice"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "CSIDriver"),
        ("storage.k8s.io", "CSINode"),
        ("storage.k8s.io", "StorageClass"),
        ("storage.k8s.io", "VolumeAttachment"),
        ("storage.k8s.io", "VolumeAttributesClass"),
    }
)
"""Kinds of Kubernetes itself that have no namespace (discovery of Kubernetes 1.36)."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Whose objects they are and where they go. `scopes` tells which kinds have no namespace."""

    application: str
    namespace: str
    scopes: Scopes
    tracking: Tracking


def placing_of(situation: Situation) -> Placing:
    """How Argo CD places the objects of an application; what has no namespace shows in its rows."""
    application = situation.application
    keys = [item.key for item in situation.snapshot.objects or ()]
    keys += [key for key, _ in application.rows]
    bare = {(key.group, key.kind) for key in keys if not key.namespace}
    definitions = (item.live for item in situation.snapshot.objects or () if item.key.kind == CRD[1])
    scopes = Scopes(CLUSTER_SCOPED | bare | frozenset(_cluster_scoped(live for live in definitions if is_object(live))))
    return Placing(
        application.instance_name, application.destination_namespace, scopes, situation.terms.settings.tracking
    )


def unread_placing(application: Application) -> Placing:
    """How objects are placed where nothing but the Application was read."""
    bare = {(key.group, key.kind) for key, _ in application.rows if not key.namespace}
    scopes = Scopes(CLUSTER_SCOPED | bare)
    return Placing(application.instance_name, application.destination_namespace, scopes, Tracking())


def placed(manifests: Iterable[JsonObject], placing: Placing) -> dict[ObjectKey, JsonObject]:
    """The objects by key as Argo CD tracks them; of several with one key the last one stays."""
    each = list(_each(manifests))
    scopes = Scopes(placing.scopes.cluster | frozenset(_cluster_scoped(each)))
    marked = (
        obj if key_of(obj)[:2] == CRD else stamped(obj, placing.application, placing.namespace, placing.tracking)
        for obj in each
    )
    targets = normalize_targets(marked, placing.application, placing.namespace, scopes, placing.tracking)
    return {key_of(obj): obj for obj in targets.objects}


def _each(manifests: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """Every object; a list is what it holds (unstructured.IsList: it has `items`)."""
    for manifest in manifests:
        if isinstance(manifest.get("items"), list):
            yield from (item for item in items(manifest, "items") if is_object(item))
        elif not (text(manifest, "kind").endswith("List") and "items" in manifest):
            yield manifest


def _cluster_scoped(objects: Iterable[JsonObject]) -> Iterator[tuple[str, str]]:
    """The kinds that CustomResourceDefinitions among these define without a namespace."""
    for obj in objects:
        if text(obj, "kind") == CRD[1] and text(obj, "spec", "scope") == "Cluster":
            yield text(obj, "spec", "group"), text(obj, "spec", "names", "kind")
