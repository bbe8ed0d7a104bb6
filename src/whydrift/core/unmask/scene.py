"""Everything that was read to say what is broken in one application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.trouble import UNWELL, ContainerLog, Logs
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, mapping, text
from whydrift.core.unmask.moments import newest
from whydrift.core.unmask.owners import Owners


@dataclass(frozen=True)
class Scene:
    """One application as it was found. `pods` and `git` are None where they could not be read; `now` is a time.

    `pods_read` are the namespaces all pods of which were read.
    """

    application: Application
    objects: tuple[ObjectSnapshot, ...] = ()
    tree: JsonObject = field(default_factory=dict)
    pods: tuple[JsonObject, ...] | None = None
    events: tuple[Json, ...] = ()
    logs: Logs = field(default_factory=dict)
    git: GitFiles | None = None
    read_at: str = ""
    pods_read: frozenset[str] = frozenset()

    @cached_property
    def now(self) -> str:
        """The time of reading; of a recording that does not say it, the newest time in what was read."""
        status: Json = {"reconciledAt": self.application.reconciled_at}
        return self.read_at or newest([status, list(self.pods or ()), list(self.events)])

    @cached_property
    def owners(self) -> Owners:
        """Who owns whom."""
        keys = [key for key, _ in self.application.rows]
        return Owners.of(self.tree, [*keys, *(item.key for item in self.objects)])

    @cached_property
    def rows(self) -> Mapping[ObjectKey, JsonObject]:
        """Argo CD's row of each object."""
        return dict(self.application.rows)

    @cached_property
    def by_key(self) -> Mapping[ObjectKey, ObjectSnapshot]:
        """The managed objects that were read."""
        return {item.key: item for item in self.objects}

    def health(self, key: ObjectKey) -> JsonObject:
        """Argo CD's word on the health of an object: of its row, else of the tree, which has it where rows do not."""
        return mapping(self.rows.get(key, {}), "health") or mapping(self.owners.nodes.get(key, {}), "health")

    @cached_property
    def unwell(self) -> tuple[ObjectKey, ...]:
        """The managed objects that Argo CD calls Degraded or Progressing."""
        return tuple(key for key in self.rows if text(self.health(key), "status") in UNWELL)

    @property
    def unwell_since(self) -> str:
        """Since when the whole application has the health that it has."""
        return text(self.application.raw, "status", "health", "lastTransitionTime")

    def stated(self, key: ObjectKey) -> MaybeJson:
        """A managed object as it lives; as git renders it where it does not live."""
        item = self.by_key.get(key)
        if item is None:
            return ABSENT
        return item.target if item.live is ABSENT else item.live

    def log(self, namespace: str, pod: str, container: str) -> ContainerLog:
        """What a container wrote, as far as it was read."""
        return self.logs.get((namespace, pod, container), ContainerLog())

    def log_read(self, namespace: str, pod: str, container: str) -> bool:
        """Whether it is known what a container wrote, be it nothing."""
        return (namespace, pod, container) in self.logs
