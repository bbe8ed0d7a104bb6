"""Lists of custom resources that a sync copies from live as a whole, for a rule about one field inside.

Under RespectIgnoreDifferences Argo CD lays what a rule ignores over git's object by a JSON merge patch where it does
not know the kind's type (controller/sync.go, normalizeTargetResources), and such a patch replaces lists: whatever git
changed in any item stays out (reference/measured.md 12, 27). Newer ones take that back where no rule reaches into git's
own list.
"""

from __future__ import annotations

from whydrift.core.compare.rules import IgnoreRule
from whydrift.core.explain.ignoring import RESTORES, removed_by, respected, rules_of
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.paths import Path, starts_with
from whydrift.core.model.values import child


def rule_copying(subject: Subject, difference: Difference) -> IgnoreRule | None:
    """The rule for another place in the list around a shown difference, for which syncs copy that list from live."""
    around = _list_around(difference.live_path)
    typed = subject.knowledge.types.of(subject.object.target) is not None
    if around is None or typed or not difference.shown or not respected(subject):
        return None
    return next((rule for rule in rules_of(subject) if _reaches_into(rule, subject, around)), None)


def list_of(subject: Subject, difference: Difference) -> Difference:
    """The difference of the whole list in which live lacks an item, or the difference itself."""
    around, item = _list_around(difference.path), subject.object
    if around is None or difference.kind is not Kind.MISSING:
        return difference
    target, live = child(item.target, *around), child(item.live, *around)
    return Difference(around, around, Kind.MODIFIED, target, live, shown=difference.shown)


def _list_around(path: Path) -> Path | None:
    """The outermost list on a path."""
    return next((path[:place] for place, step in enumerate(path) if isinstance(step, int)), None)


def _reaches_into(rule: IgnoreRule, subject: Subject, around: Path) -> bool:
    item = subject.object
    sides = (item.live, item.target) if RESTORES.holds(subject.release) else (item.live,)
    return all(
        any(starts_with(place, around) and place != around for place in removed_by(rule, side, subject))
        for side in sides
    )
