"""What a change that a sync would make takes away, and from whom (design/decisions.md, "sync.safe").

A change is joined with the causes that were found at its place. Without a cause it is safe only where the last sync
wrote what live still has, so that the commits since then want it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from whydrift.core.compare.alignment import at
from whydrift.core.compare.differences import Change, hidden_differences
from whydrift.core.compare.tracking import INSTALLATION_ID, TRACKING_ID, parse_tracking_id
from whydrift.core.explain.base import base_of, git_moved
from whydrift.core.explain.engine import Examined, explain
from whydrift.core.explain.meaning import means_same
from whydrift.core.explain.rollback import rolled_back_to
from whydrift.core.explain.stamps import is_rollout_revision
from whydrift.core.judge.predict import Predicted
from whydrift.core.judge.server import admitted
from whydrift.core.judge.situation import Situation
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Explanation, Side
from whydrift.core.model.paths import Path, starts_with
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, MaybeJson, is_object, same

WANTED = frozenset({"git-moved-ahead", "sync-is-failing", "sync-window-blocks", "namespace-metadata-differs"})
"""Causes of differences that a commit (or the Application's own change) made: a sync brings what is wanted."""
NOISE = frozenset(
    {
        "schema-defaults-field",
        "server-defaults-field",
        "writer-drops-empty-value",
        "server-respells-value",
        "list-order-differs",
        "schema-prunes-unknown-field",
        "engine-repaints-list",
        "object-version-converted",
        "server-allocates-value",
        "generation-follows-change",
        "kubectl-stamps-annotation",
        "object-lacks-tracking-id",
        "defaults-of-another-strategy",
    }
)
"""Causes of differences that mean nothing: nobody loses what a sync makes of them, unless pods restart for it."""
RETURNS = frozenset({"webhook-injects-field"})
"""Causes whose writer writes the same again before the sync ends."""


class Worth(StrEnum):
    """What a change means to the people and controllers that wrote what it changes."""

    WANTED = "a commit wants it"
    NOISE = "it means nothing"
    RETURNS = "it is written again at once"
    LOST = "it takes something away"


@dataclass(frozen=True, slots=True)
class Judged:
    """One change with what it is worth; `cause` and `why` say whose work is lost, or why that is feared."""

    change: Change
    worth: Worth
    cause: str = ""
    why: str = ""


def judged(changes: Sequence[Change], item: ObjectSnapshot, predicted: Predicted, situation: Situation) -> list[Judged]:
    """What the predicted changes of an object are worth, each by the worst of what was found at its place.

    What no finding speaks of is put to the causes once more: a scan without hidden differences has not asked them.
    """
    findings = situation.findings.get(item.key, ())
    silent = [change for change in changes if not any(_speaks_of(f.difference, change) for f in findings)]
    found = (*findings, *_unshown(silent, item, situation)) if silent else findings
    explained = [finding for finding in found if finding.explanations]
    at_place = _Place(item, predicted, situation)
    return [_judged(change, explained, at_place) for change in changes]


def _judged(change: Change, explained: Sequence[Examined], place: _Place) -> Judged:
    """The worst of what the findings say; what they say of parts of a change does not speak for all of it.

    The deployment controller counts its roll-outs from their ReplicaSets, and writes the number again at once.
    """
    if is_rollout_revision(change.left):
        return Judged(change, Worth.NOISE, "kubectl-stamps-annotation")
    here = [finding for finding in explained if _meets(finding.difference, change)]
    worths = [_by_finding(change, finding, place.situation) for finding in here]
    if worths and {each.cause for each in worths} == {"old-manager-keeps-field"} and _dropped(change, place):
        return Judged(change, Worth.WANTED, "old-manager-keeps-field")
    if worths and {each.cause for each in worths} == {"ignore-rule-hides-change"}:
        by_base = _by_base(change, place)
        if by_base.worth is Worth.WANTED:  # the rule keeps a commit from being shown, and nobody's work
            return by_base
    if not any(_speaks_of(finding.difference, change) for finding in here):
        worths.append(_without_cause(change, place))
    return max(worths, key=lambda each: list(Worth).index(each.worth))


def _without_cause(change: Change, place: _Place) -> Judged:
    if _moves_by_revision(change, place):
        return Judged(change, Worth.WANTED, "git-moved-ahead")
    return _by_mark(change, place.item) or _by_base(change, place)


def takes_something(item: ObjectSnapshot, situation: Situation) -> str:
    """The first cause whose work a sync of an object may take away, whatever it changes; "" where none is known."""
    everything = Change((), (), ABSENT, ABSENT)
    found = (_by_finding(everything, finding, situation) for finding in situation.findings.get(item.key, ()))
    return next((each.cause or "unexplained" for each in found if each.worth is Worth.LOST), "")


def _unshown(silent: Sequence[Change], item: ObjectSnapshot, situation: Situation) -> tuple[Examined, ...]:
    """What the causes say of changes that nothing shows, as far as the facts are there.

    Each is put to the causes of hidden differences and to those of shown ones: a sync makes it all the same.
    """
    hidden = hidden_differences(item.target, item.live, ())
    raw = tuple(d for d in hidden if any(_meets(d, change) for change in silent))
    unseen = tuple(_as_difference(change) for change in silent if not any(_meets(d, change) for d in raw))
    base = base_of(situation.application, item, situation.facts(item.key))
    asked = (*raw, *(replace(d, shown=True) for d in raw), *unseen)
    subject = replace(situation.subject(item), differences=asked, base=base)
    return explain(subject, situation.catalogue).findings


def _speaks_of(d: Difference, change: Change) -> bool:
    """Whether a difference is about all of a change: it lies at its place or above."""
    return any(starts_with(mine, theirs) for mine in (change.left, change.right) for theirs in (d.path, d.live_path))


def _meets(d: Difference, change: Change) -> bool:
    return any(_related(mine, theirs) for mine in (change.left, change.right) for theirs in (d.path, d.live_path))


def _related(one: Path, other: Path) -> bool:
    return starts_with(one, other) or starts_with(other, one)


def _by_finding(change: Change, finding: Examined, situation: Situation) -> Judged:
    if not finding.explanations:
        return Judged(change, Worth.LOST, "", "nobody knows who wrote it")
    worths = [_by_explanation(change, e, situation) for e in _strongest(finding.explanations)]
    return max(worths, key=lambda each: list(Worth).index(each.worth))


def _strongest(explanations: tuple[Explanation, ...]) -> Iterable[Explanation]:
    """The explanations that count: the strongest ones, and those behind a failing sync, which says nobody's wish."""
    telling = [e for e in explanations if e.cause != "sync-is-failing"] or explanations
    return (e for e in telling if e.strength is telling[0].strength)


def _by_explanation(change: Change, explanation: Explanation, situation: Situation) -> Judged:
    cause = explanation.cause
    side = explanation.side or situation.sides[cause]
    if cause in RETURNS:
        return Judged(change, Worth.RETURNS, cause)
    if cause in NOISE:
        return Judged(change, Worth.NOISE, cause)
    if side is Side.GIT and (cause in WANTED or cause in ("checksum-follows-config", "object-missing-from-cluster")):
        return Judged(change, Worth.WANTED, cause)
    if cause == "verdict-is-stale" and side is Side.EQUIVALENT:
        return Judged(change, Worth.NOISE, cause)
    return Judged(change, Worth.LOST, cause, explanation.why)


def _by_mark(change: Change, item: ObjectSnapshot) -> Judged | None:
    """What a change of Argo CD's own marks is worth: the mark of another application is taken from that one."""
    if change.left[:2] != ("metadata", "annotations") or change.left[-1] not in (TRACKING_ID, INSTALLATION_ID):
        return None
    stated = parse_tracking_id(change.on_left) if isinstance(change.on_left, str) else None
    wanted = parse_tracking_id(change.on_right) if isinstance(change.on_right, str) else None
    claimed = stated is not None and stated.is_of(item.key)
    if stated is not None and claimed and wanted is not None and stated.application != wanted.application:
        why = f"{stated.application} claims it as well"
        return Judged(change, Worth.LOST, "two-apps-claim-object", why)
    return Judged(change, Worth.NOISE, "object-lacks-tracking-id")


def _moves_by_revision(change: Change, place: _Place) -> bool:
    """Whether the revision that is asked about changes what the compared one and live agree on."""
    compared = place.situation.compared.get(place.item.key, ABSENT)
    if place.situation.manifests is None or not is_object(compared):
        return False
    return place.agrees(change, compared)


def _by_base(change: Change, place: _Place) -> Judged:
    """What a change is worth that no cause speaks of: from what both values mean, and from what the last sync wrote."""
    item, situation = place.item, place.situation
    if _respells(change, place):
        return Judged(change, Worth.NOISE, "server-respells-value")
    base = base_of(situation.application, item, situation.facts(item.key))
    if base is None:
        return Judged(change, Worth.LOST, "", "what the last sync wrote there is not known")
    if rolled_back_to(situation.application) or not git_moved(situation.application, item.key):
        return Judged(change, Worth.LOST, "", "the cluster holds something else than the last sync wrote")
    if place.agrees(change, base.manifest):
        return Judged(change, Worth.WANTED, "git-moved-ahead")
    return Judged(change, Worth.LOST, "", "the cluster holds something else than the last sync wrote")


def _respells(change: Change, place: _Place) -> bool:
    """Whether a custom resource gets another spelling of one value; of built-in kinds the server keeps one anyway."""
    subject = place.situation.subject(place.item)
    both = change.on_left is not ABSENT and change.on_right is not ABSENT and not change.order
    known = subject.custom and subject.schema is not None
    return both and known and means_same(subject, _as_difference(change))


def _as_difference(change: Change) -> Difference:
    kind = Kind.EXTRA if change.on_right is ABSENT else Kind.MISSING if change.on_left is ABSENT else Kind.MODIFIED
    return Difference(change.right, change.left, kind, change.on_right, change.on_left, change.order, shown=False)


def _dropped(change: Change, place: _Place) -> bool:
    """Whether git dropped what Argo CD itself applied and live still has unchanged."""
    base = base_of(place.situation.application, place.item, place.situation.facts(place.item.key))
    return change.on_right is ABSENT and base is not None and place.agrees(change, base.manifest)


@dataclass(frozen=True)
class _Place:
    """An object before and after a sync, beside what is known of it."""

    item: ObjectSnapshot
    predicted: Predicted
    situation: Situation

    def agrees(self, change: Change, manifest: MaybeJson) -> bool:
        """Whether a manifest, as the server stores it, has what live has at the place of a change; items by key."""
        wrote = (admitted(manifest, None, self.situation.terms) or manifest) if is_object(manifest) else manifest
        if change.on_left is ABSENT:
            return at(change.right, self.predicted.after, wrote) is ABSENT
        return same(at(change.left, self.predicted.before, wrote), change.on_left)
