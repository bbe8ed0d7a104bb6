"""What a cause looks at: one object of one application, what differs in it, and everything known about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from whydrift.core.compare.alignment import at
from whydrift.core.compare.ignore import JqPaths
from whydrift.core.compare.typed.defaults import stored
from whydrift.core.compare.typed.table import TypeTable
from whydrift.core.explain.defaulting import with_defaults
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.fact_kinds import ARGOCD_VERSION, SCHEMAS
from whydrift.core.model.facts import Facts
from whydrift.core.model.managers import Entry
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.people import People
from whydrift.core.model.schema import Schemas, Type
from whydrift.core.model.snapshot import ObjectSnapshot, of_kind
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, is_object, text
from whydrift.core.model.versions import Release, assumed

SYNC_OPTIONS = "argocd.argoproj.io/sync-options"


@dataclass(frozen=True, slots=True)
class Base:
    """What the last sync wrote for this object (ABSENT: nothing), and where that is known from."""

    manifest: MaybeJson
    says: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What whydrift knows without reading anything: types, schemas, whose name means what, and jq."""

    types: TypeTable
    schemas: Schemas
    people: People
    jq: JqPaths


class About(StrEnum):
    """What a subject is: an object of an application, or the Application itself."""

    OBJECT = "object"
    APPLICATION = "application"


@dataclass(frozen=True)
class Subject:
    """One object with its differences. `base` is None where nothing (yet) proves what the last sync wrote.

    `siblings` are all objects of the application, this one included.
    """

    application: Application
    object: ObjectSnapshot
    differences: tuple[Difference, ...]
    knowledge: Knowledge
    base: Base | None = None
    siblings: tuple[ObjectSnapshot, ...] = ()
    facts: Facts = field(default_factory=Facts)
    about: About = About.OBJECT

    @property
    def key(self) -> ObjectKey:
        """The object's key."""
        return self.object.key

    @property
    def custom(self) -> bool:
        """Whether a CustomResourceDefinition defines the kind, not the API server itself, now or in an older one."""
        version, kind = self.object.api_version, self.key.kind
        return self.knowledge.schemas.type_of(version, kind) is None and not self.knowledge.types.knows(version, kind)

    @cached_property
    def schema(self) -> Type | None:
        """The type of the object's kind: built in, or of a CRD that was read or that the application itself manages."""
        schemas = self.facts.maybe(SCHEMAS) or self.knowledge.schemas.with_crds(self._managed_definitions())
        return schemas.type_of(self.object.api_version, self.key.kind)

    @cached_property
    def stored(self) -> MaybeJson:
        """git's object as the API server stores it, defaults filled in; ABSENT where that is not known.

        List items keep their places, so a path of the target leads to the same place here.
        """
        return self._stored(self.object.target)

    @cached_property
    def stored_base(self) -> MaybeJson:
        """What the last sync wrote as the API server stores it, defaults filled in; ABSENT where it is not known."""
        return ABSENT if self.base is None else self._stored(self.base.manifest)

    def _stored(self, manifest: MaybeJson) -> MaybeJson:
        types = self.knowledge.types
        if not is_object(manifest):
            return ABSENT
        if types.of(manifest) is not None:
            encoded = stored(manifest, types)
            return ABSENT if encoded is None else encoded
        return ABSENT if self.schema is None else with_defaults(manifest, self.schema)

    def _managed_definitions(self) -> tuple[JsonObject, ...]:
        return tuple(
            item.live
            for item in of_kind(self.siblings, "CustomResourceDefinition")
            if item.key.name.endswith(f".{self.key.group}") and is_object(item.live)
        )

    @property
    def server_side(self) -> bool:
        """Whether a sync applies this object server-side."""
        return self.application.server_side_apply or "ServerSideApply=true" in sync_options(self.object.target)

    @property
    def release(self) -> Release:
        """Argo CD's release; the one that was measured where it does not state it."""
        return assumed(self.facts.maybe(ARGOCD_VERSION))

    @property
    def sync_options(self) -> frozenset[str]:
        """The sync-options annotation of the target (of live where git has none), split."""
        return sync_options(self.object.live if self.object.target is ABSENT else self.object.target)

    def base_at(self, difference: Difference) -> MaybeJson:
        """What the last sync wrote at this place, ABSENT for nothing. Only where `base` is known."""
        assert self.base is not None, "a cause that asks for the base lists SYNCED_MANIFESTS in its needs"
        if difference.kind is Kind.EXTRA:
            return at(difference.live_path, self.object.live, self.base.manifest)
        return at(difference.path, self.object.target, self.base.manifest)

    def owners(self, difference: Difference) -> tuple[Entry, ...]:
        """The managed-fields entries that own this place in live."""
        return self.object.owners(difference.live_path)


def sync_options(manifest: MaybeJson) -> frozenset[str]:
    """The sync-options annotation of a manifest, split."""
    stated = text(manifest, "metadata", "annotations", SYNC_OPTIONS)
    return frozenset(option.strip() for option in stated.split(",") if option.strip())
