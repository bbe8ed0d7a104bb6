"""Where rendered objects go: namespaces, marks, lists, and which of several counts."""

from __future__ import annotations

from whydrift.core.compare.targets import Scopes
from whydrift.core.compare.tracking import Tracking
from whydrift.core.model.application import Application
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.values import JsonObject, text
from whydrift.core.prove.placing import CLUSTER_SCOPED, Placing, placed, unread_placing

ID = "argocd.argoproj.io/tracking-id"
PLACING = Placing("shop", "web", Scopes(CLUSTER_SCOPED), Tracking())
CRD: JsonObject = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "zones.example.com"},
    "spec": {"group": "example.com", "scope": "Cluster", "names": {"kind": "Zone"}},
}
ZONE: JsonObject = {"apiVersion": "example.com/v1", "kind": "Zone", "metadata": {"name": "eu"}}


def config(name: str, namespace: str = "", **data: str) -> JsonObject:
    """A ConfigMap as a repository states it."""
    metadata: JsonObject = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {**data}}


def test_objects_without_a_namespace_go_to_the_destination() -> None:
    """And are marked with it, as one that states another one is with its own."""
    found = placed([config("a"), config("b", "other")], PLACING)
    assert [key.namespace for key in found] == ["web", "other"]
    marks = [text(obj, "metadata", "annotations", ID) for obj in found.values()]
    assert marks == ["shop:/ConfigMap:web/a", "shop:/ConfigMap:other/b"]


def test_cluster_scoped_kinds_lose_their_namespace_and_keep_its_mark() -> None:
    """Also kinds that a CRD of the same render defines; the CRD itself carries no mark."""
    found = placed([CRD, ZONE], PLACING)
    assert list(found) == [key_of(CRD), ObjectKey("example.com", "Zone", "", "eu")]
    assert text(found[key_of(CRD)], "metadata", "annotations", ID) == ""
    assert text(found[key_of(ZONE)], "metadata", "annotations", ID) == "shop:example.com/Zone:web/eu"


def test_kinds_of_rows_without_a_namespace_are_cluster_scoped() -> None:
    """Argo CD's rows say so, where no CRD is known."""
    row: JsonObject = {"group": "example.com", "kind": "Zone", "name": "eu", "status": "Synced"}
    raw: JsonObject = {"metadata": {"name": "shop"}, "status": {"resources": [row]}}
    assert list(placed([ZONE], unread_placing(Application(raw)))) == [key_of(ZONE)]


def test_lists_are_what_they_hold_and_the_last_of_several_counts() -> None:
    """A List, an empty one, and one object stated twice."""
    listed: JsonObject = {"apiVersion": "v1", "kind": "List", "items": [config("a", x="1"), config("b")]}
    empty: JsonObject = {"apiVersion": "v1", "kind": "ConfigMapList", "items": None}
    found = placed([listed, empty, config("a", x="2")], PLACING)
    assert [key.name for key in found] == ["a", "b"]
    assert text(found[ObjectKey("", "ConfigMap", "web", "a")], "data", "x") == "2"
