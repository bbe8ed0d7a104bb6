"""Whether Argo CD would call an object Synced after a sync: compared again with what the sync leaves."""

from __future__ import annotations

from dataclasses import replace

from whydrift.core.compare.objects import compare_unmasked
from whydrift.core.judge.predict import Predicted
from whydrift.core.judge.situation import Situation
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import JsonObject
from whydrift.errors import NotComparable, NotReplayed

RETURNING = frozenset({"webhook-injects-field", "autoscaler-scales-replicas", "chart-renders-differently-each-time"})
"""Causes whose writers bring a shown difference back before anybody looks."""


def settles(item: ObjectSnapshot, target: JsonObject, predicted: Predicted, situation: Situation) -> bool:
    """Whether the object equals git after a sync, as Argo CD compares."""
    found = situation.findings.get(item.key, ())
    if any(f.difference.shown and f.explanations and f.explanations[0].cause in RETURNING for f in found):
        return False
    terms = replace(situation.terms, without_manager=True)
    try:
        return not compare_unmasked(target, predicted.after, terms).differs
    except NotReplayed:
        return True  # under a server-side diff the dry run answers what the apply has just left
    except NotComparable:
        return False
