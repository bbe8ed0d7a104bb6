"""Sync and refresh steps, through Argo CD. Nothing is ever pruned: a prune leaves no dump (design/product.md)."""

from __future__ import annotations

import asyncio
import time

import msgspec

from whydrift.core.model.application import Application
from whydrift.core.model.journal import Entry
from whydrift.core.model.plan import ApplicationRef, ObjectRef, Step
from whydrift.core.model.remedy import Safety
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.model.values import Json, JsonObject, items, mapping, text
from whydrift.ports import Api, NotRead, Outcome, Write
from whydrift.usecases.apply.looking import about, application, running, unmoved, whose
from whydrift.usecases.apply.world import Act, Stopped, World, act
from whydrift.usecases.decode import decode_object

MARK = "whydrift"
"""The name under which an operation's `info` says which step of which plan asked for it."""
STILL_RUNS = "it still runs: --resume looks again"


async def sync_unmoved(world: World, step: Step, ref: ApplicationRef, merged: tuple[str, ...] = ()) -> Application:
    """The Application, if a sync of it would do what the plan says. Stopped otherwise.

    `merged` are the heads of the branches that this apply's own commits were merged into: Argo CD must have seen them.
    """
    found = await unmoved(world, ref)
    if merged and not set(merged) <= set(found.revisions):
        raise Stopped(f"Argo CD has not looked at {', '.join(one[:8] for one in merged)} yet: refresh, then --resume")
    if not merged and found.revisions != ref.revisions:
        raise Stopped(f"Application {ref.named} is compared with another commit since the plan: plan again")
    if step.safety is not Safety.UNSAFE:
        await _known_to_be_safe(world, step, ref)
    return found


async def _known_to_be_safe(world: World, step: Step, ref: ApplicationRef) -> None:
    """Stopped where a sync now would lose something, as far as the objects of the step go; all where it names none."""
    answer = await world.again.explained(ref)
    forecast = answer.sync if isinstance(answer, ApplicationAnswer) else msgspec.UNSET
    if isinstance(forecast, msgspec.UnsetType):
        raise Stopped(f"what a sync of {ref.named} would do now is not known")
    about_these = {(item.id, item.namespace) for item in objects_of(step, ref)}
    for effect in forecast.effects:
        if not effect.safe and (not about_these or (effect.object, effect.namespace) in about_these):
            raise Stopped(f"a sync would hurt now: {effect.says}")


def objects_of(step: Step, ref: ApplicationRef) -> tuple[ObjectRef, ...]:
    """The objects that are synced; none names the whole application. The Application itself is no part of it."""
    itself = f"argoproj.io/Application/{ref.name}"
    return tuple(item for item in step.objects if item.id != itself)


async def sync(world: World, step: Step, ref: ApplicationRef, merged: tuple[str, ...] = ()) -> str:
    """Sync an application, or the objects of the step, and wait for the end; what came of it."""
    mark = f"{world.plan}/{step.id}"
    before = await application(world, ref)

    async def send() -> Outcome:
        found = await sync_unmoved(world, step, ref, merged)
        body = _request(step, ref, found, mark)
        return await world.writes.write(Write(Api.ARGOCD, "POST", about(ref, "/sync"), body, whose(ref), ref.instance))

    async def happened(begun: Entry) -> str | NotRead:
        return _started(await application(world, ref), mark, begun.detail)

    asked = Act(step.id, f"sync {ref.named}", send, happened, _started_at(before), lambda _: "started")
    await act(world, asked)
    return await _ended(world, ref, mark)


def _request(step: Step, ref: ApplicationRef, found: Application, mark: str) -> JsonObject:
    """The body of a sync (server/application/application.proto, ApplicationSyncRequest).

    Where auto-sync is on, Argo CD takes no revision: the one that it compared last is what it syncs.
    """
    resources: list[Json] = []
    for item in objects_of(step, ref):
        group, kind, name = item.id.split("/", 2)
        resources.append({"group": group, "kind": kind, "name": name, "namespace": item.namespace})
    body: JsonObject = {
        "name": ref.name,
        "appNamespace": ref.namespace,
        "project": found.project,
        "prune": False,
        "dryRun": False,
        "strategy": {"hook": {}},
        "infos": [{"name": MARK, "value": mark}],
    }
    if resources:
        body["resources"] = resources
    if found.automated:
        return body
    if len(found.revisions) == 1:
        return {**body, "revision": found.revisions[0]}
    places: list[Json] = [*range(1, len(found.revisions) + 1)]
    return {**body, "revisions": [*found.revisions], "sourcePositions": places}


def _started_at(found: Application) -> str:
    return text(found.operation, "startedAt")


def _marked(found: Application, mark: str) -> bool:
    """Whether the operation that runs, or ran last, is ours."""
    holders = (mapping(found.raw, "operation"), mapping(found.operation, "operation"))
    return any({"name": MARK, "value": mark} == row for holder in holders for row in items(holder, "info"))


def _started(found: Application, mark: str, before: str) -> str | NotRead:
    """Whether our operation was started; it cannot be told once another one ran after it."""
    if _marked(found, mark):
        return "started"
    if _started_at(found) == before and not running(found):
        return ""
    return NotRead("another sync was started since")


async def _ended(world: World, ref: ApplicationRef, mark: str) -> str:
    """Wait for the end of our operation. Stopped where it failed, or does not end in time."""
    until = time.monotonic() + world.timing.sync
    while True:
        found = await application(world, ref)
        if not _marked(found, mark):
            return "synced; another sync ran since"
        if not running(found):
            break
        if time.monotonic() > until:
            raise Stopped(STILL_RUNS)
        await asyncio.sleep(world.timing.look)
    phase, message = text(found.operation, "phase"), text(found.operation, "message")
    if phase != "Succeeded":
        raise Stopped(f"the sync ended: {phase}: {world.masker.text(message)}")
    return "synced"


async def refresh(world: World, step: Step, ref: ApplicationRef) -> str:
    """Let Argo CD compare again; what it says then."""
    before = await application(world, ref)

    async def send() -> Outcome:
        query = (*whose(ref), ("refresh", "normal"))
        return await world.writes.write(Write(Api.ARGOCD, "GET", about(ref), None, query, ref.instance))

    async def happened(begun: Entry) -> str | NotRead:
        now = await application(world, ref)
        return now.sync if now.reconciled_at != begun.detail else ""

    said = Act(step.id, f"refresh {ref.named}", send, happened, before.reconciled_at, _verdict)
    return f"Argo CD compared again: {await act(world, said)}"


def _verdict(content: bytes) -> str:
    """The verdict in the answer of a refresh."""
    return text(decode_object(content, "the answer to a refresh"), "status", "sync", "status")
