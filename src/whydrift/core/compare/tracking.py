"""Who owns an object: tracking ids and labels, as Argo CD reads, writes and compares them.

Sources: util/argo/resource_tracking.go, util/kube/kube.go, controller/state.go :: isSelfReferencedObj (Argo CD 3.5.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from whydrift.core.model.objects import ObjectKey, group_of, key_of
from whydrift.core.model.snapshot import TRACKING_ID as TRACKING_ID  # part of what this module offers
from whydrift.core.model.values import ABSENT, JsonObject, child, mapping, text
from whydrift.core.model.versions import MEASURED, Release, Since
from whydrift.errors import NotComparable

INSTALLATION_ID = "argocd.argoproj.io/installation-id"
INSTANCE_LABEL = "app.kubernetes.io/instance"
OLD_INSTANCE_LABEL = "applications.argoproj.io/app-name"
"""The label that Argo CD before 0.11 also put on pod templates, and still does where it is configured."""
LABEL_LIMIT = 63
BACKFILL_ONLY = Since(((3, 4, 6), (3, 5, 0)))
"""Since then an id that live states itself is compared (#17965)."""
ANY_INSTALLATION = Since(((3, 6, 0),))
"""Since then an Argo CD without an installation id reads the ids of objects that carry another's."""
CRD = ("apiextensions.k8s.io", "CustomResourceDefinition")
_POD_CONTROLLERS = {
    "apps": ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"),
    "extensions": ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"),
    "batch": ("Job",),
}


class TrackingId(NamedTuple):
    """`application:group/kind:namespace/name`; cluster-scoped objects carry the destination namespace."""

    application: str
    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.application}:{self.group}/{self.kind}:{self.namespace}/{self.name}"

    def is_of(self, key: ObjectKey) -> bool:
        """Whether the id names this object itself, and was not copied from another one."""
        placed = key.namespace in ("", self.namespace)
        return placed and (key.group, key.kind, key.name) == (self.group, self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Tracking:
    """How one Argo CD marks its objects: `annotation` (default), `label` or `annotation+label`.

    `any_installation`: without an installation id of its own it takes an object that carries one for what its id says.
    """

    method: str = "annotation"
    label_key: str = INSTANCE_LABEL
    installation_id: str = ""
    any_installation: bool = False

    @property
    def by_label(self) -> bool:
        """Whether the label alone says who owns an object."""
        return self.method == "label"


def parse_tracking_id(value: str) -> TrackingId | None:
    """A tracking id, or None where the text is none."""
    parts = value.split(":", 2)
    if len(parts) != 3:
        return None
    kind, name = parts[1].split("/"), parts[2].split("/")
    return TrackingId(parts[0], *kind, *name) if len(kind) == len(name) == 2 else None


def build_tracking_id(obj: JsonObject, application: str, namespace: str) -> TrackingId:
    """The id that Argo CD gives an object; `namespace` where the object states none."""
    return TrackingId(application, *key_of(obj, namespace))


def tracking_id_of(obj: JsonObject, tracking: Tracking) -> TrackingId | None:
    """The id that an object carries, or None: also where the installation id is not ours.

    Before 3.6 an Argo CD without an installation id takes an object that carries one for nobody's (&& before ||).
    """
    annotations = string_map(obj, "annotations") or {}
    unasked = tracking.any_installation and not tracking.installation_id
    if not unasked and annotations.get(INSTALLATION_ID, "") != tracking.installation_id:
        return None
    return parse_tracking_id(annotations.get(TRACKING_ID, ""))


def owner_of(obj: JsonObject, tracking: Tracking) -> str:
    """The instance name of the application that an object belongs to; "" for nobody's (GetAppName)."""
    if tracking.by_label:
        return (string_map(obj, "labels") or {}).get(tracking.label_key, "")
    found = tracking_id_of(obj, tracking)
    return found.application if found else ""


def checked_id_of(obj: JsonObject, tracking: Tracking) -> TrackingId | None:
    """The id by which an extra object is checked, or None where the method knows none (GetAppInstance)."""
    return tracking_id_of(obj, tracking) if tracking.method in ("annotation", "annotation+label") else None


def is_self_referenced(
    live: JsonObject | None, target: JsonObject | None, application: str, tracking: Tracking
) -> bool:
    """Whether a live object counts: its id, or git's own key, names the object itself."""
    if live is None or tracking.by_label:
        return True
    stated = checked_id_of(live, tracking) if target is None else build_tracking_id(target, application, "")
    return stated is None or stated.is_of(key_of(live))


def stamped(obj: JsonObject, application: str, namespace: str, tracking: Tracking) -> JsonObject:
    """The object with the marks of its application (SetAppInstance); raises NotComparable where metadata is broken."""
    if tracking.by_label:
        return _labelled(obj, tracking.label_key, application)
    annotations = {**_strict_map(obj, "annotations"), INSTALLATION_ID: tracking.installation_id}
    if not tracking.installation_id:
        del annotations[INSTALLATION_ID]
    marked = _with(
        obj, "annotations", {**annotations, TRACKING_ID: str(build_tracking_id(obj, application, namespace))}
    )
    if tracking.method != "annotation+label":
        return marked
    return _labelled(marked, tracking.label_key, truncated_label(application))


def unstamped(obj: JsonObject, method: str) -> JsonObject:
    """The object without the marks of an application (RemoveAppInstance): always the standard label key."""
    bare = obj
    if method != "label":
        bare = _without(_without(bare, "annotations", TRACKING_ID), "annotations", INSTALLATION_ID)
    if method in ("label", "annotation+label"):
        bare = _without(bare, "labels", INSTANCE_LABEL)
    return bare


def truncated_label(value: str) -> str:
    """A label value of at most 63 bytes that ends in a letter or digit; NotComparable where none is left."""
    encoded = value.encode()
    if len(encoded) <= LABEL_LIMIT:
        return value
    cut = encoded[:LABEL_LIMIT]
    while cut and not (cut[-1:].isalnum() and cut[-1:].isascii()):
        cut = cut[:-1]
    if not cut:
        raise NotComparable("unable to truncate label to not end with a special character")
    return cut.decode()


def with_target_tracking(
    target: JsonObject | None, live: JsonObject | None, tracking: Tracking, release: Release = MEASURED
) -> JsonObject | None:
    """Live as it is compared: a mark that is only missing or only old does not count (Normalize).

    Live that carries the instance label and no id takes over git's id; a label that git does not state goes. Before
    Argo CD 3.4.6 it took over git's id whatever it said itself: a move between applications did not show (#17965).
    """
    if live is None or target is None or tracking.method in ("", "label"):
        return live
    labels, annotations = string_map(live, "labels"), string_map(live, "annotations")
    if not (labels or {}).get(tracking.label_key) or (group_of(text(live, "apiVersion")), text(live, "kind")) == CRD:
        return live
    wanted = string_map(target, "annotations")
    own = "" if annotations is None or not BACKFILL_ONLY.holds(release) else annotations.get(TRACKING_ID, "")
    if annotations is None or (not own and wanted is None):
        return live
    if not own:
        live = _with(live, "annotations", {**annotations, TRACKING_ID: (wanted or {}).get(TRACKING_ID, "")})
    stated = string_map(target, "labels")
    drop = stated is not None and not stated.get(tracking.label_key)
    return _without(live, "labels", tracking.label_key) if drop else live


def instance_name(application: str, namespace: str, controller_namespace: str) -> str:
    """The name of an application in tracking marks: `name`, or `namespace_name` outside the control plane."""
    return application if namespace in ("", controller_namespace) else f"{namespace}_{application}"


def qualified_name(application: str, namespace: str) -> str:
    """The name of an application in messages: `namespace/name`."""
    return f"{namespace}/{application}" if namespace else application


def string_map(obj: JsonObject, field: str) -> dict[str, str] | None:
    """`metadata.labels` or `metadata.annotations`; None where it is no map of strings (Go reads it as an error)."""
    found = child(obj, "metadata", field)
    if found is ABSENT or found is None:
        return {}
    if not isinstance(found, dict):
        return None
    texts = {key: value for key, value in found.items() if isinstance(value, str)}
    return texts if len(texts) == len(found) else None


def _strict_map(obj: JsonObject, field: str) -> dict[str, str]:
    found = string_map(obj, field)
    if found is None:
        raise NotComparable(f"metadata.{field} of {key_of(obj)} is no map of strings")
    return found


def _with(obj: JsonObject, field: str, entries: dict[str, str]) -> JsonObject:
    return {**obj, "metadata": {**mapping(obj, "metadata"), field: {**entries}}}


def _without(obj: JsonObject, field: str, key: str) -> JsonObject:
    entries = _strict_map(obj, field)
    if key not in entries:
        return obj
    left = {name: value for name, value in entries.items() if name != key}
    if left:
        return _with(obj, field, left)
    return {**obj, "metadata": {name: value for name, value in mapping(obj, "metadata").items() if name != field}}


def _labelled(obj: JsonObject, key: str, value: str) -> JsonObject:
    labelled = _with(obj, "labels", {**_strict_map(obj, "labels"), key: value})
    group, kind = group_of(text(obj, "apiVersion")), text(obj, "kind")
    if key != OLD_INSTANCE_LABEL or kind not in _POD_CONTROLLERS.get(group, ()):
        return labelled
    template = mapping(obj, "spec", "template")
    metadata = mapping(template, "metadata")
    inner = {**metadata, "labels": {**mapping(metadata, "labels"), key: value}}
    return {**labelled, "spec": {**mapping(obj, "spec"), "template": {**template, "metadata": inner}}}
