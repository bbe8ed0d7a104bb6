"""Whether what git left behind may be deleted now: it is what the plan saw, nobody uses it, and it can be restored."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from whydrift.core.model.plan import ApplicationRef, ObjectRef, Step
from whydrift.core.model.remedy import RemedyKind
from whydrift.core.model.triage import DifferenceAnswer
from whydrift.core.model.values import JsonObject, child, text
from whydrift.core.remedy.deletes import held, manual_reason
from whydrift.core.remedy.restores import trial
from whydrift.ports import NotRead
from whydrift.usecases.apply.looking import context_of, dry_run, list_path, live, same_object, unmoved
from whydrift.usecases.apply.world import Stopped, World
from whydrift.usecases.fleet import may_get_every

NO_FREE_NAME = frozenset({"APIService"})
"""Kinds whose name follows from their content, so that a create cannot be tried under another one."""
LONGEST_NAME = 63


@dataclass(frozen=True)
class Leftover:
    """One object that is to be deleted: where objects of its kind are created, and its content, unmasked."""

    ref: ObjectRef
    listed_at: str
    live: JsonObject

    @property
    def path(self) -> str:
        """Its own path."""
        return f"{self.listed_at}/{self.ref.id.split('/', 2)[2]}"

    @property
    def is_secret(self) -> bool:
        """Whether it is a Secret."""
        return self.ref.id.startswith("/Secret/")


async def deletable(world: World, step: Step, ref: ApplicationRef) -> tuple[Leftover, ...]:
    """The objects of a step in their order. Stopped where one may not go, or could not be created again."""
    found = await unmoved(world, ref)
    if found.automated and child(found.raw, "spec", "syncPolicy", "automated", "prune") is True:
        raise Stopped(f"auto-sync of {ref.named} prunes at any moment, without a dump: switch it off first")
    await _everything_visible(world)
    at = await context_of(world, ref.cluster, ref.instance)
    objects = [await _leftover(world, at, item) for item in step.objects]
    await unused(world, step.objects, ref)
    await _try_restores(world, at, objects)
    return tuple(objects)


async def _everything_visible(world: World) -> None:
    """Stopped where another application might track an object without being seen, in any instance."""
    for instance in world.source.instances():
        if await may_get_every(world.source, "applications", instance) is not True:
            raise Stopped("not all Applications are visible to this login: one of them may use what is to be deleted")


async def _leftover(world: World, at: str, item: ObjectRef) -> Leftover:
    kind = item.id.split("/", 2)[1]
    if reason := manual_reason(kind):
        raise Stopped(f"{item.id}: a {kind} is deleted by hand: {reason}")
    listed_at = await list_path(world, at, item.api_version, kind, item.namespace)
    found = await live(world, at, f"{listed_at}/{item.id.split('/', 2)[2]}", kind == "Secret")
    if isinstance(found, NotRead):
        raise Stopped(f"{item.id}: {found.why}")
    if reason := same_object(world, found, item) or _not_deletable(world, found):
        raise Stopped(f"{item.id}: {reason}")
    return Leftover(item, listed_at, found)


def _not_deletable(world: World, found: JsonObject) -> str:
    """Why an object cannot be deleted guarded; "" where it can."""
    holding = held(found)
    if holding:
        return f"it is being deleted already, and {holding[0].finalizer} ({holding[0].manager or 'unknown'}) holds it"
    if not world.secrets and world.masker.mask(found) != found:
        return "its dump would hold secret values: --dump-secrets allows that"
    return ""


async def unused(world: World, objects: Sequence[ObjectRef], ref: ApplicationRef) -> None:
    """Stopped where an object is no leftover any more, or somebody uses it by now."""
    answer = await world.again.explained(ref)
    told = answer.objects if answer is not None else None
    if not isinstance(told, tuple):
        raise Stopped(f"who uses the objects of {ref.named} could not be read again")
    known = {(item.id, item.namespace): item.differences for item in told}
    for item in objects:
        differences = known.get((item.id, item.namespace), ())
        whole = next((d for d in differences if d.path == "" and d.kind == "extra"), None)
        if whole is None:
            raise Stopped(f"{item.id} is no leftover any more: plan again")
        if isinstance(whole.remedy, msgspec.UnsetType) or whole.remedy.kind is not RemedyKind.GUARDED_DELETE:
            raise Stopped(f"{item.id} may not go: {_reason(whole)}")


def _reason(difference: DifferenceAnswer) -> str:
    """What speaks against deleting a leftover now."""
    remedy = difference.remedy
    return "whether it is used is not known" if isinstance(remedy, msgspec.UnsetType) else remedy.why


async def _try_restores(world: World, at: str, objects: Sequence[Leftover]) -> None:
    """Try to create each object under a free name, without storing it. Stopped where the server would not take it."""
    for item in objects:
        kind = item.ref.id.split("/", 2)[1]
        if kind in NO_FREE_NAME:
            continue
        name = f"{text(item.live, 'metadata', 'name')[: LONGEST_NAME - 9]}-{secrets.token_hex(4)}"
        if why := await dry_run(world, at, item.listed_at, trial(item.live, name)):
            raise Stopped(f"{item.ref.id} could not be restored ({why}): it is not deleted")
