"""Finds where git states an Application itself: in the files of a parent, or as the template of a set there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.objects import SERVER_METADATA, ObjectKey
from whydrift.core.model.paths import Path
from whydrift.core.model.snapshot import TRACKING_ID
from whydrift.core.model.values import JsonObject, is_object, items, mapping, text
from whydrift.core.remedy.places.parent import ParentManifest
from whydrift.errors import SourceError
from whydrift.ports import NotRead
from whydrift.usecases.decode import decode_object
from whydrift.usecases.facts import FactReader

GROUP = "argoproj.io"
NOT_STATED = (*SERVER_METADATA, "ownerReferences")
"""What servers and controllers write into metadata: no manifest states it."""
TEMPLATE: Path = ("spec", "template")


@dataclass
class Parents:
    """Finds what writes Applications through one Argo CD instance; each answer is asked for once."""

    reader: FactReader
    _found: dict[tuple[str, str], JsonObject | None] = field(default_factory=dict)

    async def of(self, application: Application) -> ParentManifest | None:
        """Where git states an Application; None where nothing in git that can be read states it."""
        for owner in items(application.raw, "metadata", "ownerReferences"):
            if text(owner, "kind") == "ApplicationSet":
                return await self._of_set(application, text(owner, "name"))
        key = ObjectKey(GROUP, "Application", application.namespace, application.name)
        return await self._stated(application.raw, key)

    async def _of_set(self, application: Application, name: str) -> ParentManifest | None:
        outside = application.namespace if application.namespace != home_of(application) else ""
        found = await self._asked(f"/api/v1/applicationsets/{name}", "ApplicationSet", ("appsetNamespace", outside))
        if found is None:
            return None
        key = ObjectKey(GROUP, "ApplicationSet", text(found, "metadata", "namespace"), name)
        manifest = await self._stated(found, key)
        made = items(found, "status", "resources")
        also = tuple(text(row, "name") for row in made if text(row, "name") not in ("", application.name))
        return None if manifest is None else replace(manifest, inside=TEMPLATE, also=also, made=application.name)

    async def _stated(self, raw: JsonObject, key: ObjectKey) -> ParentManifest | None:
        """The parent that tracks a manifest, with the files that it is rendered from."""
        tracked_by = text(raw, "metadata", "annotations", TRACKING_ID).partition(":")[0]
        if not tracked_by:
            return None
        namespace, _, name = tracked_by.rpartition("_")  # types.go InstanceName: no name holds a _
        parent = await self.application(name, namespace)
        if parent is None:
            return None
        git = await self.reader.fact(parent, parent.facts_key, RENDERED_FROM)
        return None if git is None else ParentManifest(parent, git, key, _manifest(raw))

    async def application(self, name: str, namespace: str = "") -> Application | None:
        """An application by name, masked, None where it could not be read; in the namespace that is stated, else in
        Argo CD's own.
        """
        found = await self._asked(f"/api/v1/applications/{name}", "Application", ("appNamespace", namespace))
        return Application(found, self.reader.instance) if found is not None else None

    async def _asked(self, path: str, kind: str, outside: tuple[str, str]) -> JsonObject | None:
        """One object of Argo CD's, masked, None where it could not be read; its namespace is named if not its own."""
        key = (path, outside[1])
        if key not in self._found:
            reply = await self.reader.argocd(path, (outside,) if outside[1] else ())
            self._found[key] = None
            if not isinstance(reply, NotRead):
                try:
                    masked = self.reader.masker.mask(decode_object(reply.content, f"{kind} {path}"))
                except SourceError:
                    return None
                self._found[key] = masked if is_object(masked) else None
        return self._found[key]


def home_of(application: Application) -> str:
    """Argo CD's own namespace, as far as an Application tells."""
    return text(application.raw, "status", "controllerNamespace") or application.namespace


def _manifest(raw: JsonObject) -> JsonObject:
    """A live object as a manifest would state it."""
    metadata = {key: value for key, value in mapping(raw, "metadata").items() if key not in NOT_STATED}
    kept = {key: value for key, value in raw.items() if key not in ("status", "operation")}
    return {"apiVersion": "argoproj.io/v1alpha1", **kept, "metadata": metadata}
