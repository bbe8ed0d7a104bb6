"""Asks Argo CD what git renders to: at the synced, the compared and earlier revisions, and once more, uncached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import COMPARED_MANIFESTS, EARLIER_MANIFESTS, SECOND_RENDER, SYNCED_MANIFESTS
from whydrift.core.model.facts import FactKind, Gap
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.syncs import revisions_of
from whydrift.core.model.values import JsonObject, items
from whydrift.errors import SourceError
from whydrift.ports import NotRead
from whydrift.usecases.decode import decode_object, masked

if TYPE_CHECKING:
    from whydrift.usecases.facts import FactReader

EARLIER = 3
"""How many syncs before the last one are rendered in search of what git once had."""


async def synced_manifests(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """What the last successful sync of the whole application rendered; a gap where there was none."""
    revisions = application.synced_revisions
    if not revisions:
        return Gap("manifests of the last synced revision", f"{application.name} was never synced as a whole")
    return await _manifests(reader, application, _at(revisions), SYNCED_MANIFESTS)


async def compared_manifests(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """What the compared revision renders, hooks and excluded kinds too."""
    return await _manifests(reader, application, _at(application.revisions), COMPARED_MANIFESTS)


async def earlier_manifests(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """What the last few syncs before the last one rendered; a gap only where none of them can be rendered."""
    before = dict.fromkeys(revisions_of(entry) for entry in reversed(application.history[:-1]))
    before.pop(application.synced_revisions, None)
    rendered: dict[ObjectKey, JsonObject] = {}
    found: object = Gap("manifests of earlier revisions", f"{application.name} was synced only once")
    for revisions in list(before)[:EARLIER]:
        found = await _manifests(reader, application, _at(revisions), EARLIER_MANIFESTS)
        rendered |= {} if isinstance(found, Gap) else {k: v for k, v in found.items() if k not in rendered}
    return rendered or found


async def manifests_at(
    reader: FactReader, application: Application, revision: str
) -> Mapping[ObjectKey, JsonObject] | Gap:
    """What any revision of the only source of an application renders to."""
    if len(application.sources) > 1:
        return Gap(f"manifests at {revision}", f"{application.name} has several sources, one revision names none")
    return await _manifests(reader, application, _at((revision,)), COMPARED_MANIFESTS)


def _at(revisions: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The query that asks for a render at these revisions."""
    if len(revisions) == 1:
        return (("revision", revisions[0]),)
    return tuple(
        pair
        for place, revision in enumerate(revisions, start=1)
        for pair in (("revisions", revision), ("sourcePositions", str(place)))
    )


async def second_render(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """The compared revision rendered once more, past every cache."""
    return await _manifests(reader, application, (("noCache", "true"),), SECOND_RENDER)


async def _manifests(
    reader: FactReader, application: Application, query: tuple[tuple[str, str], ...], kind: FactKind[object]
) -> dict[ObjectKey, JsonObject] | Gap:
    what = f"{kind.name} of {application.name}"
    reply = await reader.about(application, "/manifests", query)
    if isinstance(reply, NotRead):
        return Gap(what, reply.why, kind.needs)
    try:
        found = decode_object(reply.content, what)
    except SourceError as error:
        return Gap(what, str(error), kind.needs)
    rendered: dict[ObjectKey, JsonObject] = {}
    for stated in items(found, "manifests"):
        manifest = masked(str(stated).encode(), what, reader.masker)
        if isinstance(manifest, dict):
            rendered[key_of(manifest)] = manifest
    return rendered
