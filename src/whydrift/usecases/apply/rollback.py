"""Roll a guarded delete back: create what a dump holds, in the opposite order, and never over what is there."""

from __future__ import annotations

from collections.abc import Sequence

from whydrift.core.model.dump import Dump, DumpedObject
from whydrift.core.model.journal import Entry
from whydrift.core.model.values import Json, JsonObject, items, text
from whydrift.core.remedy.restores import restorable
from whydrift.ports import Api, NotRead, Outcome, Write
from whydrift.usecases.apply.dumping import content_of
from whydrift.usecases.apply.looking import context_of, list_path, live
from whydrift.usecases.apply.world import Act, Stopped, World, act


async def missing(world: World, dump: Dump) -> tuple[DumpedObject, ...]:
    """What a rollback would create: the objects that are not there, the last one that was deleted first."""
    at = await context_of(world, dump.cluster, dump.instance)
    found: list[DumpedObject] = []
    for item in reversed(dump.objects):
        now = await live(world, at, _path(item), item.id.startswith("/Secret/"))
        if isinstance(now, NotRead):
            if now.status != 404:
                raise Stopped(f"{item.id}: {now.why}")
            found.append(item)
    return tuple(found)


async def restore(world: World, dump: Dump, objects: Sequence[DumpedObject]) -> str:
    """Create objects of a dump again; what came of it. Stopped at the first that the server does not take."""
    at = await context_of(world, dump.cluster, dump.instance)
    for item in objects:
        try:
            await _create(world, dump, at, item)
        except Stopped as error:
            raise Stopped(f"{item.id}: {error}") from error
    return f"restored {len(objects)}"


async def _create(world: World, dump: Dump, at: str, item: DumpedObject) -> None:
    content = content_of(item)
    body = restorable(content, await _living_owners(world, at, content))

    async def send() -> Outcome:
        query = (("fieldManager", "whydrift"),)
        return await world.writes.write(Write(Api.KUBERNETES, "POST", item.path, body, query, at))

    async def happened(_: Entry) -> str | NotRead:
        now = await live(world, at, _path(item), item.id.startswith("/Secret/"))
        if isinstance(now, NotRead):
            return "" if now.status == 404 else now
        return "it is there"

    # what is missing is created, whatever an earlier rollback did: the time makes it another act
    name = f"restore {item.id} {item.namespace} at {world.now()}"
    await act(world, Act(dump.step, name, send, happened))


async def _living_owners(world: World, at: str, content: JsonObject) -> list[Json]:
    """The owner references that lead to what still exists: with any other the object would be collected at once."""
    found: list[Json] = []
    for row in items(content, "metadata", "ownerReferences"):
        namespace = text(content, "metadata", "namespace")
        try:
            listed_at = await list_path(world, at, text(row, "apiVersion"), text(row, "kind"), namespace)
        except Stopped:
            continue
        now = await live(world, at, f"{listed_at}/{text(row, 'name')}")
        if not isinstance(now, NotRead) and text(now, "metadata", "uid") == text(row, "uid"):
            found.append(row)
    return found


def _path(item: DumpedObject) -> str:
    return f"{item.path}/{item.id.split('/', 2)[2]}"
