"""Dumps: everything that a step deletes, whole and readable again, on the disk before the first delete."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from whydrift.core.model.dump import SCHEMA, Dump, DumpedObject, HealthRow
from whydrift.core.model.journal import ActState
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.plan import ApplicationRef, Step
from whydrift.core.model.values import Json, JsonObject, same
from whydrift.core.remedy.commands import line
from whydrift.core.remedy.health import Health
from whydrift.core.remedy.restores import not_restored
from whydrift.usecases.apply.leftovers import Leftover
from whydrift.usecases.apply.world import Stopped, World

DUMP = "dump"
"""The act of a step that wrote its dump; its detail is the path."""


def rollback_command(path: str, objects: Sequence[DumpedObject]) -> str:
    """What restores everything that a dump holds."""
    secrets = ("--dump-secrets",) if any(item.id.startswith("/Secret/") for item in objects) else ()
    return line("whydrift", "apply", "--rollback", path, *secrets)


def dump_of(world: World, step: Step, ref: ApplicationRef, objects: Sequence[Leftover], health: Health) -> Dump:
    """What a step is about to delete."""
    return Dump(
        at=world.now(),
        plan=world.plan,
        step=step.id,
        application=ref.named,
        instance=ref.instance,
        cluster=ref.cluster,
        objects=tuple(
            DumpedObject(
                id=item.ref.id,
                namespace=item.ref.namespace,
                path=item.listed_at,
                live=dict(item.live),
                lost=not_restored(item.live),
            )
            for item in objects
        ),
        health=tuple(
            HealthRow(group=key.group, kind=key.kind, namespace=key.namespace, name=key.name, status=status)
            if key is not None
            else HealthRow(group="", kind="", namespace="", name="", status=status)
            for key, status in health.items()
        ),
    )


def keep(world: World, step: Step, dump: Dump, objects: Sequence[Leftover]) -> str:
    """Put a dump onto the disk; its path. Stopped where it does not read back as what is live."""
    stamp = dump.at.replace(":", "").replace("-", "")
    path = world.dumps.save(f"{world.plan[:10]}-{step.id}-{stamp}.json", msgspec.json.encode(dump))
    back = read_dump(world, path)
    for item, kept in zip(objects, back.objects, strict=True):
        if not same(content_of(kept), item.live):
            raise Stopped(f"the dump of {item.ref.id} does not read back as it is: nothing is deleted")
    world.note(step.id, DUMP, ActState.DONE, path)
    return path


def read_dump(world: World, path: str) -> Dump:
    """A dump. Stopped where it is none, or of another version."""
    try:
        found = msgspec.json.decode(world.dumps.read(path), type=Dump)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Stopped(f"{path}: not a dump ({error})") from error
    if found.schema != SCHEMA:
        raise Stopped(f"{path}: a dump of another version ({found.schema})")
    return found


def content_of(dumped: DumpedObject) -> JsonObject:
    """The object as JSON values."""
    found: Json = msgspec.json.decode(msgspec.json.encode(dumped.live))
    return found if isinstance(found, dict) else {}


def key_of_dumped(dumped: DumpedObject) -> ObjectKey:
    """The key of a dumped object."""
    group, kind, name = dumped.id.split("/", 2)
    return ObjectKey(group, kind, dumped.namespace, name)


def health_before(dump: Dump) -> Health:
    """What Argo CD said of health before the first delete."""
    return {
        ObjectKey(row.group, row.kind, row.namespace, row.name) if row.kind else None: row.status for row in dump.health
    }
