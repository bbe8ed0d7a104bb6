"""One object of an application as it was read: git's side, the cluster's, Argo CD's own two, and who wrote what."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Protocol, TypeVar, cast

import msgspec

from whydrift.core.model.application import Application
from whydrift.core.model.managers import Entry, ManagedFields
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, is_object, mapping, text

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
T = TypeVar("T")
TRACKING_ID = "argocd.argoproj.io/tracking-id"


class Verdict(StrEnum):
    """What Argo CD says of one object in `status.resources`; NONE where the row has no status (hooks, skipped)."""

    SYNCED = "Synced"
    OUT_OF_SYNC = "OutOfSync"
    UNKNOWN = "Unknown"
    NONE = ""


@dataclass(frozen=True, slots=True)
class States:
    """The four sides of one object, ABSENT where it does not exist on that side.

    `target` and `live` are raw; `normalized_live` and `predicted` are Argo CD's own two, which it compares.
    """

    target: MaybeJson = ABSENT
    live: MaybeJson = ABSENT
    normalized_live: MaybeJson = ABSENT
    predicted: MaybeJson = ABSENT


class Sides(Protocol):
    """What `States` has, however it comes to it."""

    @property
    def target(self) -> MaybeJson:
        """What git renders to."""

    @property
    def live(self) -> MaybeJson:
        """What the cluster holds."""

    @property
    def normalized_live(self) -> MaybeJson:
        """The live side of Argo CD's comparison."""

    @property
    def predicted(self) -> MaybeJson:
        """The git side of Argo CD's comparison."""


@dataclass(frozen=True)
class ObjectSnapshot:
    """One item of managed-resources together with its row in `status.resources`. The states are decoded when looked at.

    `equal` says that Argo CD's two sides are the same bytes. `compared` is false where it answered "{}" on both sides:
    its comparison failed (reference/measured.md 68). `read` is false where only the row is known, not the sides.
    """

    key: ObjectKey
    load: Callable[[], Sides]
    equal: bool = False
    compared: bool = True
    read: bool = True
    verdict: Verdict = Verdict.NONE
    row: JsonObject | None = None
    resource_version: str = ""

    @cached_property
    def states(self) -> Sides:
        """The four sides, decoded once."""
        return self.load()

    @property
    def target(self) -> MaybeJson:
        """What git renders to."""
        return self.states.target

    @property
    def live(self) -> MaybeJson:
        """What the cluster holds."""
        return self.states.live

    @property
    def normalized_live(self) -> MaybeJson:
        """The live side of Argo CD's comparison."""
        return self.states.normalized_live

    @property
    def predicted(self) -> MaybeJson:
        """The git side of Argo CD's comparison."""
        return self.states.predicted

    @cached_property
    def last_applied(self) -> MaybeJson:
        """The last-applied annotation of live, parsed; ABSENT where there is none or it is no JSON."""
        stated = text(self.live, "metadata", "annotations", LAST_APPLIED)
        try:
            parsed = cast(Json, msgspec.json.decode(stated)) if stated else None  # decode gives plain JSON values
        except msgspec.DecodeError:
            return ABSENT
        return parsed if isinstance(parsed, dict) else ABSENT

    @cached_property
    def managers(self) -> ManagedFields:
        """Who wrote which path of live."""
        return ManagedFields.parse(self.live if is_object(self.live) else {})

    def owners(self, path: Path) -> tuple[Entry, ...]:
        """The managed-fields entries that own this path of live; nearly every cause asks for them."""
        if path not in self._owners:
            live = self.live
            self._owners[path] = self.managers.owners(path, live) if is_object(live) else ()
        return self._owners[path]

    @cached_property
    def _owners(self) -> dict[Path, tuple[Entry, ...]]:
        return {}

    @cached_property
    def managers_left_out(self) -> bool:
        """Whether Argo CD compared without the managed fields that live has."""
        live, compared = mapping(self.live, "metadata"), mapping(self.normalized_live, "metadata")
        return "managedFields" in live and "managedFields" not in compared

    @property
    def api_version(self) -> str:
        """The version in which git states the object (live's where git has none)."""
        return text(self.target, "apiVersion") or text(self.live, "apiVersion")

    @property
    def hook(self) -> bool:
        """Whether Argo CD treats it as a hook."""
        return bool(self.row and self.row.get("hook"))


class Objects(tuple[ObjectSnapshot, ...]):
    """The objects of one application, found by kind without walking all of them."""

    @cached_property
    def _by_kind(self) -> dict[str, list[ObjectSnapshot]]:
        found: dict[str, list[ObjectSnapshot]] = {}
        for item in self:
            found.setdefault(item.key.kind, []).append(item)
        return found

    def of_kind(self, *kinds: str) -> Iterator[ObjectSnapshot]:
        """The objects of these kinds."""
        return (item for kind in kinds for item in self._by_kind.get(kind, ()))

    @cached_property
    def known(self) -> dict[tuple[Hashable, tuple[int, ...]], tuple[object, object]]:
        """What was worked out of all of them together: see `once`."""
        return {}


def of_kind(objects: tuple[ObjectSnapshot, ...], *kinds: str) -> Iterator[ObjectSnapshot]:
    """The objects of these kinds; quick where many ask about the same `Objects`."""
    return (objects if isinstance(objects, Objects) else Objects(objects)).of_kind(*kinds)


def once(objects: tuple[ObjectSnapshot, ...], what: Hashable, make: Callable[[], T], *of: object) -> T:
    """What `make` gives of all objects together and of some facts (told by identity), however many of them ask."""
    if not isinstance(objects, Objects):
        return make()
    key = (what, tuple(map(id, of)))
    if key not in objects.known:
        objects.known[key] = (make(), of)  # `of` is kept, so that its identity stays its own
    return cast(T, objects.known[key][0])  # what this key's `make` gave


@dataclass(frozen=True)
class ApplicationSnapshot:
    """An application with its objects. `objects` is None where managed-resources could not be read."""

    application: Application
    objects: tuple[ObjectSnapshot, ...] | None
