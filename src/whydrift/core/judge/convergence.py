"""Whether Argo CD would call an object Synced after a sync: compared again with what the sync leaves."""

from __future__ import annotations

from whydrift.core.compare.objects import compare_unmasked
from whydrift.core.explain.engine import Examined
from whydrift.core.explain.strategy import compared_server_side
from whydrift.core.judge.predict import Predicted, Way, owned_by_apply
from whydrift.core.judge.situation import Situation, way_of
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, JsonObject, child, same
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
    shown = {_returning(f, target) for f in found}
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


def _returning(finding: Examined, target: JsonObject) -> str:
    """The cause that a difference has for good, "" where it has none: what git asks no longer, no sync asks again."""
    cause = finding.explanations[0].cause if finding.explanations else ""
    let_go = cause == "server-allocates-value" and child(target, *finding.difference.path) is ABSENT
    return "" if let_go else cause


def left_by_sync(predicted: Predicted, target: JsonObject, way: Way, situation: Situation) -> JsonObject:
    """The object once the sync's ownership is written down and built-in controllers have run."""
    after, before = predicted.after, predicted.before
    if way is Way.SERVER_SIDE:
        after = owned_by_apply(after, target, situation.terms)
    aggregated = after.get("kind") == "ClusterRole" and child(after, "aggregationRule") is not ABSENT
    return {**after, "rules": before["rules"]} if aggregated and "rules" in before else after
