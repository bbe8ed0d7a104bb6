"""An Application as Argo CD gives it: its own words, quoted, never recomputed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from whydrift.core.model.objects import ObjectKey, key_of_row
from whydrift.core.model.syncs import Syncs, parameters, ran_no_hook, revisions_of
from whydrift.core.model.values import Json, JsonObject, child, items, mapping, text

COMPARE_OPTIONS = "argocd.argoproj.io/compare-options"
REFRESH = "argocd.argoproj.io/refresh"
EXACT_VERSION = re.compile(r"v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?")
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True)
class Source:
    """One source of an Application: where its manifests come from."""

    repo: str
    path: str
    chart: str
    ref: str
    target_revision: str
    raw: JsonObject

    @classmethod
    def parse(cls, raw: JsonObject) -> Source:
        """A source out of `spec.source`, `spec.sources[]` or a history entry."""
        repo, path, chart, ref, revision = (
            text(raw, key) for key in ("repoURL", "path", "chart", "ref", "targetRevision")
        )
        return cls(repo, path, chart, ref, revision, raw)


@dataclass(frozen=True)
class Application:
    """The Application resource. `instance` is the id of the Argo CD that it was read from ("" is the only one)."""

    raw: JsonObject
    instance: str = ""

    @cached_property
    def name(self) -> str:
        """Its name."""
        return text(self.raw, "metadata", "name")

    @cached_property
    def namespace(self) -> str:
        """The namespace of the Application resource itself."""
        return text(self.raw, "metadata", "namespace")

    @property
    def full_name(self) -> str:
        """`NAMESPACE/NAME`, as Argo CD's command line takes it."""
        return f"{self.namespace}/{self.name}"

    @property
    def selector(self) -> str:
        """`[INSTANCE:]NAMESPACE/NAME`, as whydrift's own command line takes it."""
        return f"{self.instance}:{self.full_name}" if self.instance else self.full_name

    @property
    def labels(self) -> dict[str, str]:
        """Its own labels."""
        return _texts(mapping(self.raw, "metadata", "labels"))

    @property
    def annotations(self) -> dict[str, str]:
        """Its own annotations."""
        return _texts(mapping(self.raw, "metadata", "annotations"))

    @cached_property
    def facts_key(self) -> ObjectKey:
        """The key under which facts about the whole application stand; in the namespace that its objects go to."""
        return ObjectKey("argoproj.io", "Application", self.destination_namespace, self.name)

    @property
    def project(self) -> str:
        """Its AppProject."""
        return text(self.raw, "spec", "project") or "default"

    @cached_property
    def instance_name(self) -> str:
        """Its name in tracking ids: `name`, or `namespace_name` outside the control plane (types.go InstanceName)."""
        controller = text(self.raw, "status", "controllerNamespace")
        return self.name if not controller or controller == self.namespace else f"{self.namespace}_{self.name}"

    @cached_property
    def destination_namespace(self) -> str:
        """The namespace that objects without one go to."""
        return text(self.raw, "spec", "destination", "namespace")

    @cached_property
    def cluster(self) -> str:
        """The destination cluster: its URL, else its name."""
        return text(self.raw, "spec", "destination", "server") or text(self.raw, "spec", "destination", "name")

    @cached_property
    def sync(self) -> str:
        """Argo CD's verdict: Synced, OutOfSync, Unknown; "" before the first comparison."""
        return text(self.raw, "status", "sync", "status")

    @property
    def health(self) -> str:
        """Argo CD's word on health."""
        return text(self.raw, "status", "health", "status")

    @property
    def reconciled_at(self) -> str:
        """RFC 3339 time of the last comparison that looked at git."""
        return text(self.raw, "status", "reconciledAt")

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The sources that the verdict was computed from; those of the spec before the first comparison."""
        compared = mapping(self.raw, "status", "sync", "comparedTo")
        return _sources(compared) or _sources(mapping(self.raw, "spec"))

    @cached_property
    def revisions(self) -> tuple[str, ...]:
        """The revisions that the verdict was computed from, index-aligned with `sources`."""
        return revisions_of(mapping(self.raw, "status", "sync"))

    @cached_property
    def rows(self) -> tuple[tuple[ObjectKey, JsonObject], ...]:
        """`status.resources`: Argo CD's verdict for each object."""
        return tuple((key_of_row(row), row) for row in items(self.raw, "status", "resources") if isinstance(row, dict))

    @cached_property
    def drifting(self) -> bool:
        """Whether Argo CD calls any object something else than Synced."""
        return any(child(row, "status") != "Synced" for row in items(self.raw, "status", "resources"))

    @cached_property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        """`status.conditions` as (type, message)."""
        rows = items(self.raw, "status", "conditions")
        return tuple((text(row, "type"), text(row, "message")) for row in rows)

    @cached_property
    def operation(self) -> JsonObject:
        """`status.operationState`: the last (or running) sync."""
        return mapping(self.raw, "status", "operationState")

    @cached_property
    def history(self) -> tuple[JsonObject, ...]:
        """`status.history`: successful syncs of the whole application, oldest first."""
        return tuple(entry for entry in items(self.raw, "status", "history") if isinstance(entry, dict))

    @cached_property
    def parameters(self) -> tuple[Json, ...]:
        """Its sources without the revisions that they name."""
        return tuple(parameters(source.raw) for source in self.sources)

    @cached_property
    def syncs(self) -> Syncs:
        """Which sync applied which object last."""
        return Syncs.of(self.history, self.operation, (self.revisions, self.parameters))

    @property
    def hookless(self) -> bool:
        """Whether the last sync tells that what is compared now holds no hook that a sync runs."""
        return ran_no_hook(self.operation, (self.revisions, self.parameters))

    @property
    def synced_revisions(self) -> tuple[str, ...]:
        """The revisions of the last successful sync of the whole application; () when it never was synced so."""
        return revisions_of(self.history[-1]) if self.history else ()

    @property
    def synced_at(self) -> str:
        """RFC 3339 time when the last successful sync ended, whole or selective; "" when there was none."""
        whole = text(self.history[-1], "deployedAt") if self.history else ""
        last = text(self.operation, "finishedAt") if text(self.operation, "phase") == "Succeeded" else ""
        return max(whole, last)

    @cached_property
    def sync_options(self) -> frozenset[str]:
        """`spec.syncPolicy.syncOptions`."""
        return frozenset(str(option) for option in items(self.raw, "spec", "syncPolicy", "syncOptions"))

    @property
    def server_side_apply(self) -> bool:
        """Whether syncs use server-side apply for all objects."""
        return "ServerSideApply=true" in self.sync_options

    @cached_property
    def compare_options(self) -> frozenset[str]:
        """The application's compare-options annotation, split."""
        stated = text(self.raw, "metadata", "annotations", COMPARE_OPTIONS)
        return frozenset(option.strip() for option in stated.split(",") if option.strip())

    @cached_property
    def automated(self) -> bool:
        """Whether auto-sync is on (`automated.enabled: false` switches it off, since 3.1)."""
        policy = child(self.raw, "spec", "syncPolicy", "automated")
        return isinstance(policy, dict) and policy.get("enabled") is not False


def _texts(stated: JsonObject) -> dict[str, str]:
    return {key: value for key, value in stated.items() if isinstance(value, str)}


def _sources(holder: JsonObject) -> tuple[Source, ...]:
    several = tuple(Source.parse(raw) for raw in items(holder, "sources") if isinstance(raw, dict))
    one = mapping(holder, "source") or _written_by_hydrator(holder)
    return several or ((Source.parse(one),) if one else ())


def _written_by_hydrator(spec: JsonObject) -> JsonObject:
    """The source that the source hydrator writes (types.go, SourceHydrator.GetSyncSource); {} where there is none."""
    hydrator = mapping(spec, "sourceHydrator")
    written = mapping(hydrator, "syncSource")
    if not hydrator:
        return {}
    repo = text(written, "repoURL") or text(hydrator, "drySource", "repoURL")
    return {"repoURL": repo, "path": text(written, "path"), "targetRevision": text(written, "targetBranch")}


def is_pinned(source: Source) -> bool:
    """Whether a source cannot move: a chart of one exact version, or a whole commit hash."""
    if source.chart:
        return EXACT_VERSION.fullmatch(source.target_revision) is not None
    return COMMIT.fullmatch(source.target_revision) is not None
