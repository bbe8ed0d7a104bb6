"""Patches of an Application that is in no git, and of a live object's annotations: only on what the plan saw."""

from __future__ import annotations

import json

from whydrift.core.compare.merge.json_merge import apply as merged
from whydrift.core.model.application import Application
from whydrift.core.model.journal import Entry
from whydrift.core.model.plan import ApplicationRef, ObjectRef, Step
from whydrift.core.model.values import Json, JsonObject, mapping, text
from whydrift.core.remedy.batches import is_managed
from whydrift.core.remedy.json_patch import holds_mask, operations
from whydrift.ports import Api, NotRead, Outcome, Write
from whydrift.usecases.apply.looking import (
    about,
    application,
    context_of,
    digest_now,
    live,
    patch_act,
    path_of,
    same_object,
    unmoved,
    whose,
)
from whydrift.usecases.apply.world import Act, Stopped, World, act
from whydrift.usecases.decode import decode_object

MERGE_PATCH = "application/merge-patch+json"


def patch_of(step: Step) -> JsonObject:
    """The merge patch of a step as JSON values. Stopped where it was made from a secret."""
    found: Json = json.loads(json.dumps(step.merge))
    if holds_mask(found):
        raise Stopped("the plan would write a masked value: this change is made by hand")
    return mapping(found)


async def application_unmoved(world: World, step: Step, ref: ApplicationRef) -> Application:
    """The Application, if a patch of it would stay. Stopped where it moved, or where somebody else writes it."""
    found = await unmoved(world, ref)
    if is_managed(found):
        raise Stopped(f"Application {ref.named} is written by its parent, an ApplicationSet or Helm: change it there")
    outside = set(step.merge) - {"spec", "metadata"}
    if outside or set(mapping(patch_of(step), "metadata")) - {"annotations", "labels"}:
        raise Stopped("the plan wants to write what is no part of an Application's own spec: plan again")
    return found


async def patch_application(world: World, step: Step, ref: ApplicationRef) -> str:
    """Patch an Application through Argo CD's API; what came of it."""
    patch = patch_of(step)

    async def happened(_: Entry) -> str | NotRead:
        now = await application(world, ref)
        return digest_now(world, now.raw) if merged(patch, now.raw) == now.raw else ""

    async def send() -> Outcome:
        return await world.writes.write(await _json_patch(world, step, ref))

    def digested(content: bytes) -> str:
        return digest_now(world, decode_object(content, f"Application {ref.named}"))

    await act(world, Act(step.id, patch_act(ref), send, happened, tells=digested))
    return f"patched Application {ref.named}"


async def _json_patch(world: World, step: Step, ref: ApplicationRef) -> Write:
    """The request. Argo CD ignores a resourceVersion in a merge patch (server/application/application.go, updateApp,
    writes the spec onto whatever is there), so that a JSON patch tests it.
    """
    found = await application_unmoved(world, step, ref)
    version = text(found.raw, "metadata", "resourceVersion")
    changes: list[Json] = [{"op": "test", "path": "/metadata/resourceVersion", "value": version}]
    changes += operations(patch_of(step), found.raw)
    body: JsonObject = {
        "name": ref.name,
        "appNamespace": ref.namespace,
        "project": found.project,
        "patch": json.dumps(changes),
        "patchType": "json",
    }
    return Write(Api.ARGOCD, "PATCH", about(ref), body, whose(ref), ref.instance)


async def annotated_unmoved(world: World, step: Step, ref: ApplicationRef) -> list[tuple[str, JsonObject, ObjectRef]]:
    """(path, object now, as the plan saw it) of what is to be annotated. Stopped where one is not what the plan saw."""
    await unmoved(world, ref)
    if set(step.merge) != {"metadata"} or set(mapping(patch_of(step), "metadata")) - {"annotations", "labels"}:
        raise Stopped("the plan wants to write more than annotations: plan again")
    at = await context_of(world, ref.cluster, ref.instance)
    found: list[tuple[str, JsonObject, ObjectRef]] = []
    for item in step.objects:
        path = await path_of(world, at, item)
        now = await live(world, at, path)
        if isinstance(now, NotRead):
            raise Stopped(f"{item.id}: {now.why}")
        if reason := same_object(world, now, item):
            raise Stopped(f"{item.id}: {reason}")
        found.append((path, now, item))
    return found


async def annotate(world: World, step: Step, ref: ApplicationRef) -> str:
    """Annotate live objects, one after the other; what came of it."""
    await unmoved(world, ref)
    at = await context_of(world, ref.cluster, ref.instance)
    for item in step.objects:
        await _annotate(world, step, at, item)
    return f"annotated {len(step.objects)}"


async def _annotate(world: World, step: Step, at: str, item: ObjectRef) -> None:
    path, patch = await path_of(world, at, item), patch_of(step)

    async def happened(_: Entry) -> str | NotRead:
        now = await live(world, at, path)
        return now if isinstance(now, NotRead) else "annotated" if merged(patch, now) == now else ""

    async def send() -> Outcome:
        now = await live(world, at, path)
        if isinstance(now, NotRead):
            raise Stopped(f"{item.id}: {now.why}")
        if reason := same_object(world, now, item):
            raise Stopped(f"{item.id}: {reason}")
        same = {"uid": text(now, "metadata", "uid"), "resourceVersion": text(now, "metadata", "resourceVersion")}
        body: JsonObject = {"metadata": {**mapping(patch, "metadata"), **same}}
        query = (("fieldManager", "whydrift"),)
        return await world.writes.write(Write(Api.KUBERNETES, "PATCH", path, body, query, at, MERGE_PATCH))

    await act(world, Act(step.id, f"annotate {item.id} {item.namespace}", send, happened))
