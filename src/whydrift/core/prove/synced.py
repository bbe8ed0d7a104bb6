"""An object once a sync has applied what git then states: many edits close a difference only with their sync."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from whydrift.core.compare.terms import Terms
from whydrift.core.explain.ignoring import RESPECT
from whydrift.core.judge.convergence import left_by_sync
from whydrift.core.judge.effects import changes_of
from whydrift.core.judge.predict import predicted
from whydrift.core.judge.refusals import refused_change, refused_value
from whydrift.core.judge.respect import respected
from whydrift.core.judge.situation import Situation, is_forced, migrated_managers, way_of
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Side
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import for_people, starts_with
from whydrift.core.model.remedy import Change
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, is_object, same
from whydrift.core.prove.again import Compared, compared_again, hidden_only, refute, served_in


def compared_after_sync(situation: Situation, item: ObjectSnapshot, made: JsonObject, terms: Terms) -> Compared:
    """The differences of an object that a sync has just brought to a new target; NotComparable where it is refused.

    A server-side comparison then answers what the apply has just left: it shows nothing.
    """
    here = replace(terms, server_side=False)
    left = _left_by_sync(situation, item, made, here)
    if left is ABSENT:
        return Compared(())
    if terms.server_side:
        return hidden_only(item.key, made, left)
    return compared_again(item.key, made, left, here, situation, None)


def require_arrival(
    situation: Situation, item: ObjectSnapshot, made: JsonObject, terms: Terms, changes: Sequence[Change]
) -> None:
    """Raise Refuted where a sync leaves what the cluster has at a place that changes, though nothing shows it."""
    left = _left_by_sync(situation, item, made, replace(terms, server_side=False))
    for change in changes:
        stays = left is not ABSENT and not same(child(left, *change.path), child(made, *change.path))
        refute(f"a sync leaves {for_people(change.path, item.target)} as the cluster has it" if stays else "")


def _left_by_sync(situation: Situation, item: ObjectSnapshot, made: JsonObject, here: Terms) -> MaybeJson:
    """What a sync of a new target leaves in the cluster; ABSENT where nothing is there yet, Refuted where it fails."""
    live = served_in(item.live, made)
    if not is_object(live):
        return ABSENT
    way = way_of(situation.application, made, live, situation.release)
    sent = respected(made, live, here) if RESPECT in situation.application.sync_options else made
    after = predicted(sent, live, way, here, migrated_managers(situation.application))
    if not is_forced(made, live, situation.release):
        kind = (item.key.group, item.key.kind)
        refused = refused_change(after.before, after.after, changes_of(after), kind)
        refused = refused or refused_value(after.after, sent, way, update=True)
        refute(f"the sync that follows is refused: {refused}" if refused else "")
    return left_by_sync(after, made, way, situation)


def require_no_return(
    situation: Situation, key: ObjectKey, differences: Sequence[Difference], changes: Sequence[Change]
) -> None:
    """Raise Refuted where a writer brings live's value back, and git is to state another one."""
    for finding in situation.findings.get(key, ()):
        if finding.difference in differences and situation.cause_side(finding) is Side.CONTROLLER:
            returns = _states_another(finding.difference, changes)
            refute("what writes the cluster's value writes it again after a sync" if returns else "")


def _states_another(difference: Difference, changes: Sequence[Change]) -> bool:
    """Whether git states a value after the change, and not live's."""
    for change in changes:
        if starts_with(difference.path, change.path):
            stated = child(change.value, *difference.path[len(change.path) :])
            return stated is not ABSENT and not same(stated, difference.live)
    return difference.target is not ABSENT


def takes_over(difference: Difference, changes: Sequence[Change]) -> bool:
    """Whether git then states exactly what live has there."""
    for change in changes:
        if change.value is not ABSENT and starts_with(difference.path, change.path):
            stated = child(change.value, *difference.path[len(change.path) :])
            return difference.live is not ABSENT and same(stated, difference.live)
    return False
