"""Whether Argo CD would call an object Synced after a sync: compared again with what the sync leaves."""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.compare.differences import Change
from whydrift.core.compare.objects import compare_unmasked
from whydrift.core.explain.autoscalers import autoscalers_of
from whydrift.core.explain.engine import Examined
from whydrift.core.explain.ignoring import rule_over
from whydrift.core.explain.raised import REPLICAS
from whydrift.core.explain.strategy import compared_server_side
from whydrift.core.judge.predict import Predicted, Way, owned_by_apply
from whydrift.core.judge.situation import Situation, way_of
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, same
from whydrift.errors import NotComparable

RETURNING = frozenset(
    {
        "webhook-injects-field",
        "autoscaler-scales-replicas",
        "chart-renders-differently-each-time",
        "schema-defaults-field",
        "server-defaults-field",
        "server-allocates-value",
        "schema-prunes-unknown-field",
        "object-version-converted",
    }
)
"""Causes whose writers bring a shown difference back before anybody looks."""


def settles(item: ObjectSnapshot, target: JsonObject, predicted: Predicted, situation: Situation) -> bool:
    """Whether the object equals git after a sync, as Argo CD compares."""
    found = (f for f in situation.findings.get(item.key, ()) if f.difference.shown)
    shown = {_returning(f, item, target, situation) for f in found}
    if shown & RETURNING:
        return False
    if compared_server_side(situation.application, item):  # the dry run answers what the apply left, or left alone
        return shown <= {"verdict-is-stale"} or not same(predicted.before, predicted.after)
    way = way_of(situation.application, target, item.live, situation.release)
    after = left_by_sync(predicted, target, way, situation)
    try:
        return not compare_unmasked(target, after, situation.terms).differs
    except NotComparable:
        return False


def scaled_back(item: ObjectSnapshot, found: Iterable[Change], situation: Situation) -> bool:
    """Whether an autoscaler that wants what live has takes back the number of replicas that git states, for all to see.

    Not where a rule hides it: what Argo CD does not compare makes nothing OutOfSync.
    """
    if child(item.target, *REPLICAS) is ABSENT:
        return False
    subject = situation.subject(item)
    scalers = autoscalers_of(subject)
    numbers = [
        (change.on_left, change.on_right)
        for change in found
        if change.left == REPLICAS and isinstance(change.on_left, int) and isinstance(change.on_right, int)
    ]
    taken = any(s.wants(before, after) and not s.leaves(after) for before, after in numbers for s in scalers)
    return taken and rule_over(subject, Difference(REPLICAS, REPLICAS, Kind.MODIFIED)) is None


def _returning(finding: Examined, item: ObjectSnapshot, target: JsonObject, situation: Situation) -> str:
    """The cause that a difference has for good, "" where it has none: what git asks no longer, no sync asks again."""
    cause = finding.cause
    if cause == "autoscaler-scales-replicas":
        return "" if _left_alone(child(target, *finding.difference.path), item, situation) else cause
    let_go = cause == "server-allocates-value" and child(target, *finding.difference.path) is ABSENT
    return "" if let_go else cause


def _left_alone(number: MaybeJson, item: ObjectSnapshot, situation: Situation) -> bool:
    """Whether each autoscaler of an object leaves git's number as it is, since it can read nothing to scale by."""
    scalers = autoscalers_of(situation.subject(item))
    return isinstance(number, int) and bool(scalers) and all(scaler.leaves(number) for scaler in scalers)


def left_by_sync(predicted: Predicted, target: JsonObject, way: Way, situation: Situation) -> JsonObject:
    """The object once the sync's ownership is written down and built-in controllers have run."""
    after, before = predicted.after, predicted.before
    if way is Way.SERVER_SIDE:
        after = owned_by_apply(after, target, situation.terms)
    aggregated = after.get("kind") == "ClusterRole" and child(after, "aggregationRule") is not ABSENT
    return {**after, "rules": before["rules"]} if aggregated and "rules" in before else after
