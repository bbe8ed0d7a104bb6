"""What a forecast is made from: one application as it was read, what was found out about it, and the facts it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from whydrift.core.compare import terms
from whydrift.core.compare.settings import ComparisonSettings, settings_of_api, settings_of_config_map
from whydrift.core.explain.base import rendered_object
from whydrift.core.explain.cause import Cause
from whydrift.core.explain.engine import Examined
from whydrift.core.explain.subject import Knowledge, Subject, sync_options
from whydrift.core.judge.predict import KUBECTL, OWN, Way
from whydrift.core.model.application import Application
from whydrift.core.model.explanation import Side
from whydrift.core.model.fact_kinds import ARGOCD_CONFIG, ARGOCD_VERSION, NEWEST, SCHEMAS, SETTINGS
from whydrift.core.model.facts import Facts
from whydrift.core.model.fleet import Newest
from whydrift.core.model.identity import Identity
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.snapshot import ApplicationSnapshot, Objects, ObjectSnapshot
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child, is_object, text
from whydrift.core.model.versions import Release, Since, assumed
from whydrift.errors import NotComparable

OF_LIVE_TOO = Since(((3, 3, 0),))
"""Since then a sync replaces (and forces) also what only the live object says so of: git may have dropped the line."""
MIGRATED = "argocd.argoproj.io/client-side-apply-migration-manager"
MANAGED_NAMESPACE = ("spec", "syncPolicy", "managedNamespaceMetadata")


@dataclass(frozen=True)
class Situation:
    """One application before a sync. `findings` is what was found out by object, `catalogue` who else may be asked.

    `manifests` is what another revision renders, where a sync of that one is asked about; `compared` are then git's
    objects at the compared revision. `read_at` is the time of reading (RFC 3339), "" where nobody states it. `doubted`
    says of objects why what is known of them cannot be all: compared again, they get another verdict than Argo CD's.
    """

    snapshot: ApplicationSnapshot
    findings: Mapping[ObjectKey, tuple[Examined, ...]]
    catalogue: Sequence[Cause]
    facts: Callable[[ObjectKey], Facts]
    knowledge: Knowledge
    manifests: Mapping[ObjectKey, JsonObject] | None = None
    compared: Mapping[ObjectKey, MaybeJson] = field(default_factory=dict)
    read_at: str = ""
    doubted: Mapping[ObjectKey, str] = field(default_factory=dict)

    @cached_property
    def sides(self) -> Mapping[str, Side]:
        """Each cause's side."""
        return {cause.id: cause.side for cause in self.catalogue}

    @property
    def application(self) -> Application:
        """The application."""
        return self.snapshot.application

    @cached_property
    def itself(self) -> ObjectKey:
        """The key under which facts about the whole application stand."""
        return self.application.facts_key

    @cached_property
    def whole(self) -> Facts:
        """The facts about the whole application."""
        return self.facts(self.itself)

    @cached_property
    def terms(self) -> terms.Terms:
        """The terms on which Argo CD compares, with the schemas that the cluster serves as far as they were read."""
        settings = _settings(self.whole)
        known = self.whole.maybe(SCHEMAS)
        schemas = known if known is not None else self.knowledge.schemas.with_crds(self._own_definitions())
        return terms.Terms.of(
            self.application, settings, terms.Knowledge(self.knowledge.types, schemas, self.knowledge.jq)
        )

    @property
    def release(self) -> Release:
        """Argo CD's release, as far as it says so."""
        return self.terms.settings.release

    def _own_definitions(self) -> tuple[JsonObject, ...]:
        definitions = (i.live for i in self.objects.of_kind("CustomResourceDefinition"))
        return tuple(live for live in definitions if is_object(live))

    @cached_property
    def newest(self) -> Newest | None:
        """What git holds now, where Argo CD has not looked at it yet; None where it has, or where that is not known."""
        found = self.whole.maybe(NEWEST) if self.manifests is None else None
        return found if found is not None and found.commits else None

    def overtaken(self, key: ObjectKey) -> MaybeJson | None:
        """What the newest commit states for an object, where it changes it (ABSENT: it drops it); else None."""
        if self.newest is None:
            return None
        then = rendered_object(self.newest.compared, self.application, key)
        now = rendered_object(self.newest.manifests, self.application, key)
        return None if then == now else now

    @cached_property
    def objects(self) -> Objects:
        """The application's objects, as far as they were read, found by kind and by key without walking all of them."""
        return Objects(self.snapshot.objects or ())

    def alike(self, key: ObjectKey) -> Iterator[ObjectSnapshot]:
        """The application's objects of one kind."""
        return (item for item in self.objects.of_kind(key.kind) if item.key.group == key.group)

    def subject(self, item: ObjectSnapshot) -> Subject:
        """An object as the helpers of the causes look at it."""
        return Subject(self.application, item, (), self.knowledge, None, self.objects, self.facts(item.key))

    def cause_side(self, finding: Examined) -> Side | None:
        """The side that the strongest explanation speaks for; None while a difference is unexplained."""
        if not finding.explanations:
            return None
        first = finding.explanations[0]
        return first.side or self.sides[first.cause]


def _settings(known: Facts) -> ComparisonSettings:
    """Argo CD's settings: argocd-cm says more than what its API shows; what was not read has its default."""
    release = assumed(known.maybe(ARGOCD_VERSION))
    config, shown = known.maybe(ARGOCD_CONFIG), known.maybe(SETTINGS)
    try:
        if config:
            return _settings_of_config(Identity(config), release)
        return settings_of_api(shown or {}, release)
    except NotComparable:  # then Argo CD compares nothing (measured.md 11), and says so in a condition
        return ComparisonSettings(release=release)


@lru_cache(16)
def _settings_of_config(config: Identity[JsonObject], release: Release) -> ComparisonSettings:
    """The settings in a ConfigMap; every application of an Argo CD is compared with the same."""
    data = {key: value for key, value in config.value.items() if isinstance(value, str)}
    return settings_of_config_map(data, release)


def way_of(application: Application, target: JsonObject, live: MaybeJson, release: Release) -> Way:
    """The call that a sync makes for an object (gitops-engine pkg/sync/sync_context.go, applyObject)."""
    own = sync_options(target)
    if "Replace=true" in application.sync_options | _replacing(target, live, release):
        if live is ABSENT:
            return Way.CREATE
        crd_or_namespace = child(target, "kind") in ("CustomResourceDefinition", "Namespace")
        return Way.UPDATE if crd_or_namespace else Way.REPLACE
    server_side = application.server_side_apply or "ServerSideApply=true" in own
    return Way.SERVER_SIDE if server_side and "ServerSideApply=false" not in own else Way.CLIENT_SIDE


def migrated_managers(application: Application) -> frozenset[str]:
    """Whose client-side entries a server-side apply takes over (ClientSideApplyMigration, since Argo CD 3.1)."""
    if "ClientSideApplyMigration=false" in application.sync_options:
        return OWN
    return OWN | {text(application.raw, "metadata", "annotations", MIGRATED) or KUBECTL}


def is_forced(target: MaybeJson, live: MaybeJson, release: Release) -> bool:
    """Whether a refused change is made by deleting the object and creating it anew."""
    return "Force=true" in _replacing(target, live, release)


def _replacing(target: MaybeJson, live: MaybeJson, release: Release) -> frozenset[str]:
    """The options of an object among which Replace and Force are looked for."""
    return sync_options(target) | (sync_options(live) if OF_LIVE_TOO.holds(release) else frozenset())


def tells_of_its_hooks(application: Application) -> bool:
    """Whether an application that is Synced needs no render to say that a sync runs no hook."""
    return not application.drifting and application.hookless
