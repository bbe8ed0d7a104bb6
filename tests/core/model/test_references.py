"""What objects name."""

from __future__ import annotations

from whydrift.core.model.references import Reference, references, selects, subjects
from whydrift.core.model.values import JsonObject

POD: JsonObject = {
    "kind": "Pod",
    "metadata": {"name": "web-1", "namespace": "shop", "ownerReferences": [{"kind": "ReplicaSet", "name": "web"}]},
    "spec": {
        "serviceAccountName": "web",
        "imagePullSecrets": [{"name": "registry"}],
        "containers": [
            {
                "name": "web",
                "envFrom": [{"configMapRef": {"name": "settings"}}],
                "env": [{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "a"}}}],
            }
        ],
        "volumes": [
            {"name": "a", "configMap": {"name": "files"}},
            {"name": "b", "persistentVolumeClaim": {"claimName": "data"}},
            {"name": "c", "projected": {"sources": [{"secret": {"name": "token"}}]}},
        ],
    },
    "status": {"configMap": {"name": "not-a-use"}},
}


def test_a_pod_names_what_it_cannot_start_without() -> None:
    named = {(found.kind, found.name) for found in references(POD)}
    assert named == {
        ("ServiceAccount", "web"),
        ("Secret", "registry"),
        ("ConfigMap", "settings"),
        ("Secret", "keys"),
        ("ConfigMap", "files"),
        ("PersistentVolumeClaim", "data"),
        ("Secret", "token"),
    }
    assert all(found.namespace == "shop" for found in references(POD))


def test_routes_name_services_and_classes() -> None:
    ingress: JsonObject = {
        "kind": "Ingress",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "ingressClassName": "edge",
            "tls": [{"secretName": "cert"}],
            "rules": [{"http": {"paths": [{"backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}],
        },
    }
    assert references(ingress) == {
        Reference("IngressClass", "", "edge"),
        Reference("Secret", "shop", "cert"),
        Reference("Service", "shop", "web"),
    }


def test_a_binding_names_its_role_and_gives_rights_to_its_subjects() -> None:
    binding: JsonObject = {
        "kind": "RoleBinding",
        "metadata": {"name": "b", "namespace": "shop"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
        "subjects": [{"kind": "ServiceAccount", "name": "web"}, {"kind": "Group", "name": "night"}],
    }
    assert references(binding) == {Reference("Role", "shop", "reader")}
    assert Reference("ServiceAccount", "shop", "web") in subjects(binding)


def test_a_selector_wants_all_its_labels() -> None:
    assert selects({"matchLabels": {"app": "web"}}, {"app": "web", "tier": "front"})
    assert not selects({"app": "web", "tier": "back"}, {"app": "web", "tier": "front"})
    assert not selects({}, {"app": "web"})
