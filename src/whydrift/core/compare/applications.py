"""A whole application, compared as Argo CD compares it: pairs, the verdict on each, and the application's own.

Source: controller/state.go :: CompareAppState. Health is not computed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from whydrift.core.compare.hooks import (
    COMPARE_OPTIONS,
    SYNC_OPTIONS,
    annotation_options,
    counts_as_hook,
    is_ignored_hook,
    is_skipped,
    option_value,
    wave,
)
from whydrift.core.compare.namespaces import is_managed_namespace, managed_namespaces, namespace_metadata_changed
from whydrift.core.compare.objects import ObjectComparison, compare_unmasked
from whydrift.core.compare.pairing import Pair, pair
from whydrift.core.compare.projects import permits_kind, permits_live
from whydrift.core.compare.rules import strings
from whydrift.core.compare.settings import ComparisonSettings
from whydrift.core.compare.targets import Condition, Scopes, normalize_targets
from whydrift.core.compare.terms import DryRun, Strategy, Terms, strategy_of
from whydrift.core.compare.tracking import is_self_referenced, owner_of, qualified_name
from whydrift.core.model.application import Application
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.values import JsonObject, mapping, text
from whydrift.errors import NotComparable, NotReplayed

SYNCED, OUT_OF_SYNC, UNKNOWN = "Synced", "OutOfSync", "Unknown"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the verdict of an application depends on besides its objects.

    `dry_runs` are the server's answers by key, for server-side comparisons. `server` and `cluster` are URL and name of
    the destination, where the application states only one of them.
    """

    project: JsonObject
    scopes: Scopes = field(default_factory=Scopes)
    dry_runs: Mapping[ObjectKey, DryRun] = field(default_factory=dict)
    server: str = ""
    cluster: str = ""

    def destination(self, application: Application) -> tuple[str, str]:
        """URL and name of the cluster that an application goes to."""
        stated = mapping(application.raw, "spec", "destination")
        return text(stated, "server") or self.server, text(stated, "name") or self.cluster


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
    """The verdict on an application, from its stamped targets and the live objects that are managed by it.

    Where Argo CD's comparison fails, all rows are Unknown and a condition says why. Raises NotReplayed where whydrift
    cannot compare what Argo CD can: a server-side comparison without the server's answers.
    """
    pairs, hooks, conditions = _prepared(application, targets, lives, terms, surroundings)
    _require_dry_runs(pairs, terms, surroundings)
    compared: list[ObjectComparison] | list[None]
    try:
        compared = [compare_unmasked(*each, terms, surroundings.dry_runs.get(key_of(each.object))) for each in pairs]
    except NotReplayed:
        raise
    except NotComparable as error:
        compared = [None] * len(pairs)
        failure = Condition("ComparisonError", f"Failed to compare desired state to live state: {error}")
        conditions = (*conditions, failure)
    rows = [
        _verdict(each, comparison, hooks, application, terms, surroundings)
        for each, comparison in zip(pairs, compared, strict=True)
    ]
    if None in compared:
        return ApplicationComparison(UNKNOWN, tuple(replace(row, status=UNKNOWN) for row in rows), conditions)
    return ApplicationComparison(_sync(rows, application), tuple(rows), conditions)


def _prepared(
    application: Application,
    targets: Iterable[JsonObject],
    lives: Iterable[JsonObject],
    terms: Terms,
    surroundings: Surroundings,
) -> tuple[list[Pair], list[JsonObject], tuple[Condition, ...]]:
    """The pairs to compare, the hooks among the targets, and the conditions that came up on the way."""
    namespace, scopes = application.destination_namespace, surroundings.scopes
    rendered = normalize_targets(targets, application.instance_name, namespace, scopes, terms.settings.tracking)
    server, cluster = surroundings.destination(application)
    kept, excluded = _without_excluded(rendered.objects, terms.settings, server)
    permitted = [live for live in lives if permits_live(surroundings.project, key_of(live), server, cluster)]
    shared = _shared(permitted, application, terms)
    managed = managed_namespaces(kept, permitted, application)
    pairs, hooks = pair([*kept, *managed], permitted, namespace, scopes)
    return pairs, hooks, (*rendered.conditions, *excluded, *shared, *_without_namespace(pairs, scopes))


def _require_dry_runs(pairs: Iterable[Pair], terms: Terms, surroundings: Surroundings) -> None:
    for each in pairs:
        key = key_of(each.object)
        if strategy_of(*each, terms) is Strategy.SERVER_SIDE and key not in surroundings.dry_runs:
            raise NotReplayed(f"{key}: a server-side comparison needs the server's answer to a dry run")


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
    status = status_of(each, comparison, application) if referenced else ""
    tolerated = extra and "IgnoreExtraneous" in annotation_options(each.object, COMPARE_OPTIONS)
    permitted = permits_kind(surroundings.project, key, surroundings.scopes.is_namespaced(each.object))
    return Verdict(
        key=key,
        version=_version(each.object),
        pair=each,
        comparison=comparison,
        status=status if permitted else UNKNOWN,
        counts=status == OUT_OF_SYNC and not tolerated,
        hook=counts_as_hook(each.object),
        requires_pruning=extra and referenced,
        requires_confirmation=any(_asks_first(obj, application) for obj in each if obj),
        wave=_wave(each, hooks),
    )


def status_of(each: Pair, comparison: ObjectComparison | None, application: Application) -> str:
    """The status of one row, as far as both sides decide it; "" for hooks and for what is skipped."""
    obj = each.object
    if counts_as_hook(obj) or is_ignored_hook(obj) or (each.target is not None and is_skipped(each.target)):
        return ""
    if each.live is None and each.target is not None and is_managed_namespace(each.target, application):
        return SYNCED
    one_sided = each.live is None or each.target is None
    return OUT_OF_SYNC if one_sided or (comparison is not None and comparison.differs) else SYNCED


def _sync(rows: list[Verdict], application: Application) -> str:
    changed = namespace_metadata_changed(application)
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


def _without_excluded(
    targets: Iterable[JsonObject], settings: ComparisonSettings, server: str
) -> tuple[list[JsonObject], list[Condition]]:
    kept: list[JsonObject] = []
    conditions: list[Condition] = []
    for target in targets:
        key = key_of(target)
        if settings.excludes(key.group, key.kind, server):
            message = f"Resource {key.group}/{key.kind} {key.name} is excluded in the settings"
            conditions.append(Condition("ExcludedResourceWarning", message))
        else:
            kept.append(target)
    return kept, conditions


def _without_namespace(pairs: Iterable[Pair], scopes: Scopes) -> list[Condition]:
    """An error for each object that needs a namespace and has none, not even the destination's."""
    homeless = [
        each.object for each in pairs if scopes.is_namespaced(each.object) and not key_of(each.object).namespace
    ]
    return [
        Condition("InvalidSpecError", f"Namespace for {key_of(obj).name} {_go_kind(obj)} is missing.")
        for obj in homeless
    ]


def _go_kind(obj: JsonObject) -> str:
    key = key_of(obj)
    return f"{key.group}/{_version(obj)}, Kind={key.kind}"


def _version(obj: JsonObject) -> str:
    return text(obj, "apiVersion").rpartition("/")[2]


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
