"""Asks a renderer what an application comes to, as it is or with something changed: masked as its snapshot is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, field

from whydrift.core.judge.situation import Situation
from whydrift.core.model.application import Application
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import APPLICATION, Edit
from whydrift.core.model.values import JsonObject, is_object, items, mapping, same, text
from whydrift.core.prove.placing import Placing, placing_of
from whydrift.core.remedy.text.reading import documents
from whydrift.errors import NotEditable, SourceError
from whydrift.ports import NotRead, Renderer, Rendering
from whydrift.usecases.build_options import build_options
from whydrift.usecases.decode import decode_object
from whydrift.usecases.facts import FactReader

Rendered = Mapping[ObjectKey, JsonObject]
KEPT = 64
"""How many applications' objects are remembered with their masks."""


@dataclass
class Renderings:
    """Renders for one reader of facts. What clusters serve is asked for once.

    Of the last applications each object is kept as it was rendered first, and masked.
    """

    renderer: Renderer
    reader: FactReader
    _clusters: list[JsonObject] | None = field(default=None)
    _masks: dict[str, dict[ObjectKey, tuple[JsonObject, JsonObject]]] = field(default_factory=dict)

    async def before(self, situation: Situation) -> Rendered | NotRead:
        """What the compared revision renders to here."""
        return await self.rendered(situation.application, placing=placing_of(situation))

    async def after(self, situation: Situation, edits: Iterable[Edit]) -> Rendered | NotRead:
        """The same with edits in place: of files, or of the Application's own spec."""
        files: dict[tuple[str, str], str] = {}
        spec: JsonObject | None = None
        for edit in edits:
            if edit.file == APPLICATION:
                spec = _spec(edit)
                if spec is None:
                    return NotRead("the edited Application is no manifest")
            else:
                files[edit.repo, edit.file] = edit.after
        return await self.rendered(situation.application, files, spec, placing_of(situation))

    async def rendered(
        self,
        application: Application,
        edits: Mapping[tuple[str, str], str] | None = None,
        spec: JsonObject | None = None,
        placing: Placing | None = None,
        again: bool = False,
    ) -> Rendered | NotRead:
        """What any application renders to, with contents by repository and path, or with another spec.

        `again` renders once more what was rendered before: what is drawn differs then.
        """
        try:
            application = self._without_secrets(application)
        except SourceError as error:
            return NotRead(str(error))
        cluster = await self._cluster(application)
        version = text(cluster, "info", "serverVersion") or text(cluster, "serverVersion")
        served = tuple(str(name) for name in items(cluster, "info", "apiVersions"))
        options = await build_options(self.reader, application)
        rendering = Rendering(application, edits or {}, spec, placing, version, served, again, options)
        found = await self.renderer.render(rendering)
        if isinstance(found, NotRead):
            return NotRead(self.reader.masker.text(found.why))  # a tool's complaint may quote what it read
        try:
            return self._masked(application, found)
        except SourceError as error:
            return NotRead(str(error))

    def _masked(self, application: Application, found: Rendered) -> Rendered:
        """Objects masked: those that the application came to before are the very same ones, which are soon compared."""
        known = self._masks.pop(application.selector, {})
        fresh: dict[ObjectKey, tuple[JsonObject, JsonObject]] = {}
        for key, obj in found.items():
            if key not in known or not _is_same(known[key][0], obj):
                fresh[key] = obj, mapping(self.reader.masker.mask(obj))
        self._masks[application.selector] = {**fresh, **known}
        if len(self._masks) > KEPT:
            del self._masks[next(iter(self._masks))]
        return {key: (fresh.get(key) or known[key])[1] for key in found}

    def _without_secrets(self, application: Application) -> Application:
        """The Application with its sources masked: what it states reaches the command line of a tool."""
        raw, status, mask = application.raw, mapping(application.raw, "status"), self.reader.masker.mask
        compared: JsonObject = {**status, "sync": mask(mapping(status, "sync"))}
        return Application({**raw, "spec": mask(mapping(raw, "spec")), "status": compared}, application.instance)

    async def _cluster(self, application: Application) -> JsonObject:
        """Argo CD's own words for the destination cluster; {} where it does not tell."""
        if self._clusters is None:
            reply = await self.reader.argocd("/api/v1/clusters")
            listed = None if isinstance(reply, NotRead) else decode_object(reply.content, "the list of clusters")
            self._clusters = [row for row in items(listed, "items") if is_object(row)]
        stated = mapping(application.raw, "spec", "destination")
        for row in self._clusters:
            if all(stated[name] == row.get(name) for name in ("server", "name") if stated.get(name)):
                return row
        return {}


def _is_same(one: JsonObject, other: JsonObject) -> bool:
    """Whether two objects are the same: nearly always all but their metadata is one value, which tells at once."""
    return one.keys() == other.keys() and all(same(one[key], part) for key, part in other.items())


def _spec(edit: Edit) -> JsonObject | None:
    try:
        found = [document.value for document in documents(edit.after)]
    except NotEditable:
        return None
    spec = found[0].get("spec") if found and is_object(found[0]) else None
    return spec if is_object(spec) else None


async def both(
    one: Awaitable[Rendered | NotRead], other: Awaitable[Rendered | NotRead]
) -> tuple[Rendered, Rendered] | NotRead:
    """Two renders, made side by side, to be held against each other; why there is nothing to hold where one fails."""
    first, second = await asyncio.gather(one, other)
    if isinstance(first, NotRead):
        return first
    return second if isinstance(second, NotRead) else (first, second)
