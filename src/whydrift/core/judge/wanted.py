"""Which facts a forecast asks for: little of what stays as it is, more of what a sync writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from whydrift.core.judge.demand import asks_for_more
from whydrift.core.judge.situation import MANAGED_NAMESPACE, tells_of_its_hooks
from whydrift.core.model.fact_kinds import (
    ADMISSION_POLICIES,
    ARGOCD_CONFIG,
    ARGOCD_VERSION,
    AUTOSCALERS,
    COMPARED_MANIFESTS,
    DISRUPTION_BUDGETS,
    FLEET,
    LIMIT_RANGES,
    NAMESPACE,
    NEWEST,
    POD_METRICS,
    RESOURCE_QUOTAS,
    SCALED_OBJECTS,
    SCHEMAS,
    SERVED,
    SETTINGS,
    SYNC_WINDOWS,
    WEBHOOKS,
)
from whydrift.core.model.facts import FactKind, Facts
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.served import served_key
from whydrift.core.model.snapshot import ApplicationSnapshot, ObjectSnapshot, Verdict
from whydrift.core.model.values import ABSENT, JsonObject, child, is_object, mapping, text

BUILT_IN = re.compile(
    r"|apps|batch|policy|autoscaling"
    r"|(admissionregistration|apiextensions|coordination|networking|rbac\.authorization|scheduling|storage)\.k8s\.io"
)
SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"})
"""The kinds of these groups that have `spec.replicas`."""
SCALING: tuple[FactKind[object], ...] = (AUTOSCALERS, SCALED_OBJECTS, POD_METRICS)
Wanted = Iterator[tuple[ObjectKey, FactKind[object]]]


def wants(snapshot: ApplicationSnapshot, facts: Callable[[ObjectKey], Facts]) -> Wanted:
    """The facts without which a forecast cannot be made, as far as they were not asked for yet."""
    application = snapshot.application
    itself = application.facts_key
    asked = [SETTINGS, ARGOCD_CONFIG, ARGOCD_VERSION, SYNC_WINDOWS, SCHEMAS, FLEET, NEWEST]
    asked += [WEBHOOKS, ADMISSION_POLICIES]
    asked += [] if tells_of_its_hooks(application) else [COMPARED_MANIFESTS]
    if mapping(application.raw, *MANAGED_NAMESPACE):
        asked.append(NAMESPACE)
    known = facts(itself)
    yield from ((itself, kind) for kind in asked if not known.asked(kind))
    for item in snapshot.objects or ():
        beside = (*_where(item), *(SCALING if _may_scale(item) else ()))
        here = facts(item.key) if beside else Facts()
        yield from ((item.key, kind) for kind in beside if not here.asked(kind))


def wants_further(snapshot: ApplicationSnapshot, facts: Callable[[ObjectKey], Facts]) -> Wanted:
    """What the facts of `wants` ask for in turn: whether a kind that no schema is known of is served at all, and what
    containers get that state nothing, where a quota counts it.
    """
    for item in snapshot.objects or ():
        if item.verdict is not Verdict.OUT_OF_SYNC or not is_object(item.target):
            continue
        here, served = facts(item.key), served_key(item.api_version)
        if is_in_question(item.target, here) and not facts(served).asked(SERVED):
            yield served, SERVED
        if (
            needs_room(item)
            and not here.asked(LIMIT_RANGES)
            and any(_counts_pods(quota) for quota in here.maybe(RESOURCE_QUOTAS) or ())
        ):
            yield item.key, LIMIT_RANGES


def is_in_question(target: JsonObject, here: Facts) -> bool:
    """Whether nothing that is known shows that the cluster serves the kind of an object in its version."""
    version, kind = text(target, "apiVersion"), text(target, "kind")
    schemas = here.maybe(SCHEMAS)
    if schemas is not None:
        return schemas.type_of(version, kind) is None
    return not BUILT_IN.fullmatch(version.rpartition("/")[0])


def _counts_pods(quota: JsonObject) -> bool:
    """Whether a quota holds what containers ask for."""
    return any(re.search(r"^(cpu|memory)$|^(requests|limits)\.(?!storage$)", name) for name in _hard(quota))


def _hard(quota: JsonObject) -> JsonObject:
    return mapping(quota, "status", "hard")


def _where(item: ObjectSnapshot) -> tuple[FactKind[object], ...]:
    """What is asked about the place of an object that a sync writes."""
    if item.verdict is not Verdict.OUT_OF_SYNC:
        return ()
    budgets = (DISRUPTION_BUDGETS,) if is_object(child(item.live, "spec", "template")) else ()
    return (NAMESPACE, *budgets, *((RESOURCE_QUOTAS,) if needs_room(item) else ()))


def needs_room(item: ObjectSnapshot) -> bool:
    """Whether a sync makes an object in a namespace, or a workload ask for more than it does: then quotas are read."""
    if item.verdict is not Verdict.OUT_OF_SYNC or not item.key.namespace:
        return False
    target, live = item.target, item.live
    if not is_object(target):
        return False
    return live is ABSENT or (is_object(live) and asks_for_more(target, live))


def _may_scale(item: ObjectSnapshot) -> bool:
    """Whether git and the cluster state another number of replicas; few built-in kinds state one at all."""
    if BUILT_IN.fullmatch(item.key.group) and item.key.kind not in SCALED:
        return False
    stated, live = child(item.target, "spec", "replicas"), child(item.live, "spec", "replicas")
    return stated is not ABSENT and live is not ABSENT and stated != live
