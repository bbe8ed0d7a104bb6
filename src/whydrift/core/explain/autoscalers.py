"""Autoscalers: which object each one scales, and how many replicas it wants there.

HorizontalPodAutoscaler: Kubernetes, autoscaling v1 and v2; a number within its bounds stays while no metric can be read
(pkg/controller/podautoscaler/horizontal.go). ScaledObject: KEDA, keda/apis/keda/v1alpha1, which makes an
HorizontalPodAutoscaler of its own and scales to and from zero itself. Canary: Flagger, pkg/apis/flagger/v1beta1, which
serves from a copy (`-primary`) and keeps the object itself at zero while it analyses no release.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from whydrift.core.explain.subject import Subject
from whydrift.core.model.fact_kinds import AUTOSCALERS, SCALED_OBJECTS
from whydrift.core.model.objects import ObjectKey, group_of, key_of
from whydrift.core.model.snapshot import of_kind
from whydrift.core.model.values import JsonObject, MaybeJson, child, is_object, items, mapping, text

HPA, KEDA = ("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "ScaledObject")
CANARY = ("flagger.app", "Canary")
AT_REST = frozenset({"Initialized", "Succeeded", "Failed"})
"""The phases in which a Canary keeps its target at zero (pkg/controller/scheduler.go)."""
PAUSED_AT = "autoscaling.keda.sh/paused-replicas"
MOST = 100
"""KEDA's maxReplicaCount where none is stated (scaledobject_types.go)."""


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """One autoscaler: its key, its bounds, and the number that its status asks for (None: it does not say)."""

    key: ObjectKey
    least: int
    most: int
    desired: int | None
    idle: bool = False
    """Whether it says that it has scaled to its least for want of work (KEDA), or of a release (Canary)."""
    blind: bool = False
    """Whether it says that it cannot read what it scales by: until then it only keeps its bounds."""

    def leaves(self, number: int) -> bool:
        """Whether it surely leaves this many replicas as they are."""
        return self.blind and max(self.least, 1) <= number <= self.most

    def wants(self, live: int, target: int) -> str:
        """Why it wants `live` replicas where git states `target`; "" where nothing says so."""
        named = f"{self.key.kind} {self.key.name}"
        bounds = f"{named} scales this object between {self.least} and {self.most}"
        if live == 0:
            at_rest = f"{bounds} and is idle" if self.most else f"{named} keeps this object at 0"
            return at_rest if self.idle and self.least == 0 else ""
        if not max(self.least, 1) <= live <= self.most:
            return ""
        if self.desired == live:
            return f"{bounds} and wants {live}"
        if self.desired is None and live == max(self.least, 1) and target < live:
            return f"{bounds}; {live} is its least"
        if self.desired is None and live == self.most and target > live:
            return f"{bounds}; {live} is its most"
        return ""


def autoscalers_of(subject: Subject) -> tuple[Autoscaler, ...]:
    """The autoscalers that scale this object: those of the application itself, and those of the namespace if read."""
    own = (item.live for item in of_kind(subject.siblings, HPA[1], KEDA[1], CANARY[1]))
    found: dict[ObjectKey, Autoscaler] = {}
    read = (manifest for kind in (AUTOSCALERS, SCALED_OBJECTS) for manifest in subject.facts.maybe(kind) or ())
    for manifest in (*read, *own):
        scaler = _parse(manifest, subject.key) if is_object(manifest) else None
        if scaler is not None:
            found[scaler.key] = scaler
    return tuple(found.values())


def _parse(manifest: JsonObject, scaled: ObjectKey) -> Autoscaler | None:
    key = key_of(manifest, scaled.namespace)
    if key.namespace != scaled.namespace or not _targets(manifest, key, scaled):
        return None
    if key[:2] == CANARY:
        return Autoscaler(key, 0, 0, None, text(manifest, "status", "phase") in AT_REST)
    return _hpa(manifest, key) if key[:2] == HPA else _scaled_object(manifest, key)


def _targets(manifest: JsonObject, key: ObjectKey, scaled: ObjectKey) -> bool:
    stated = mapping(manifest, "spec", "targetRef" if key[:2] == CANARY else "scaleTargetRef")
    if key[:2] not in (HPA, KEDA, CANARY) or text(stated, "name") != scaled.name:
        return False
    kind, version = text(stated, "kind"), text(stated, "apiVersion")
    if key[:2] == KEDA:
        kind, version = kind or "Deployment", version or "apps/v1"
    return kind == scaled.kind and (not version or group_of(version) == scaled.group)


def _hpa(manifest: JsonObject, key: ObjectKey) -> Autoscaler | None:
    most = _number(child(manifest, "spec", "maxReplicas"))
    if most is None:
        return None
    least = _number(child(manifest, "spec", "minReplicas"))
    desired = _number(child(manifest, "status", "desiredReplicas"))
    blind = _is(items(manifest, "status", "conditions"), "ScalingActive", "False")
    return Autoscaler(key, 1 if least is None else least, most, desired or None, blind=blind)


def _scaled_object(manifest: JsonObject, key: ObjectKey) -> Autoscaler:
    least = _number(child(manifest, "spec", "minReplicaCount")) or 0
    most = _number(child(manifest, "spec", "maxReplicaCount")) or MOST
    idle = _number(child(manifest, "spec", "idleReplicaCount"))
    paused = text(manifest, "metadata", "annotations", PAUSED_AT)
    if paused.isdigit():
        return Autoscaler(key, int(paused), int(paused), int(paused), idle=paused == "0")
    lowest = least if idle is None else min(idle, least)
    return Autoscaler(key, lowest, most, None, _is(items(manifest, "status", "conditions"), "Active", "False"))


def _is(conditions: Iterable[MaybeJson], kind: str, status: str) -> bool:
    return any(text(row, "type") == kind and text(row, "status") == status for row in conditions)


def _number(value: MaybeJson) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
