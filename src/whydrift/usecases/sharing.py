"""Which other applications an edit changes as well: bases, charts and value files that several are rendered from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from whydrift.core.model.application import Application
from whydrift.core.model.remedy import APPLICATION, Edit
from whydrift.core.model.values import Json, JsonObject, items, mapping, same, text
from whydrift.core.prove.readers import may_read, same_url
from whydrift.ports import NotRead
from whydrift.usecases.facts import FactReader
from whydrift.usecases.fleet import LIST, Listing
from whydrift.usecases.renderings import Rendered, Renderings

RENDERED = ("sync", "sourceType", "sourceTypes", "controllerNamespace")
"""What of an application's status a render depends on."""


@dataclass
class Sharing:
    """The applications of one Argo CD instance, listed once; each answer is found by rendering before and after."""

    reader: FactReader
    renders: Renderings
    _listed: list[Application] | None = field(default=None)

    async def also_changed(self, edited: Application, edit: Edit) -> tuple[str, ...]:
        """The other applications that an edit changes, with their objects; those that cannot be rendered may be."""
        if edit.file == APPLICATION:
            return ()
        branch = next((s.target_revision for s in edited.sources if s.repo == edit.repo), "")
        found: list[str] = []
        for other in await self._applications():
            itself = (other.namespace, other.name) == (edited.namespace, edited.name)
            if not itself and may_read(other, edit.repo, branch, edit.file):
                found += await self._changed_in(other, edit)
        return tuple(found)

    async def _changed_in(self, other: Application, edit: Edit) -> Sequence[str]:
        repo = next((s.repo for s in other.sources if same_url(s.repo, edit.repo)), edit.repo)
        before = await self.renders.rendered(other, {(repo, edit.file): edit.before})
        after = await self.renders.rendered(other, {(repo, edit.file): edit.after})
        if isinstance(before, NotRead) or isinstance(after, NotRead):
            why = before.why if isinstance(before, NotRead) else after.why if isinstance(after, NotRead) else ""
            return [f"perhaps Application {other.name}: {why}"]
        return [f"{key} of Application {other.name}" for key in _unlike(before, after)]

    async def _applications(self) -> list[Application]:
        """All applications that may be read; none where the list is refused, which the reading says."""
        if self._listed is None:
            reply = await self.reader.argocd(LIST)
            self._listed = (
                [] if isinstance(reply, NotRead) else _slim(Listing(self.reader.instance, reply.content, (), ""))
            )
        return self._listed


def _slim(listing: Listing) -> list[Application]:
    """The applications with what a render needs of them: of their rows those that say which kinds have no namespace."""
    found = []
    for application in listing.applications():
        raw, status = application.raw, mapping(application.raw, "status")
        kept: JsonObject = {key: status[key] for key in RENDERED if key in status}
        bare: list[Json] = [row for row in items(status, "resources") if not text(row, "namespace")]
        metadata: JsonObject = {key: text(raw, "metadata", key) for key in ("name", "namespace")}
        spec: JsonObject = {"metadata": metadata, "spec": mapping(raw, "spec"), "status": {**kept, "resources": bare}}
        found.append(Application(spec, application.instance))
    return found


def _unlike(before: Rendered, after: Rendered) -> list[str]:
    keys = dict.fromkeys((*before, *after))
    return [str(key) for key in keys if not same(before.get(key), after.get(key))]
