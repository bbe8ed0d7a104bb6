"""What a sync applies: which objects take part, what is sent of them, and what comes of it."""

from __future__ import annotations

from whydrift.core.compare.hooks import counts_as_hook, is_ignored_hook, is_skipped, says_hook
from whydrift.core.explain.ignoring import RESPECT
from whydrift.core.judge.predict import Predicted, predicted
from whydrift.core.judge.respect import respected
from whydrift.core.judge.situation import Situation, migrated_managers, way_of
from whydrift.core.model.application import Application
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict
from whydrift.core.model.values import JsonObject, is_object


def is_left_out(application: Application, verdict: Verdict) -> bool:
    """Whether a sync leaves an object out because it is Synced (ApplyOutOfSyncOnly)."""
    return "ApplyOutOfSyncOnly=true" in application.sync_options and verdict is Verdict.SYNCED


def takes_no_part(item: ObjectSnapshot) -> bool:
    """Whether a sync does not keep an object: hooks run in their own way, and skipped ones never."""
    if item.hook:
        return True
    target = item.target
    if not is_object(target) or not says_hook(target):
        return False
    return counts_as_hook(target) or is_ignored_hook(target) or is_skipped(target)


def respects(situation: Situation) -> bool:
    """Whether a sync takes from live what ignore rules are about."""
    return RESPECT in situation.application.sync_options


def sent_by_sync(target: JsonObject, live: JsonObject, situation: Situation) -> JsonObject:
    """What a sync sends of an object that is there. Raises NotComparable where it fails on the ignore rules."""
    return respected(target, live, situation.terms) if respects(situation) else target


def after_sync(target: JsonObject, live: JsonObject, situation: Situation) -> Predicted:
    """An object that is there, before and after a sync. Raises NotComparable where that cannot be foreseen."""
    way = way_of(situation.application, target, live, situation.release)
    sent = sent_by_sync(target, live, situation)
    return predicted(sent, live, way, situation.terms, migrated_managers(situation.application))
