"""A whole application, compared as Argo CD compares it: pairs, the verdict on each, and the application's own.

Source: controller/state.go :: CompareAppState; gitops-engine/pkg/sync/reconcile.go; controller/sync_namespace.go.
Health is not computed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from whydrift.core.compare.hooks import (
    COMPARE_OPTIONS,
    SYNC_OPTIONS,
    annotation_options,
    counts_as_hook,
    is_hook,
    is_ignored_hook,
    is_only_delete_hook,
    is_skipped,
    option_value,
    wave,
)
from whydrift.core.compare.objects import ObjectComparison, compare_unmasked
from whydrift.core.compare.projects import permits_kind, permits_live
from whydrift.core.compare.rules import strings
from whydrift.core.compare.targets import Condition, Scopes, normalize_targets
from whydrift.core.compare.terms import DryRun, Terms
from whydrift.core.compare.tracking import is_self_referenced, owner_of, qualified_name
from whydrift.core.model.application import Application
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, mapping, same, text
from whydrift.errors import NotComparable

SYNCED, OUT_OF_SYNC, UNKNOWN = "Synced", "OutOfSync", "Unknown"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the verdict of an application depends on besides its objects.

    `dry_runs` are the server's answers by key, for server-side comparisons.
    """

    project: JsonObject
    scopes: Scopes = field(default_factory=Scopes)
    dry_runs: Mapping[ObjectKey, DryRun] = field(default_factory=dict)


class Pair(NamedTuple):
    """A target and the live object that it stands for; None for a side that is not there."""

    target: JsonObject | None
    live: JsonObject | None

    @property
    def object(self) -> JsonObject:
        """The live object, else the target."""
        return self.live or self.target or {}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A row of `status.resources`; `status` is "" for what takes no part (hooks, skipped objects, copied ids)."""

    key: ObjectKey
    version: str
    pair: Pair
    comparison: ObjectComparison | None
    """None where the comparison of the application failed."""
    status: str
    counts: bool
    """Whether it makes the application OutOfSync: also what the project forbids, but no tolerated extra."""
    hook: bool
    requires_pruning: bool
    requires_confirmation: bool
    wave: int


@dataclass(frozen=True, slots=True)
class ApplicationComparison:
    """The verdict on an application, on each of its objects (in the order of their keys), and its conditions."""

    sync: str
    resources: tuple[Verdict, ...]
    conditions: tuple[Condition, ...]


def compare_application(
    application: Application,
    targets: Iterable[JsonObject],
    lives: Iterable[JsonObject],
    terms: Terms,
    surroundings: Surroundings,
) -> ApplicationComparison:
    """The verdict on an application, from its stamped targets and the live objects that are managed by it."""
    rendered = normalize_targets(
        targets,
        application.instance_name,
        application.destination_namespace,
        surroundings.scopes,
        terms.settings.tracking,
    )
    kept, excluded = _without_excluded(rendered.objects, application, terms)
    permitted = [live for live in lives if _is_permitted(live, application, surroundings)]
    shared = _shared(permitted, application, terms)
    managed = _managed_namespaces(kept, permitted, application)
    pairs, hooks = pair([*kept, *managed], permitted, application.destination_namespace, surroundings.scopes)
    conditions = (*rendered.conditions, *excluded, *shared)
    try:
        compared = [compare_unmasked(*each, terms, surroundings.dry_runs.get(key_of(each.object))) for each in pairs]
    except NotComparable as error:
        failed = Condition("ComparisonError", f"Failed to compare desired state to live state: {error}")
        rows = [_verdict(each, None, hooks, application, terms, surroundings) for each in pairs]
        unknown = tuple(replace(row, status=UNKNOWN) for row in rows)
        return ApplicationComparison(UNKNOWN, unknown, (*conditions, failed))
    rows = [
        _verdict(each, comparison, hooks, application, terms, surroundings)
        for each, comparison in zip(pairs, compared, strict=True)
    ]
    return ApplicationComparison(_sync(rows, application), tuple(rows), conditions)


def pair(
    targets: Sequence[JsonObject], lives: Sequence[JsonObject], namespace: str, scopes: Scopes
) -> tuple[list[Pair], list[JsonObject]]:
    """The pairs of targets and live objects in the order of their keys, and the hooks among the targets."""
    active = [target for target in targets if not is_only_delete_hook(target) and not is_ignored_hook(target)]
    hooks = [target for target in active if is_hook(target)]
    kept = [target for target in active if not is_hook(target)]
    by_key = _without_twins(kept, {key_of(live): live for live in lives})
    pairs = [Pair(target, _take(by_key, target, namespace, scopes)) for target in kept]
    extra = [Pair(None, live) for live in by_key.values()]
    return sorted([*pairs, *extra], key=lambda each: key_of(each.object)), hooks


def _take(lives: dict[ObjectKey, JsonObject], target: JsonObject, namespace: str, scopes: Scopes) -> JsonObject | None:
    key = key_of(target, namespace)
    places = [key] if scopes.may_be_namespaced(target) else []
    if not scopes.is_namespaced(target):
        places.append(key._replace(namespace=""))
    found = next((place for place in places if place in lives), None)
    return None if found is None else lives.pop(found)


def _without_twins(targets: list[JsonObject], lives: dict[ObjectKey, JsonObject]) -> dict[ObjectKey, JsonObject]:
    """Live objects without those that are one object under several groups: what git states stays, else one stays."""
    stated = {key_of(target) for target in targets}
    by_uid: dict[str, list[ObjectKey]] = {}
    for key, live in lives.items():
        by_uid.setdefault(text(live, "metadata", "uid"), []).append(key)
    kept = dict(lives)
    for keys in by_uid.values():
        spare = [key for key in keys if key not in stated]
        for key in spare[: len(keys) - 1]:
            del kept[key]
    return kept


def _verdict(
    each: Pair,
    comparison: ObjectComparison | None,
    hooks: list[JsonObject],
    application: Application,
    terms: Terms,
    surroundings: Surroundings,
) -> Verdict:
    key = key_of(each.object)
    referenced = is_self_referenced(each.live, each.target, application.name, terms.settings.tracking)
    extra = each.target is None and each.live is not None
    status = _status(each, comparison, application) if referenced else ""
    tolerated = extra and "IgnoreExtraneous" in annotation_options(each.object, COMPARE_OPTIONS)
    permitted = permits_kind(surroundings.project, key, surroundings.scopes.is_namespaced(each.object))
    return Verdict(
        key=key,
        version=text(each.object, "apiVersion").rpartition("/")[2],
        pair=each,
        comparison=comparison,
        status=status if permitted else UNKNOWN,
        counts=status == OUT_OF_SYNC and not tolerated,
        hook=counts_as_hook(each.object),
        requires_pruning=extra and referenced,
        requires_confirmation=any(_asks_first(obj, application) for obj in each if obj),
        wave=_wave(each, hooks),
    )


def _status(each: Pair, comparison: ObjectComparison | None, application: Application) -> str:
    obj = each.object
    if counts_as_hook(obj) or is_ignored_hook(obj) or (each.target is not None and is_skipped(each.target)):
        return ""
    if each.live is None and each.target is not None and _is_managed_namespace(each.target, application):
        return SYNCED
    one_sided = each.live is None or each.target is None
    return OUT_OF_SYNC if one_sided or (comparison is not None and comparison.differs) else SYNCED


def _sync(rows: list[Verdict], application: Application) -> str:
    changed = _namespace_metadata_changed(application)
    return OUT_OF_SYNC if changed or any(row.counts for row in rows) else SYNCED


def _wave(each: Pair, hooks: list[JsonObject]) -> int:
    if each.target is not None:
        return wave(each.target)
    if not counts_as_hook(each.object):
        return 0
    name = key_of(each.object)[1:]
    return next((wave(hook) for hook in hooks if key_of(hook)[1:] == name), 0)


def _asks_first(obj: JsonObject, application: Application) -> bool:
    """Whether a sync deletes an object only after a confirmation; its own option beats the application's."""
    own = annotation_options(obj, SYNC_OPTIONS)
    general = strings(application.raw, "spec", "syncPolicy", "syncOptions")
    for name in ("Delete", "Prune"):
        stated = option_value(own, name)
        if (option_value(general, name) if stated is None else stated) == "confirm":
            return True
    return False


def _is_permitted(live: JsonObject, application: Application, surroundings: Surroundings) -> bool:
    destination = mapping(application.raw, "spec", "destination")
    return permits_live(surroundings.project, key_of(live), text(destination, "server"), text(destination, "name"))


def _without_excluded(
    targets: Iterable[JsonObject], application: Application, terms: Terms
) -> tuple[list[JsonObject], list[Condition]]:
    kept: list[JsonObject] = []
    conditions: list[Condition] = []
    for target in targets:
        key = key_of(target)
        if terms.settings.excludes(key.group, key.kind, text(application.raw, "spec", "destination", "server")):
            message = f"Resource {key.group}/{key.kind} {key.name} is excluded in the settings"
            conditions.append(Condition("ExcludedResourceWarning", message))
        else:
            kept.append(target)
    return kept, conditions


def _shared(lives: Iterable[JsonObject], application: Application, terms: Terms) -> list[Condition]:
    """A warning for each live object that carries the mark of another application."""
    ours = application.instance_name
    conditions: list[Condition] = []
    for live in lives:
        owner = owner_of(live, terms.settings.tracking)
        if owner not in ("", ours):
            key = key_of(live)
            both = f"{qualified_name(application.name, application.namespace)} and {owner.replace('_', '/')}"
            message = f"{key.kind}/{key.name} is part of applications {both}"
            conditions.append(Condition("SharedResourceWarning", message))
    return conditions


def _is_managed_namespace(obj: JsonObject, application: Application) -> bool:
    ours = text(obj, "kind") == "Namespace" and key_of(obj).name == application.destination_namespace
    return ours and isinstance(_namespace_metadata(application), dict)


def _namespace_metadata(application: Application) -> MaybeJson:
    return child(application.raw, "spec", "syncPolicy", "managedNamespaceMetadata")


def _managed_namespaces(
    targets: Iterable[JsonObject], lives: Iterable[JsonObject], application: Application
) -> list[JsonObject]:
    """What a live namespace is compared with when the application manages its metadata and git has no Namespace."""
    if any(_is_managed_namespace(target, application) for target in targets):
        return []
    wanted = _namespace_metadata(application)
    labels = mapping(wanted, "labels")
    annotations: JsonObject = {**mapping(wanted, "annotations"), SYNC_OPTIONS: "ServerSideApply=true"}
    return [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": key_of(live).name,
                **({"labels": labels} if labels else {}),
                "annotations": annotations,
            },
            "spec": {},
            "status": {},
        }
        for live in lives
        if _is_managed_namespace(live, application)
    ]


def _namespace_metadata_changed(application: Application) -> bool:
    """Whether the metadata that the last sync gave the namespace is not what the application asks for now."""
    wanted = _namespace_metadata(application)
    result = child(application.operation, "syncResult")
    if not isinstance(wanted, dict) or not isinstance(result, dict):
        return False
    given = child(result, "managedNamespaceMetadata")
    if not isinstance(given, dict):
        return True
    return not all(same(_stated(wanted, part), _stated(given, part)) for part in ("labels", "annotations"))


def _stated(metadata: JsonObject, part: str) -> MaybeJson:
    found = child(metadata, part)
    return ABSENT if found is None else found
