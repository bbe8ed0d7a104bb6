"""Guarded deletes: all is dumped first, then one object at a time goes, dependents first, health watched after each."""

from __future__ import annotations

import asyncio
import time

from whydrift.core.model.digest import digest
from whydrift.core.model.dump import Dump, DumpedObject
from whydrift.core.model.journal import ActState, Entry
from whydrift.core.model.plan import ApplicationRef, Step
from whydrift.core.model.values import JsonObject, items, text
from whydrift.core.remedy.health import Health, health_of, with_children, worse
from whydrift.ports import Api, NotRead, Outcome, Question, Write
from whydrift.usecases.apply.dumping import (
    DUMP,
    content_of,
    dump_of,
    health_before,
    keep,
    key_of_dumped,
    read_dump,
    rollback_command,
)
from whydrift.usecases.apply.leftovers import deletable, unused
from whydrift.usecases.apply.looking import about, application, context_of, live, whose
from whydrift.usecases.apply.world import Act, Stopped, World, act
from whydrift.usecases.decode import decode_object


async def delete(world: World, step: Step, ref: ApplicationRef) -> str:
    """Delete the objects of a step; what came of it. Stopped at the first change for the worse."""
    path = world.done(step.id, DUMP)
    if path is None:
        path = await _dumped(world, step, ref)
    else:
        await _still_unused(world, step, ref)
    dump = read_dump(world, path)
    at = await context_of(world, ref.cluster, ref.instance)
    for number, item in enumerate(dump.objects):
        try:
            await _delete_one(world, step, at, item)
            await _watch(world, step, ref, dump, number)
        except Stopped as error:
            raise Stopped(f"{item.id}: {error}. Back: {rollback_command(path, dump.objects)}") from error
    return f"deleted {len(dump.objects)}; back: {rollback_command(path, dump.objects)}"


async def _dumped(world: World, step: Step, ref: ApplicationRef) -> str:
    """Look at everything, and keep it; the path of the dump."""
    objects = await deletable(world, step, ref)
    _, health = await _health_now(world, ref)
    return keep(world, step, dump_of(world, step, ref, objects, health), objects)


async def _still_unused(world: World, step: Step, ref: ApplicationRef) -> None:
    """After an interruption: what is not deleted yet may be used by now."""
    begun = {entry.act for entry in world.journal.entries if entry.step == step.id}
    left = [item for item in step.objects if _delete_act(item.id, item.namespace) not in begun]
    if left:
        await unused(world, left, ref)


def _delete_act(of: str, namespace: str) -> str:
    return f"delete {of} {namespace}".rstrip()


async def _delete_one(world: World, step: Step, at: str, item: DumpedObject) -> None:
    """Delete one object, if it is what the dump holds, and wait until it is gone."""
    path, is_secret = _path(item), item.id.startswith("/Secret/")
    uid = text(content_of(item), "metadata", "uid")

    async def send() -> Outcome:
        now = await live(world, at, path, is_secret)
        if isinstance(now, NotRead):
            raise Stopped(now.why)
        if digest(now) != digest(content_of(item)):
            raise Stopped("it changed since it was dumped: plan again")
        return await world.writes.write(Write(Api.KUBERNETES, "DELETE", path, _options(now), (), at))

    async def happened(_: Entry) -> str | NotRead:
        now = await live(world, at, path, is_secret)
        return _is_gone(now, uid)

    await act(world, Act(step.id, _delete_act(item.id, item.namespace), send, happened, tells=lambda _: "deleted"))
    if world.done(step.id, _watch_act(item)) is None:
        await _wait_gone(world, at, item)


def _path(item: DumpedObject) -> str:
    return f"{item.path}/{item.id.split('/', 2)[2]}"


def _options(now: JsonObject) -> JsonObject:
    """Delete this very object as it is now, and what belongs to it before it (Kubernetes API, DeleteOptions)."""
    metadata: JsonObject = {key: text(now, "metadata", key) for key in ("uid", "resourceVersion")}
    return {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "preconditions": metadata,
        "propagationPolicy": "Foreground",
    }


def _is_gone(now: JsonObject | NotRead, uid: str) -> str | NotRead:
    """Whether the object of a uid is deleted, or being deleted; "" where it is not."""
    if isinstance(now, NotRead):
        return "it is gone" if now.status == 404 else now
    if text(now, "metadata", "uid") != uid:
        return "it is gone, and there is a new one"
    return "it is being deleted" if text(now, "metadata", "deletionTimestamp") else ""


async def _wait_gone(world: World, at: str, item: DumpedObject) -> None:
    """Wait until a deleted object is gone. Stopped where a finalizer holds it, or nobody can tell."""
    uid = text(content_of(item), "metadata", "uid")
    until = time.monotonic() + world.timing.gone
    while True:
        now = await live(world, at, _path(item), item.id.startswith("/Secret/"))
        found = _is_gone(now, uid)
        if isinstance(now, NotRead):
            if isinstance(found, NotRead):
                raise Stopped(f"whether it is gone is not known: {found.why}")
            return
        if text(now, "metadata", "uid") != uid:
            raise Stopped("it is there again already: somebody creates it")
        if time.monotonic() > until:
            held = ", ".join(str(name) for name in items(now, "metadata", "finalizers"))
            raise Stopped(f"it is being deleted and does not go (finalizers: {held or 'none'})")
        await asyncio.sleep(world.timing.look)


def _watch_act(item: DumpedObject) -> str:
    return f"watch {item.id} {item.namespace}".rstrip()


async def _watch(world: World, step: Step, ref: ApplicationRef, dump: Dump, number: int) -> None:
    """Watch the application's health after a delete. Stopped where it is worse than before the first one."""
    item = dump.objects[number]
    if world.done(step.id, _watch_act(item)) is not None:
        return
    before = health_before(dump)
    gone = [key_of_dumped(one) for one in dump.objects[: number + 1]]
    settled = time.monotonic() + world.timing.watch
    last = settled + world.timing.gone
    while True:
        tree, now = await _health_now(world, ref)
        meant = with_children(tree, gone)
        if reason := worse(before, now, meant, patience_is_over=time.monotonic() > last):
            raise Stopped(f"after the delete {reason}")
        if time.monotonic() >= settled and not worse(before, now, meant, patience_is_over=True):
            break
        await asyncio.sleep(world.timing.look)
    world.note(step.id, _watch_act(item), ActState.DONE)


async def _health_now(world: World, ref: ApplicationRef) -> tuple[JsonObject, Health]:
    """The resource tree of an application, and what Argo CD says of the health of its parts."""
    found = await application(world, ref)
    reply = await world.source.ask(Question(Api.ARGOCD, about(ref, "/resource-tree"), whose(ref), ref.instance))
    if isinstance(reply, NotRead):
        raise Stopped(f"the health of {ref.named} cannot be watched: {reply.why}")
    tree = decode_object(reply.content, "the resource tree")
    return tree, health_of(found.raw, tree)
