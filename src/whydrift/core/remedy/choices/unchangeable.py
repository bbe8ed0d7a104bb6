"""Fields that cannot be changed: what of an object goes back in git to what is there, and what waits for that."""

from __future__ import annotations

from whydrift.core.judge.refusals import is_immutable
from whydrift.core.model.objects import POD_LABELS, WITH_PODS
from whydrift.core.model.paths import Path, for_people, starts_with
from whydrift.core.model.remedy import Choice, Field, Instead, RemedyKind
from whydrift.core.model.values import is_object, mapping
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.usual import nothing, pinned

SELECTOR: Path = ("spec", "selector", "matchLabels")
STOPS = Instead(RemedyKind.ANNOTATE, "Replace=true,Force=true deletes it and makes it anew, which stops what runs")
GAP = Instead(RemedyKind.ANNOTATE, "Replace=true,Force=true deletes it and makes it anew: in between nobody has it")
REVERT = Instead(RemedyKind.ASK, "the commit that moved it is reverted as a whole: what else it changed goes back too")
ORPHANED = Instead(
    RemedyKind.OUT_OF_BAND,
    "where what git states is wanted: deleted with --cascade=orphan after a dump, and made anew by a sync; its old "
    "pods run on, and go by hand once the new ones serve",
)
CLAIMS_GROWN = Instead(
    RemedyKind.OUT_OF_BAND,
    "its claims are grown, it is deleted with --cascade=orphan, and a sync makes it anew around its pods",
)
MOVED = Instead(RemedyKind.OUT_OF_BAND, "its data moves to another claim: made anew it is lost")


def kept(case: Case) -> Choice:
    """git states what is there; what else git changes in the object waits for that, and needs no way back."""
    field = _first_immutable(case)
    if field is not None and not goes_back(case):
        what = for_people(field, case.subject.object.target)
        return nothing(
            f"it waits: the server takes nothing of the object before {what} is mended", Field(case.key, field)
        )
    return pinned(case, "the field cannot be changed: git states what is there", *_instead(case))


def goes_back(case: Case) -> bool:
    """Whether a difference is in what cannot change, or a pod's label that a selector which cannot change looks for."""
    return _is_immutable(case, case.difference.path) or _is_selected(case)


def _instead(case: Case) -> tuple[Instead, ...]:
    """The other ways by kind: what holds data is never just made anew."""
    match case.key.kind:
        case "PersistentVolumeClaim":
            return (MOVED,)
        case "StatefulSet" if case.difference.path[:2] == ("spec", "volumeClaimTemplates"):
            return (CLAIMS_GROWN, STOPS)
        case kind if kind in WITH_PODS:
            return (ORPHANED, REVERT, STOPS)
        case _:
            return (GAP, REVERT)


def _first_immutable(case: Case) -> Path | None:
    return next((each.path for each in case.subject.differences if _is_immutable(case, each.path)), None)


def _is_immutable(case: Case, path: Path) -> bool:
    live = case.subject.object.live
    return bool(path) and is_object(live) and is_immutable(path, live, (case.key.group, case.key.kind))


def _is_selected(case: Case) -> bool:
    path, item = case.difference.path, case.subject.object
    if not starts_with(path, POD_LABELS) or case.key.kind not in WITH_PODS:
        return False
    stated, there = (mapping(side, *SELECTOR) for side in (item.target, item.live))
    asked = {name for name in (*stated, *there) if stated.get(name) != there.get(name)}
    return bool(asked) and (path == POD_LABELS or path[len(POD_LABELS)] in asked)
