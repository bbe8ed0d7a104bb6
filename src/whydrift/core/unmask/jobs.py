"""Jobs that failed: their own, and the newest one of a schedule. What a later run made good is no trouble."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.trouble import Category, Reason, SaidBy, Trouble
from whydrift.core.model.values import JsonObject, child, text
from whydrift.core.unmask.categories import category_of
from whydrift.core.unmask.containers import Stuck, condition, ended_run, statuses
from whydrift.core.unmask.moments import earliest
from whydrift.core.unmask.pods import names, owned_pods
from whydrift.core.unmask.reasons import said_in
from whydrift.core.unmask.scene import Scene


def job_troubles(scene: Scene) -> tuple[Trouble, ...]:
    """Managed Jobs that failed for good, and schedules whose newest run did."""
    return tuple(trouble for key in _job_owners(scene) for trouble in _failed(scene, key))


def _job_owners(scene: Scene) -> list[ObjectKey]:
    jobs = [key for key in scene.by_key if key.kind == "Job" and key.group == "batch"]
    owners = [owner for owner, pod in owned_pods(scene) if scene.owners.job_of(pod) is not None]
    return list(dict.fromkeys([*jobs, *owners]))


def _failed(scene: Scene, key: ObjectKey) -> Iterator[Trouble]:
    live = scene.by_key[key].live if key in scene.by_key else {}
    failed = condition(live if isinstance(live, dict) else {}, "Failed")
    pods = _newest_run(scene, key)
    unread = key not in scene.by_key and text(scene.health(key), "status") == "Degraded"  # a hook: nothing compares it
    by_itself = text(failed, "status") == "True" or unread
    if not by_itself and (key.kind == "Job" or not _ended_badly(pods)):
        return
    ends = failed_ends(pods)
    first = ends[-1] if ends else None
    why = _why(scene, first) if first else Reason()
    why = why if why.line else Reason(text(failed, "message"), SaidBy.CONDITION)
    yield Trouble(
        key=key,
        state="Failed",
        category=_category(why, first),
        reason=text(failed, "reason") or (first.reason if first else ""),
        container=first.container if first else "",
        pods=names(stuck.pod for stuck in ends),
        of=sum(owner == key for owner, _ in owned_pods(scene)),
        exit=first.exit if first else None,
        restarts=max((stuck.restarts for stuck in ends), default=0),
        since=earliest([text(failed, "lastTransitionTime"), *(stuck.since for stuck in ends)]),
        why=why,
    )


def failed_runs(scene: Scene) -> Iterator[Stuck]:
    """The containers of failed Jobs whose logs are worth reading: the last ones of each."""
    for key in _job_owners(scene):
        yield from failed_ends(_newest_run(scene, key))[-2:]


def _category(why: Reason, ended: Stuck | None) -> Category:
    if ended is not None and ended.reason == "OOMKilled":
        return Category.OUT_OF_MEMORY
    return category_of(why.line) or Category.JOB_FAILED


def _newest_run(scene: Scene, key: ObjectKey) -> list[JsonObject]:
    """The pods of the newest Job of this object."""
    runs: dict[ObjectKey, list[JsonObject]] = defaultdict(list)
    for owner, pod in owned_pods(scene):
        job = scene.owners.job_of(pod)
        if owner == key and job is not None:
            runs[job].append(pod)
    return max(runs.values(), key=lambda pods: max(text(p, "metadata", "creationTimestamp") for p in pods), default=[])


def _ended_badly(pods: list[JsonObject]) -> bool:
    return bool(pods) and all(text(pod, "status", "phase") == "Failed" for pod in pods)


def failed_ends(pods: list[JsonObject]) -> list[Stuck]:
    """How containers of failed pods ended, oldest pod first."""
    ordered = sorted(pods, key=lambda pod: text(pod, "metadata", "creationTimestamp"))
    return [stuck for pod in ordered if text(pod, "status", "phase") == "Failed" for stuck in _ends(pod)]


def _ends(pod: JsonObject) -> Iterator[Stuck]:
    for status, init in statuses(pod):
        ended = ended_run(status)
        code, count = child(ended, "exitCode"), child(status, "restartCount")
        if isinstance(code, int) and code != 0:
            yield Stuck(
                pod=pod,
                container=text(status, "name"),
                init=init,
                state="Failed",
                reason=text(ended, "reason"),
                message=text(ended, "message"),
                exit=code,
                restarts=count if isinstance(count, int) else 0,
                since=text(ended, "finishedAt"),
                loops=True,
            )


def _why(scene: Scene, ended: Stuck) -> Reason:
    log = scene.log(ended.namespace, ended.name, ended.container)
    runs = [(log.current, SaidBy.LOG), (log.previous, SaidBy.PREVIOUS_LOG)]
    return said_in(runs, ended.message, ended.exit, scene, ended)
