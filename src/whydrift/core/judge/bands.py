"""The band of an autoscaler: what happens to its workload when a sync changes how many pods it may have."""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.compare.differences import Change
from whydrift.core.explain.autoscalers import autoscalers_of
from whydrift.core.explain.subject import Subject
from whydrift.core.judge.predict import Predicted
from whydrift.core.judge.situation import Situation
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.fact_kinds import AUTOSCALERS
from whydrift.core.model.objects import ObjectKey, group_of
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, JsonObject, child, mapping, text


def rescaled(
    item: ObjectSnapshot, predicted: Predicted, effects: Iterable[Effect], situation: Situation
) -> tuple[Effect, ...]:
    """The scaling that follows from another minReplicas or maxReplicas; as safe as the change that it follows from."""
    if item.key[:2] != ("autoscaling", "HorizontalPodAutoscaler"):
        return ()
    scaled = _scaled(item.key, predicted.after)
    live = next((i.live for i in situation.snapshot.objects or () if i.key == scaled), None)
    number = child(live, "spec", "replicas")
    if live is None or not isinstance(number, int) or number == 0:
        return ()
    least, most = child(predicted.after, "spec", "minReplicas"), child(predicted.after, "spec", "maxReplicas")
    within = max(number, least) if isinstance(least, int) else number
    within = min(within, most) if isinstance(most, int) else within
    unsafe = next((effect for effect in effects if not effect.safe), None)
    says = f"its autoscaler then scales it from {number} to {within}"
    if within == number:
        return ()
    loses = unsafe.loses if unsafe else ""
    return (Effect(scaled, Does.SCALE, says, unsafe is None, ("/spec/replicas",), loses),)


def band_after(subject: Subject, change: Change) -> str:
    """What the autoscaler of a workload makes of another number of pods; "" where none is known."""
    after = 1 if change.on_right is ABSENT else change.on_right
    if not isinstance(after, int) or isinstance(after, bool):
        return ""
    for scaler in autoscalers_of(subject):
        named = f"{scaler.key.kind} {scaler.key.name}"
        if after == 0:
            return f"; {named} does nothing at 0 pods" if scaler.key.kind == "HorizontalPodAutoscaler" else ""
        bound = min(max(after, scaler.least), scaler.most)
        unread = ", and leaves that as it is while it can read no metrics" if scaler.leaves(after) else ""
        then = unread if bound == after else f" and takes it to {bound} again"
        return f"; {named} keeps between {scaler.least} and {scaler.most}{then}"
    return "; whether an autoscaler scales it was not read" if AUTOSCALERS in subject.facts.gaps else ""


def _scaled(scaler: ObjectKey, stated: JsonObject) -> ObjectKey:
    named = mapping(stated, "spec", "scaleTargetRef")
    return ObjectKey(group_of(text(named, "apiVersion")), text(named, "kind"), scaler.namespace, text(named, "name"))
