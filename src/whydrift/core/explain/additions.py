"""What only live has and somebody must have put there: no default, no allocation, no mark that tools leave behind."""

from __future__ import annotations

from typing import Final

from whydrift.core.compare.deletions import without
from whydrift.core.compare.typed.defaults import stored
from whydrift.core.explain.allocations import may_be_admitted
from whydrift.core.explain.base import git_moved
from whydrift.core.explain.defaulting import with_defaults
from whydrift.core.explain.empties import replaces_source
from whydrift.core.explain.filled_in import is_known_default
from whydrift.core.explain.server_fills import filled
from whydrift.core.explain.stamps import is_stamp
from whydrift.core.explain.strategy import compared_server_side
from whydrift.core.explain.subject import Subject, sync_options
from whydrift.core.explain.writers import is_argocd
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.managers import Entry, leaves
from whydrift.core.model.paths import Path
from whydrift.core.model.people import ARGOCD
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import (
    ABSENT,
    Json,
    JsonObject,
    MaybeJson,
    child,
    is_empty,
    is_object,
    items,
    mapping,
    same,
    text,
)

_MARKS: Final = (
    "deprecated.daemonset.template.generation",
    "/restartedAt",
    "/timestamp",
    "/change-cause",
    "/last-applied-configuration",
    "control-plane.alpha.kubernetes.io/leader",
    "argocd.argoproj.io/refresh",
    "argocd.argoproj.io/hydrate",
)
"""Ends of annotations with which tools note that they were here."""
NAMESPACE: Final = ("metadata", "namespace")
"""What Argo CD fills in where git leaves it out."""
_AUTOSCALING: Final = {
    "autoscaling.alpha.kubernetes.io/metrics": "metrics",
    "autoscaling.alpha.kubernetes.io/behavior": "behavior",
}
_NAMES: Final = frozenset({"labels", "annotations"})
_DATA: Final = frozenset({"data", "binaryData", "stringData"})
"""Maps whose keys are anybody's choice: no default adds one."""
_WITHOUT_DEFAULTS: Final = frozenset({"Application", "AppProject", "ApplicationSet"})
"""Argo CD's own kinds: their definitions state no defaults (manifests/crds, 3.5)."""
_AUTO_SYNC_ENABLED: Final = ("spec", "syncPolicy", "automated", "enabled")
"""Where `false` says another thing than nothing: auto-sync is off, which is on where it is left out."""

_UNLIKE_NOTHING: Final = frozenset(
    {
        "allowPrivilegeEscalation", "automountServiceAccountToken", "fsGroup", "hostUsers", "runAsGroup", "runAsUser",
        "ttlSecondsAfterFinished",
    }
)  # fmt: skip
"""Pointers of built-in kinds without a default, whose false or 0 is another thing than nothing (core/v1, batch/v1)."""


def may_hold_additions(application: Application, item: ObjectSnapshot) -> bool:
    """Whether what only live has may be more than defaults: another writer than Argo CD, or a field that git dropped.

    The status that controllers write back adds nothing, nor do the annotations that they write with it.
    """
    if any(entry.manager not in ARGOCD and entry.subresource != "status" for entry in item.managers.entries):
        return True
    server_side = application.server_side_apply or "ServerSideApply=true" in sync_options(item.target)
    unseen = server_side or (compared_server_side(application, item) and item.last_applied is not ABSENT)
    return unseen and git_moved(application, item.key)


def is_addition(subject: Subject, difference: Difference) -> bool:
    """Whether only live has something here that no server fills in by itself, as far as the kind's types are known."""
    live, path = subject.object.live, difference.live_path
    if difference.kind is not Kind.EXTRA or difference.whole or not is_object(live):
        return False
    if is_empty(difference.live) and not _says_something(subject, difference):
        return False
    if path == NAMESPACE or may_be_admitted(subject.key, path) or all(map(is_mark, leaves(difference.live, path))):
        return False
    return not fills_itself(subject, difference)


def _says_something(subject: Subject, difference: Difference) -> bool:
    """Whether an empty value that only live has is another one than what the place would hold without it."""
    live, path = subject.object.live, difference.live_path
    if (subject.key.kind == "Application" and path == _AUTO_SYNC_ENABLED) or replaces_source(subject, difference):
        return True
    if path[-1] in _UNLIKE_NOTHING and difference.live in (0, False):
        return is_object(live) and subject.knowledge.types.of(live) is not None
    default = child(_stored(subject, without(live, [path])), *path) if is_object(live) else ABSENT
    return default is not ABSENT and not is_empty(default)


def is_mark(path: Path) -> bool:
    """Whether a path is a note of a tool on what it touched."""
    return is_stamp(path) or (path[-2:-1] == ("annotations",) and str(path[-1]).endswith(_MARKS))


def fills_itself(subject: Subject, difference: Difference) -> bool:
    """Whether live without this place, or git's object, would get this value; true where no defaults are known."""
    live, path = subject.object.live, difference.live_path
    if not is_object(live) or same(filled(live, path), difference.live):
        return True
    if replaces_source(subject, difference):
        return False
    if isinstance(path[-1], int):
        return any(same(item, difference.live) for item in items(subject.stored, *difference.path[:-1]))
    if is_free(path) or (subject.key.group == "argoproj.io" and subject.key.kind in _WITHOUT_DEFAULTS):
        return _stated_as_text(subject, difference)
    if is_known_default(subject, difference):
        return True
    again = _stored(subject, without(live, [path]))
    return again is ABSENT or same(child(again, *path), difference.live)


def _stated_as_text(subject: Subject, difference: Difference) -> bool:
    """Whether git states a Secret's keys in `stringData`, which the server writes into `data`."""
    path, stated = difference.live_path, mapping(subject.object.target, "stringData")
    names = path[1:] or tuple(mapping(subject.object.live, "data"))
    return bool(stated) and path[0] == "data" and all(name in stated for name in names)


def adders(subject: Subject, difference: Difference) -> tuple[Entry, ...]:
    """Who owns what only live has here, or parts of it, Argo CD aside, the last writer first.

    What Argo CD's own entry holds as well git stated once. In the entry of whoever created the object, which owns every
    default of the server too (reference/measured.md 21), only free keys and list items count.
    """
    live = subject.object.live
    if not is_object(live):
        return ()
    found: dict[Entry, None] = {}
    for leaf in leaves(difference.live, _written_at(subject, difference)):
        owners = subject.object.managers.owners(leaf, live) or subject.object.managers.owners_within(leaf, live)
        if not any(is_argocd(subject, entry) for entry in owners):
            found |= dict.fromkeys(owners)
    if not is_free(difference.live_path) and any(_created(entry, live) for entry in found):
        return ()
    return tuple(sorted(found, key=lambda entry: entry.time or "", reverse=True))


def _written_at(subject: Subject, difference: Difference) -> Path:
    """Where the writers of a place stand: version 1 of an autoscaler keeps in annotations what its writers put in spec.

    Kubernetes, pkg/apis/autoscaling/annotations.go (reference/measured.md 35).
    """
    kept = _AUTOSCALING.get(str(difference.live_path[-1])) if subject.key.kind == "HorizontalPodAutoscaler" else None
    return difference.live_path if kept is None else ("spec", kept)


def is_free(path: Path) -> bool:
    """Whether a path is an item of a list, or a key of one's own choice: no default adds those."""
    return isinstance(path[-1], int) or not _NAMES.isdisjoint(path[-2:]) or (len(path) <= 2 and path[0] in _DATA)


def _created(entry: Entry, live: JsonObject) -> bool:
    born = text(live, "metadata", "creationTimestamp")
    return entry.operation == "Update" and not entry.subresource and entry.time is not None and entry.time <= born


def _stored(subject: Subject, bare: Json) -> MaybeJson:
    if not is_object(bare):
        return ABSENT
    if subject.knowledge.types.of(bare) is not None:
        again = stored(bare, subject.knowledge.types)
        return ABSENT if again is None else again
    return ABSENT if subject.schema is None else with_defaults(bare, subject.schema)
