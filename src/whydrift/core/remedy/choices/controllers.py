"""What a controller, an operator, an injector, a webhook or the platform writes.

Server-side, a drop from git closes it and live stays; client-side, last-applied still states the field and the next
sync resets it (reference/measured.md 19, 54, 56). There the narrow rule with RespectIgnoreDifferences comes first.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase

from whydrift.core.compare.typed.quantity import parse_quantity
from whydrift.core.explain.evidence import quoted
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.managers import leaves
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change, Choice, Instead, RemedyKind, Safety
from whydrift.core.model.values import ABSENT, MaybeJson, child, is_object, items
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.usual import adopted, asked, dropped, ignored, pinned

LEADER = "control-plane.alpha.kubernetes.io/leader"
SWITCHES = {
    ("admissionsenforcer", "*WebhookConfiguration"): ("admissions.enforcer/disabled", "true"),
    ("aks-*", "*WebhookConfiguration"): ("admissions.enforcer/disabled", "true"),
}
"""Manager and kind → the annotation that keeps the platform off one object (AKS FAQ, admissions enforcer)."""
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]|\d\d:\d\d:\d\d|^1[5-9]\d{8}(\d{3})?$")
REQUESTER = re.compile(r"(creator|modifier|(created|modified|updated|changed|applied)[-_]?by)$", re.IGNORECASE)
"""The end of an annotation's key that says who sent a request: every sync is somebody's."""
DIGEST = "@sha256:"
CA = "caBundle"
SHORT = 6
"""How many values an operator may fill in at one place for it to be short enough to be stated."""
DROP_RESETS = "applied client-side the next sync resets it first, and it stays reset until it is written again"
DROP = Instead(RemedyKind.GIT_DROP, DROP_RESETS)
HIDES = Instead(RemedyKind.IGNORE, "an ignored field is one that nobody manages")


def autoscaled(case: Case) -> Choice:
    """Leave the number to the autoscaler: drop it where that is no scale-down, else ignore it."""
    if case.server_side and case.owners and case.stated:
        return dropped(
            case, f"the autoscaler owns the number: applied server-side, {quoted(case.difference.live)} stays", HIDES
        )
    if not case.stated:
        return ignored(case, "git states no number, and the autoscaler's shows all the same")
    if case.server_side:
        why = (
            "nobody owns the number now (zero leaves no owner), so that a drop would set 1: the autoscaler's is ignored"
        )
        return ignored(case, why, Instead(RemedyKind.GIT_DROP, "a sync would set 1 while nobody owns the number"))
    why = "the autoscaler decides the number; a drop from git would set 1 at the next client-side sync"
    return ignored(case, why, Instead(RemedyKind.GIT_DROP, "it sets 1 at the next sync, unless that is server-side"))


def controlled(case: Case) -> Choice:
    """What a controller or the platform keeps writing."""
    if _is_size_of_claim(case):
        return _resized(case)
    if _is_dead_copy(case):
        return _dead_copy_dropped(case)
    switch = _switch(case)
    if switch is not None:
        return _switched_off(case, *switch)
    if isinstance(case.difference.path[-1], int):
        return _list_ignored(case)
    if not case.stated or _is_compared_whole(case):
        return ignored(case, _rewritten(case), *_instead(case))
    if case.server_side and _is_held_whole(case):
        return ignored(case, f"{_rewritten(case)}, and whoever applies the list applies all of it")
    if case.server_side and case.owners:
        return dropped(case, f"{case.owners[0].manager} owns it: applied server-side its value stays", HIDES)
    return ignored(case, _rewritten(case), DROP)


def injected_ca(case: Case) -> Choice:
    """The CA is left alone; a constant beside it is stated as it is."""
    live = quoted(case.difference.live)
    if case.difference.path[-1] != CA:
        instead = Instead(RemedyKind.GIT_DROP, "its injector then owns it alone") if case.server_side else HIDES
        return pinned(case, f"git states {live}, which the injector writes each time", instead)
    if case.server_side and case.owners and case.stated and case.difference.shown:
        return dropped(case, "the injector owns the CA: applied server-side it stays", HIDES)
    emptied = (
        "a drop, like a sync, would empty the CA in use, and every call of the webhook would fail until it is back"
    )
    return ignored(
        case, "the CA is made in the cluster, so that git cannot know it", Instead(RemedyKind.GIT_DROP, emptied)
    )


def completed(case: Case) -> Choice:
    """State what an operator resolves to one constant; ignore what it generates."""
    live = case.difference.live
    if _is_dead_copy(case):
        return _dead_copy_dropped(case)
    if _is_time(live) or DIGEST in str(live) or _is_beside_own(case) or len(leaves(live, ())) > SHORT:
        return ignored(case, "the operator generates it from what git states", *_instead(case))
    instead = Instead(RemedyKind.IGNORE, "the operator's choice then changes unseen when it is upgraded")
    return pinned(case, f"git states {quoted(live)}, which the operator would write anyway", instead)


def _is_beside_own(case: Case) -> bool:
    """Whether it is an item that the operator adds to git's own."""
    path = case.difference.path
    own = items(case.subject.object.target, *path[:-1])
    return case.difference.kind is Kind.EXTRA and isinstance(path[-1], int) and bool(own)


def mutated(case: Case) -> Choice:
    """State a constant that a webhook writes; ignore stamps and added list items."""
    live = case.difference.live
    if _adds_item(case) or isinstance(live, list) or _is_stamp(case):
        what = "stamp" if _is_stamp(case) else "addition"
        return ignored(case, f"the webhook's {what} comes with every request and is not ours to state", *_instead(case))
    return pinned(case, f"git states {quoted(live)}, which the webhook makes of it in any case", HIDES)


def retagged(case: Case) -> Choice:
    """Take over the tag that an image updater put in place."""
    return adopted(
        case, f"the updater runs {quoted(case.difference.live)} already; git follows it", _let_it_write_back()
    )


def _let_it_write_back() -> Instead:
    return Instead(RemedyKind.OUT_OF_BAND, "switch the updater to write back to git, so that it stays adopted")


def _instead(case: Case) -> tuple[Instead, ...]:
    if not case.stated:
        return (Instead(RemedyKind.ADOPT, "git would state what somebody else keeps changing"),)
    return (Instead(RemedyKind.GIT_DROP, "git's own items would go with it"),)


def _rewritten(case: Case) -> str:
    who = case.owners[0].manager if case.owners else "its controller"
    return f"{who} writes {quoted(case.difference.live)} here again after every sync"


def _is_size_of_claim(case: Case) -> bool:
    size = ("spec", "resources", "requests", "storage")
    return case.key.kind == "PersistentVolumeClaim" and case.difference.path == size


def _resized(case: Case) -> Choice:
    """A claim that grew is adopted; one that a resizer took back from git's size could not be grown to it."""
    target, live = case.difference.target, case.difference.live
    old, new = (parse_quantity(side) if isinstance(side, str) else None for side in (target, live))
    if old is not None and new is not None and new < old:
        why = f"the volume could not be grown to {quoted(target)}: the claim's events say why, before git takes it back"
        return asked(case, why, Instead(RemedyKind.SYNC, "the resizer tries once more"))
    return adopted(case, f"a controller grew the claim to {quoted(live)}, and no claim can shrink")


def _is_dead_copy(case: Case) -> bool:
    """Whether git states what its controller makes up from elsewhere and fills in at once."""
    target = case.subject.object.target
    aggregated = case.key.kind == "ClusterRole" and is_object(child(target, "aggregationRule"))
    if aggregated and case.difference.path[:1] == ("rules",):
        return child(target, "rules") is not ABSENT
    if case.difference.path[:1] == ("status",):
        return child(target, "status") is not ABSENT
    elected = case.difference.path[-1:] == (LEADER,) or (case.key.kind == "Lease" and case.difference.path[0] == "spec")
    return case.stated and elected


def _dead_copy_dropped(case: Case) -> Choice:
    """Aggregated rules go as a whole, and so does a status."""
    path = case.difference.path
    changes = (Change(path[:1] if path[0] in ("rules", "status") else path, ABSENT),)
    why = "git holds a dead copy of what its controller writes anew at once"
    return Choice(RemedyKind.GIT_DROP, why, changes=changes, instead=(HIDES,))


def _list_ignored(case: Case) -> Choice:
    """A rule for the whole list: what git's items became of cannot be told from what was added."""
    item = case.difference
    path, live_path = item.path[:-1], item.live_path[:-1]
    git, live = child(case.subject.object.target, *path), child(case.subject.object.live, *live_path)
    whole = Difference(path, live_path, Kind.MODIFIED, git, live, shown=item.shown)
    around = replace(case, finding=replace(case.finding, difference=whole))
    return ignored(around, f"{_rewritten(around)}, and the list is compared whole", *_instead(around))


def _is_compared_whole(case: Case) -> bool:
    """Whether a list with items of git's own is compared as one value."""
    return isinstance(case.difference.target, list) and bool(case.difference.target)


def _is_held_whole(case: Case) -> bool:
    """Whether the place lies in a list or map that has one owner as a whole: a sync writes git's in its place."""
    live, path = case.subject.object.live, case.difference.live_path
    managers = case.subject.object.managers
    return is_object(live) and any(managers.holders(path[:depth], live) for depth in range(1, len(path)))


def _adds_item(case: Case) -> bool:
    """Whether live has an item, or a whole list, that git does not have."""
    added = case.difference.kind is Kind.EXTRA
    return added and (isinstance(case.difference.path[-1], int) or isinstance(case.difference.live, list))


def _is_stamp(case: Case) -> bool:
    """Whether a request left its time or its sender's name."""
    noted = case.difference.path[:2] == ("metadata", "annotations")
    return _is_time(case.difference.live) or (noted and REQUESTER.search(str(case.difference.path[-1])) is not None)


def _is_time(value: MaybeJson) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and TIME.search(str(value)) is not None


def _switch(case: Case) -> tuple[str, str] | None:
    for (manager, kind), annotation in SWITCHES.items():
        written = any(fnmatchcase(entry.manager, manager) for entry in case.owners)
        if written and fnmatchcase(case.key.kind, kind):
            return annotation
    return None


def _switched_off(case: Case, name: str, value: str) -> Choice:
    """The annotation in git that keeps the platform off this object."""
    place: Path = ("metadata", "annotations", name)
    why = f"the annotation {name} keeps {case.owners[0].manager} off this object; a sync then restores git's list"
    instead = Instead(RemedyKind.IGNORE, "the platform's guard stays on, and this field is no longer compared")
    changes = (Change(place, value),)
    return Choice(RemedyKind.ANNOTATE, why, Safety.UNSAFE, changes=changes, instead=(instead,))
