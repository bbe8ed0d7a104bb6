"""Applications of which something is to be proven: pairs of git and cluster, compared as Argo CD compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.core.judge.rule_situations import Ruled
from tests.core.judge.situations import knowledge
from whydrift.core.compare.differences import shown_differences
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.judge.situation import Situation
from whydrift.core.model.drift import Difference
from whydrift.core.model.fact_kinds import ARGOCD_CONFIG, SETTINGS
from whydrift.core.model.facts import FactKind, Facts
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.paths import starts_with
from whydrift.core.model.remedy import Change, Proof
from whydrift.core.model.values import JsonObject
from whydrift.core.prove.edits import prove_edit
from whydrift.core.remedy.text.wanted import changed


def situation_of(ruled: Ruled, facts: Mapping[FactKind[object], object] | None = None) -> Situation:
    """The application as it was read, with its settings."""
    known = Facts({SETTINGS: {"trackingMethod": "annotation"}, ARGOCD_CONFIG: {"url": "x"}, **(facts or {})}, {})
    return Situation(ruled.snapshot(), {}, CATALOGUE, lambda key: known, knowledge())


def differences_in(ruled: Ruled, key: ObjectKey) -> tuple[Difference, ...]:
    """What Argo CD shows of one object."""
    item = next(item for item in ruled.snapshot().objects or () if item.key == key)
    return () if item.equal else shown_differences(item.predicted, item.normalized_live, item.target, item.live)


def rendered(*objects: JsonObject) -> dict[ObjectKey, JsonObject]:
    """A render of these objects."""
    return {key_of(obj): obj for obj in objects}


def proven(ruled: Ruled, changes: Sequence[Change], after: Mapping[ObjectKey, JsonObject] | None = None) -> Proof:
    """The proof of an edit of the first object that makes these changes, where it does (`after` says otherwise)."""
    target = ruled.pairs[0][0]
    key = key_of(target)
    before = rendered(*(pair[0] for pair in ruled.pairs))
    made = changed(target, changes)
    wanted = {**before, key: made} if isinstance(made, dict) else {k: v for k, v in before.items() if k != key}
    edited = [each for each in differences_in(ruled, key) if any(starts_with(each.path, c.path) for c in changes)]
    return prove_edit(situation_of(ruled), key, edited, changes, before, wanted if after is None else after)
