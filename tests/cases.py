"""Situations as data: a `case.yaml` of a cause becomes a Subject, exactly as the pipeline would make it.

Keys of a case:

why          one sentence: what happened
application  parts of the Application, merged over a synced default (name shop, revision r1 synced and compared)
target, live the two sides as they stand (left out: the object does not exist on that side)
lastApplied  the manifest that Argo CD's client-side apply wrote last (put into live, with its managed-fields entry)
predicted, normalizedLive   Argo CD's own two sides, where they are not simply target and live
row          the object's row in status.resources, where more than the status matters
hidden       true: the differences are those that Argo CD does not show
about        application: the subject is the Application itself (target and live are left out);
             unseen: the first object that Argo CD does not compare (siblings are those that it compares)
compared     false: Argo CD answered with two empty sides
siblings     further objects of the application: [{target, live}]
facts        by the name of their kind: lists, objects (`schemas` is a list of CRDs, `all applications` a list of
             {name, namespace, cluster, objects: [group/Kind/namespace/name], leftovers: [...]}, renders are lists of
             manifests)
gaps         by the name of their kind: why it could not be read
people       {controllers: [], people: [], pipelines: []} of whydrift.toml
expect       explained: {pointer: strength}   refused: [pointer]   undecided: [pointer]   side: {pointer: side}
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.from_yaml import from_yaml
from tests.merge import merged
from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.builtin.types import load_types
from whydrift.adapters.jq import JqWorker
from whydrift.core.compare.differences import hidden_differences
from whydrift.core.explain.base import base_of
from whydrift.core.explain.conditions import application_subjects
from whydrift.core.explain.subject import Knowledge, Subject
from whydrift.core.explain.unseen import unseen_subjects
from whydrift.core.model.application import Application
from whydrift.core.model.definitions import Definitions
from whydrift.core.model.fact_kinds import (
    CLUSTER_NEIGHBOURS,
    COMPARED_MANIFESTS,
    CRDS,
    EARLIER_MANIFESTS,
    FLEET,
    NEIGHBOURS,
    NEWEST,
    SCHEMAS,
    SECOND_RENDER,
    SYNCED_MANIFESTS,
)
from whydrift.core.model.facts import FactKind, Facts, Gap
from whydrift.core.model.fleet import Claim, Commit, Fleet, Newest
from whydrift.core.model.neighbours import Neighbours
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.people import People
from whydrift.core.model.snapshot import LAST_APPLIED, ApplicationSnapshot, ObjectSnapshot, States, Verdict
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, is_object
from whydrift.core.pipeline import differences_of
from whydrift.usecases.facts import READERS

SOURCE: JsonObject = {"repoURL": "https://git.example.com/apps.git", "path": "apps/shop", "targetRevision": "main"}
APPLICATION: JsonObject = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "Application",
    "metadata": {"name": "shop", "namespace": "argocd"},
    "spec": {
        "project": "default",
        "source": SOURCE,
        "destination": {"server": "https://kubernetes.default.svc", "namespace": "shop"},
    },
    "status": {
        "controllerNamespace": "argocd",
        "sourceType": "Directory",
        "sync": {"status": "OutOfSync", "revision": "r1", "comparedTo": {"source": SOURCE}},
        "history": [{"id": 0, "revision": "r1", "deployedAt": "2026-11-01T09:00:00Z", "source": SOURCE}],
        "reconciledAt": "2026-11-22T07:00:00Z",
    },
}
JQ = JqWorker()
CLUSTER_SCOPED = ("Namespace", "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding", "IngressClass")
KINDS: dict[str, FactKind[object]] = {kind.name: kind for kind in (*READERS, FLEET)}


def load(path: Path) -> JsonObject:
    """A case file, read as plain YAML."""
    case = from_yaml(path.read_text())
    assert isinstance(case, dict), f"{path}: not a mapping"
    return case


def subject_of(case: JsonObject) -> Subject:
    """The subject that a case describes."""
    raw = merged(APPLICATION, case.get("application") or {})
    assert is_object(raw)
    application = Application(raw)
    knowledge = Knowledge(load_types(), builtin_schemas(), People(**_names(case.get("people"))), JQ)
    facts = _facts(case, application)
    siblings = tuple(_snapshot(row) for row in _list(case.get("siblings")))
    if case.get("about") == "application":
        found = application_subjects(ApplicationSnapshot(application, siblings), knowledge, lambda key: facts)
        assert found, "nothing about the Application itself differs"
        return found[0]
    if case.get("about") == "unseen":
        unseen = list(unseen_subjects(ApplicationSnapshot(application, siblings), knowledge, lambda key: facts))
        assert unseen, "nothing differs in what Argo CD does not compare"
        return unseen[0]
    item = _snapshot(case)
    found_in = hidden_differences(item.target, item.live, ()) if case.get("hidden") else differences_of(item)
    base = base_of(application, item, facts)
    return Subject(application, item, found_in, knowledge, base, (item, *siblings), facts)


def _snapshot(case: Json) -> ObjectSnapshot:
    assert is_object(case)
    target, live = case.get("target", ABSENT), _live(case)
    states = States(target, live, case.get("normalizedLive", live), case.get("predicted", target))
    key = key_of(target if is_object(target) else live if is_object(live) else {}, "shop")
    key = key._replace(namespace="") if key.kind in CLUSTER_SCOPED else key
    status = Verdict.SYNCED if case.get("hidden") else Verdict.OUT_OF_SYNC
    row = merged({"status": status.value}, case.get("row") or {})
    assert is_object(row)
    equal = is_object(target) and is_object(live) and states.predicted == states.normalized_live
    compared, verdict = case.get("compared") is not False, Verdict(str(row["status"]))
    return ObjectSnapshot(key, lambda: states, equal, compared, verdict=verdict, row=row)


def _live(case: JsonObject) -> MaybeJson:
    live = case.get("live", ABSENT)
    if "lastApplied" not in case:
        return live
    entry: JsonObject = {
        "manager": "argocd-controller",
        "operation": "Update",
        "fieldsV1": {"f:metadata": {"f:annotations": {f"f:{LAST_APPLIED}": {}}}},
    }
    stamp: JsonObject = {LAST_APPLIED: json.dumps(case["lastApplied"])}
    metadata: JsonObject = {"annotations": stamp, "managedFields": [entry, *_managed(live)]}
    return merged(live, {"metadata": metadata}) if is_object(live) else live


def _managed(live: MaybeJson) -> list[Json]:
    metadata = live.get("metadata") if is_object(live) else None
    return _list(metadata.get("managedFields")) if is_object(metadata) else []


def _facts(case: JsonObject, application: Application) -> Facts:
    stated, gaps = case.get("facts") or {}, case.get("gaps") or {}
    assert is_object(stated) and is_object(gaps)
    values = {KINDS[name]: _fact(KINDS[name], value) for name, value in stated.items()}
    return Facts(values, {KINDS[name]: Gap(name, str(why), KINDS[name].needs) for name, why in gaps.items()})


def _fact(kind: FactKind[object], value: Json) -> object:
    if kind is SCHEMAS:
        return builtin_schemas().with_crds([crd for crd in _list(value) if is_object(crd)])
    if kind is CRDS:
        return Definitions(crd for crd in _list(value) if is_object(crd))
    if kind is FLEET:
        return _fleet(_list(value))
    if kind is NEWEST:
        return _newest(value)
    if kind in (NEIGHBOURS, CLUSTER_NEIGHBOURS):
        objects = tuple(obj for obj in _list(value) if is_object(obj))
        return Neighbours(objects, frozenset(("Pod", "Ingress", "ClusterRoleBinding")))
    if kind in (SYNCED_MANIFESTS, SECOND_RENDER, COMPARED_MANIFESTS, EARLIER_MANIFESTS):
        return {key_of(manifest): manifest for manifest in _list(value)}
    if kind.name == "commits since the last sync":
        return tuple(_commit(row) for row in _list(value))
    return tuple(value) if isinstance(value, list) else value


def _newest(value: Json) -> Newest:
    assert is_object(value)
    now, then = ({key_of(m): m for m in _list(value.get(side)) if is_object(m)} for side in ("manifests", "compared"))
    return Newest(str(value["revision"]), tuple(_commit(row) for row in _list(value.get("commits"))), now, then)


def _commit(row: Json) -> Commit:
    assert is_object(row)
    files = tuple(str(name) for name in _list(row.get("files")))
    return Commit(str(row["revision"]), str(row["author"]), str(row["date"]), str(row["message"]), files)


def _fleet(rows: list[Json]) -> Fleet:
    listed: list[tuple[str, ObjectKey, Claim]] = []
    for row in rows:
        assert is_object(row)
        cluster = str(row.get("cluster", "https://kubernetes.default.svc"))
        for field, leftover in (("objects", False), ("leftovers", True)):
            claim = Claim(str(row["name"]), str(row.get("namespace", "argocd")), leftover)
            listed += [(cluster, ObjectKey(*str(stated).split("/")), claim) for stated in _list(row.get(field))]
    return Fleet.of(listed, (str(row["name"]) for row in rows if is_object(row)))


def _list(value: Json | None) -> list[Json]:
    return value if isinstance(value, list) else []


def _names(value: Json | None) -> dict[str, tuple[str, ...]]:
    stated = value if is_object(value) else {}
    return {kind: tuple(str(name) for name in _list(names)) for kind, names in stated.items()}
