"""Objects that Argo CD does not compare, and what is known to be wrong with them all the same.

Conditions name objects that are excluded or stated twice; the Namespace that the Application makes, hooks, leftovers
with an owner and CRDs take no part in any comparison (reference/measured.md 42-44, 47).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from whydrift.core.compare.differences import differences, hidden_differences
from whydrift.core.compare.tracking import TRACKING_ID, parse_tracking_id
from whydrift.core.explain.base import rendered_object
from whydrift.core.explain.dropped_definitions import (
    dropped_definitions,
    may_have_dropped_definitions,
    was_synced_twice,
)
from whydrift.core.explain.subject import About, Knowledge, Subject
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.fact_kinds import (
    COMPARED_MANIFESTS,
    CRDS,
    DEFINITION,
    EARLIER_MANIFESTS,
    FLEET,
    NAMESPACE,
    NEIGHBOURS,
    NEWEST,
    RESOURCE_TREE,
    SYNCED_MANIFESTS,
)
from whydrift.core.model.facts import FactKind, Facts
from whydrift.core.model.objects import ObjectKey, key_of, key_of_row
from whydrift.core.model.snapshot import ApplicationSnapshot, ObjectSnapshot, States, Verdict
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, is_object, items, mapping, text

EXCLUDED = re.compile(r"^Resource ([^/ ]*)/(\S+) (\S+) is excluded in the settings")
REPEATED = re.compile(r"^Resource ([^/]*)/([^/]+)/([^/]*)/(\S+) appeared (\d+) times among application resources")
MADE_BY_OWNERS = frozenset(
    ("Pod", "ReplicaSet", "ControllerRevision", "Endpoints", "EndpointSlice", "Job", "Event", "PersistentVolumeClaim")
)
"""Kinds that controllers make for their owners: seldom a leftover of git."""
MANAGED = ("spec", "syncPolicy", "managedNamespaceMetadata")
Found = dict[ObjectKey, tuple[States, tuple[Difference, ...]]]
WHOLE = Difference((), (), Kind.MODIFIED, shown=False)
EXTRA = Difference((), (), Kind.EXTRA, shown=False)


def stated_by_conditions(application: Application) -> dict[ObjectKey, str]:
    """The objects that conditions name as excluded or as stated twice, each with the condition's message."""
    named: dict[ObjectKey, str] = {}
    for kind, message in application.conditions:
        excluded = EXCLUDED.match(message) if kind == "ExcludedResourceWarning" else None
        repeated = REPEATED.match(message) if kind == "RepeatedResourceWarning" else None
        if excluded:
            group, kind_of, name = excluded.groups()
            named[ObjectKey(group, kind_of, application.destination_namespace, name)] = message
        elif repeated:
            named[ObjectKey(*repeated.groups()[:4])] = message
    return named


def unseen_subjects(
    snapshot: ApplicationSnapshot, knowledge: Knowledge, facts: Callable[[ObjectKey], Facts]
) -> Iterator[Subject]:
    """The objects that take no part in the comparison, as far as something differs about them."""
    application, objects = snapshot.application, snapshot.objects or ()
    known = facts(application.facts_key)
    compared = {item.key for item in objects}
    found: Found = {}
    for key in stated_by_conditions(application):
        if key not in compared:
            found[key] = (States(), (WHOLE,))
    counted = compared | {key for key, _ in application.rows}
    found |= _namespace(application, compared, known) | _hooks(application, known) | _left(application, counted, facts)
    yield from _uncompared(snapshot, knowledge, facts)
    for key, (states, differing) in found.items():
        item = ObjectSnapshot(key=key, load=partial(_known, states), row=dict(application.rows).get(key))
        about = About.APPLICATION if key.kind == "Namespace" else About.OBJECT
        yield Subject(application, item, differing, knowledge, None, (*objects, item), facts(key), about)


def _uncompared(
    snapshot: ApplicationSnapshot, knowledge: Knowledge, facts: Callable[[ObjectKey], Facts]
) -> Iterator[Subject]:
    """Objects that Argo CD calls Synced although it never compared them (reference/measured.md 69)."""
    objects = snapshot.objects or ()
    for item in objects:
        if item.compared or item.verdict is not Verdict.SYNCED:
            continue
        differing = tuple(d for d in hidden_differences(item.target, item.live, ()) if d.kind is not Kind.EXTRA)
        if differing:
            known = facts(item.key)
            yield Subject(snapshot.application, item, differing, knowledge, None, objects, known, About.APPLICATION)


def _known(states: States) -> States:
    return states


def unseen_wants(
    snapshot: ApplicationSnapshot, facts: Callable[[ObjectKey], Facts]
) -> Iterator[tuple[ObjectKey, FactKind[object]]]:
    """The facts without which what Argo CD does not compare cannot be found; renders only where there is a reason."""
    application = snapshot.application
    itself = application.facts_key
    known = facts(itself)
    yield from ((itself, kind) for kind in _wanted(application, known) if not known.asked(kind))
    yield from (
        (key, DEFINITION) for key in dropped_definitions(application, known) if not facts(key).asked(DEFINITION)
    )


def _wanted(application: Application, known: Facts) -> list[FactKind[object]]:
    cheap: list[FactKind[object]] = [NEWEST, NEIGHBOURS]
    if mapping(application.raw, *MANAGED):
        cheap.append(NAMESPACE)
    if any(row.get("hook") is True for _, row in application.rows):
        cheap.append(COMPARED_MANIFESTS)
        if application.synced_revisions and application.synced_revisions != application.revisions:
            cheap.append(SYNCED_MANIFESTS)
    if was_synced_twice(application):
        cheap += [RESOURCE_TREE, CRDS]
    if any(_children(application, known)) or may_have_dropped_definitions(application, known):
        cheap.append(EARLIER_MANIFESTS)
    return cheap


def _namespace(application: Application, compared: set[ObjectKey], facts: Facts) -> Found:
    """Labels and annotations of the live Namespace against what the Application wants on it and the last sync wrote.

    A Namespace in git wins over what the Application wants (measured.md 44): then only what is wanted is looked at.
    """
    live, key = facts.maybe(NAMESPACE), ObjectKey("", "Namespace", "", application.destination_namespace)
    synced = mapping(application.operation, "syncResult", "managedNamespaceMetadata")
    wanted = _agreed(mapping(application.raw, *MANAGED), synced)
    if live is None or not wanted or text(live, "metadata", "name") != key.name:
        return {}
    target: JsonObject = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": key.name, **wanted}}
    stated = {part: mapping(live, "metadata", part) for part in ("labels", "annotations")}
    shown: JsonObject = {**target, "metadata": {"name": key.name, **{p: m for p, m in stated.items() if m}}}
    told = (d for d in differences(target, shown) if not _servers_own(d))
    differing = tuple(replace(d, shown=False) for d in told if key not in compared or d.kind is not Kind.EXTRA)
    return {key: (States(target, live), differing)} if differing else {}


def _agreed(wanted: JsonObject, synced: JsonObject) -> JsonObject:
    """The part of what is wanted that the last sync wrote; the rest shows as a change of the Application."""
    parts = {p: {k: v for k, v in mapping(wanted, p).items() if mapping(synced, p).get(k) == v} for p in wanted}
    return {part: {**entries} for part, entries in parts.items() if entries}


def _servers_own(difference: Difference) -> bool:
    last = str(difference.path[-1]) if difference.path else ""
    return difference.kind is Kind.EXTRA and ("kubernetes.io/" in last or "argoproj.io/" in last)


def _hooks(application: Application, facts: Facts) -> Found:
    """Hooks that git changed since they ran, and hooks that are done and that git does not have any more."""
    compared, synced = facts.maybe(COMPARED_MANIFESTS), facts.maybe(SYNCED_MANIFESTS)
    found: Found = {}
    for key, row in application.rows:
        if row.get("hook") is not True or compared is None:
            continue
        target = rendered_object(compared, application, key)
        ran = ABSENT if synced is None else rendered_object(synced, application, key)
        if target is ABSENT:
            found[key] = (States(ABSENT, _named(key)), (EXTRA,))
        elif ran is not ABSENT:
            differing = tuple(replace(d, shown=False) for d in differences(target, ran))
            found |= {key: (States(target, ran), differing)} if differing else {}
    return found


def _left(application: Application, counted: set[ObjectKey], facts: Callable[[ObjectKey], Facts]) -> Found:
    """Objects that an earlier revision rendered, that live on, and that Argo CD does not count."""
    known = facts(application.facts_key)
    earlier = known.maybe(EARLIER_MANIFESTS)
    found: Found = {key: (States(ABSENT, live), (EXTRA,)) for key, live in _abandoned(known) if key not in counted}
    if earlier is None:
        return found
    for key, live in _children(application, known):
        if key not in counted and rendered_object(earlier, application, key) is not ABSENT:
            found[key] = (States(ABSENT, live), (EXTRA,))
    for key in dropped_definitions(application, known):
        definition = facts(key).maybe(DEFINITION)
        if definition:
            found[key] = (States(ABSENT, definition), (EXTRA,))
    return found


def _abandoned(facts: Facts) -> Iterator[tuple[ObjectKey, JsonObject]]:
    """Objects of the namespace whose tracking id names an Application that does not exist any more."""
    around, fleet = facts.maybe(NEIGHBOURS), facts.maybe(FLEET)
    if around is None or fleet is None:
        return
    for obj in around.objects:
        stated = parse_tracking_id(text(obj, "metadata", "annotations", TRACKING_ID))
        if stated is not None and stated.is_of(key_of(obj)) and stated.application not in fleet.names:
            yield key_of(obj), obj


def _children(application: Application, facts: Facts) -> Iterator[tuple[ObjectKey, JsonObject]]:
    """Live objects with an owner that git may have made once; nothing where the tree cannot be trusted."""
    tree = facts.maybe(RESOURCE_TREE)
    if tree is None or not was_synced_twice(application):
        return
    rows = dict(application.rows)
    for node in items(tree, "nodes"):
        if is_object(node) and node.get("parentRefs") and text(node, "kind") not in MADE_BY_OWNERS:
            key = key_of_row(node)
            if key not in rows:
                yield key, _node(node)


def _node(node: JsonObject) -> JsonObject:
    """A node of the resource tree as an object, with its owners."""
    version = "/".join(part for part in (text(node, "group"), text(node, "version")) if part)
    owners: list[Json] = [
        {"kind": text(ref, "kind"), "name": text(ref, "name"), "uid": text(ref, "uid")}
        for ref in items(node, "parentRefs")
    ]
    metadata: JsonObject = {"name": text(node, "name"), "ownerReferences": owners}
    if text(node, "namespace"):
        metadata["namespace"] = text(node, "namespace")
    return {"apiVersion": version, "kind": text(node, "kind"), "metadata": metadata}


def _named(key: ObjectKey) -> MaybeJson:
    return {"kind": key.kind, "metadata": {"name": key.name, "namespace": key.namespace}}
