"""Looks at what is about to be changed: whether it is still what the plan saw, and whether a sync races."""

from __future__ import annotations

from whydrift.core.model.application import Application
from whydrift.core.model.digest import digest
from whydrift.core.model.journal import ActState
from whydrift.core.model.plan import ApplicationRef, ObjectRef
from whydrift.core.model.values import JsonObject, child, items, mapping, text
from whydrift.ports import Api, Body, NotRead, Question, Write
from whydrift.usecases.apply.world import Stopped, World
from whydrift.usecases.decode import decode_object

APPLICATIONS = "/api/v1/applications"
MOVED = "changed since the plan: plan again"


def about(ref: ApplicationRef, part: str = "") -> str:
    """The path of an Application in Argo CD's API."""
    return f"{APPLICATIONS}/{ref.name}{part}"


def whose(ref: ApplicationRef) -> tuple[tuple[str, str], ...]:
    """The query that tells Applications of one name apart."""
    return (("appNamespace", ref.namespace),) if ref.namespace else ()


async def application(world: World, ref: ApplicationRef) -> Application:
    """The Application now, unmasked: what it holds is never shown. Stopped where it cannot be read."""
    reply = await world.source.ask(Question(Api.ARGOCD, about(ref), whose(ref), ref.instance))
    if isinstance(reply, NotRead):
        raise Stopped(f"Application {ref.named}: {reply.why}")
    return Application(decode_object(reply.content, f"Application {ref.named}"), ref.instance)


async def unmoved(world: World, ref: ApplicationRef) -> Application:
    """The Application, if it is what the plan saw. Stopped where it moved, or where a sync of it runs."""
    found = await application(world, ref)
    if moved(world, found.raw, ref.resource_version, {ref.digest, *_left_by_us(world, ref)}):
        raise Stopped(f"Application {ref.named} {MOVED}")
    if found.automated != ref.automated:
        switched = "on" if found.automated else "off"
        raise Stopped(f"Application {ref.named}: auto-sync was switched {switched}: plan again")
    if running(found):
        raise Stopped(f"Application {ref.named}: a sync is running: wait for its end")
    return found


def running(application: Application) -> bool:
    """Whether a sync of an application runs, or is about to."""
    return "operation" in application.raw or text(application.operation, "phase") in ("Running", "Terminating")


def patch_act(ref: ApplicationRef) -> str:
    """The act that patches an Application; its detail is the digest that the Application has then."""
    return f"patch {ref.named}"


def digest_now(world: World, raw: JsonObject) -> str:
    """The digest of something as it is, secrets masked."""
    return digest(mapping(world.masker.mask(raw)))


def _left_by_us(world: World, ref: ApplicationRef) -> set[str]:
    """The digests in which this apply's own patches left an Application."""
    return {e.detail for e in world.journal.entries if e.act == patch_act(ref) and e.state is ActState.DONE}


def moved(world: World, raw: JsonObject, resource_version: str, before: set[str]) -> bool:
    """Whether something is not what the plan saw: another resourceVersion, and none of the digests that are known."""
    if resource_version and text(raw, "metadata", "resourceVersion") == resource_version:
        return False
    return digest_now(world, raw) not in before - {""}


async def context_of(world: World, cluster: str, instance: str) -> str:
    """The context of the kubeconfig that reaches a destination cluster. Stopped where none is known to."""
    found = (await world.source.clusters(instance)).get(cluster)
    if found is None:
        raise Stopped(f"cluster {cluster or 'of the application'} is not in the kubeconfig: nothing is written there")
    return found


async def list_path(world: World, at: str, api_version: str, kind: str, namespace: str) -> str:
    """The path at which objects of a kind are created: its plural comes from the server's own discovery."""
    group = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
    reply = await world.source.ask(Question(Api.KUBERNETES, group, (), at))
    if isinstance(reply, NotRead):
        raise Stopped(f"{kind} in {api_version}: {reply.why}")
    for row in items(decode_object(reply.content, group), "resources"):
        if text(row, "kind") == kind and "/" not in text(row, "name"):
            scoped = child(row, "namespaced") is True
            return f"{group}/namespaces/{namespace}/{text(row, 'name')}" if scoped else f"{group}/{text(row, 'name')}"
    raise Stopped(f"this cluster has no {kind} in {api_version}")


async def path_of(world: World, at: str, ref: ObjectRef) -> str:
    """The path of one object."""
    _, kind, name = ref.id.split("/", 2)
    return f"{await list_path(world, at, ref.api_version, kind, ref.namespace)}/{name}"


async def live(world: World, at: str, path: str, is_secret: bool = False) -> JsonObject | NotRead:
    """An object as it is, unmasked. A Secret is read only where the user allowed it."""
    reply = await (world.writes.secret(at, path) if is_secret else world.source.ask(_kubernetes(at, path)))
    return reply if isinstance(reply, NotRead) else decode_object(reply.content, path)


def _kubernetes(at: str, path: str) -> Question:
    return Question(Api.KUBERNETES, path, (), at)


def same_object(world: World, found: JsonObject, ref: ObjectRef) -> str:
    """Why an object is not the one that the plan saw; "" where it is.

    Argo CD shows a Secret's values masked, so that only its resourceVersion can be compared.
    """
    if ref.uid and text(found, "metadata", "uid") != ref.uid:
        return "it was deleted and created again since the plan: plan again"
    before = set() if text(found, "kind") == "Secret" else {ref.digest}
    return f"it {MOVED}" if moved(world, found, ref.resource_version, before) else ""


async def dry_run(world: World, at: str, path: str, body: JsonObject) -> str:
    """Why a create would be refused; "" where the server would take it. Stores nothing."""
    outcome = await world.writes.write(Write(Api.KUBERNETES, "POST", path, body, (("dryRun", "All"),), at))
    return "" if isinstance(outcome, Body) else outcome.why
