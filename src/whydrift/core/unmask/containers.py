"""One pod's containers: which of them are in trouble now, in which state, since when (core/v1 ContainerStatus)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whydrift.core.model.values import Json, JsonObject, child, items, mapping, text
from whydrift.core.unmask.moments import between, earliest, first_seen, seconds, stamp

STARTING = frozenset({"ContainerCreating", "PodInitializing"})
"""Waiting reasons of every pod that begins."""
GRACE = 600.0
"""Seconds that starting may take: the default progressDeadlineSeconds of a Deployment."""
BACK_OFF = 300.0
"""Seconds: the kubelet's longest wait between two restarts (MaxContainerBackOff)."""
DAY = 86_400.0
OFTEN = 3
"""Restarts from which on a container that runs may be one that flaps."""
LOST = frozenset({"Unknown", "ContainerStatusUnknown"})
"""How a container ended that nobody saw end: its node went away."""
STOPPED_EXITS = (0, 137, 143)
"""How a container ends that the kubelet stopped: by itself, by SIGKILL, by SIGTERM."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A container in trouble. `state` is as in kubectl's column; `loops` where it ran and ended before."""

    pod: JsonObject
    container: str
    init: bool
    state: str
    reason: str
    message: str
    exit: int | None
    restarts: int
    since: str
    loops: bool

    @property
    def name(self) -> str:
        """The pod's name."""
        return text(self.pod, "metadata", "name")

    @property
    def namespace(self) -> str:
        """The pod's namespace."""
        return text(self.pod, "metadata", "namespace")

    @property
    def wrote(self) -> bool:
        """Whether it ran, so that its log may say why."""
        return self.loops or self.state in ("NotReady", "Init:Running")


def stuck_containers(pod: JsonObject, events: Sequence[Json], now: str) -> tuple[Stuck, ...]:
    """The containers of a pod that are in trouble at a time; none of one that ended, is being deleted, or recovered."""
    if child(pod, "metadata", "deletionTimestamp") or text(pod, "status", "phase") in ("Succeeded", "Failed"):
        return ()
    found = (_stuck(pod, status, init, events, now) for status, init in statuses(pod))
    return tuple(stuck for stuck in found if stuck is not None)


def statuses(pod: Json) -> Iterator[tuple[JsonObject, bool]]:
    """Every container status of a pod, and whether it is an init container that must end."""
    for field, init in (("initContainerStatuses", True), ("containerStatuses", False)):
        for status in items(pod, "status", field):
            if isinstance(status, dict):
                yield status, init and not _restarts_always(pod, text(status, "name"))


def _restarts_always(pod: Json, name: str) -> bool:
    """Whether an init container is a sidecar (Kubernetes 1.29, `restartPolicy: Always`)."""
    specs = items(pod, "spec", "initContainers")
    return any(text(spec, "name") == name and text(spec, "restartPolicy") == "Always" for spec in specs)


def _stuck(pod: JsonObject, status: JsonObject, init: bool, events: Sequence[Json], now: str) -> Stuck | None:
    state = _state(pod, status, init, events, now)
    if state is None:
        return None
    ended = ended_run(status)
    count = child(status, "restartCount")
    code = child(ended, "exitCode")
    restarts = count if isinstance(count, int) else 0
    return Stuck(
        pod=pod,
        container=text(status, "name"),
        init=init,
        state=f"Init:{state}" if init else state,
        reason=text(ended, "reason"),
        message=_message(text(status, "state", "waiting", "message"), text(ended, "message")),
        exit=code if isinstance(code, int) else None,
        restarts=restarts,
        since=_since(pod, status, events, now),
        loops=bool(ended),
    )


def _message(waits: str, ended: str) -> str:
    """What the runtime says of a container; that it waits before the next start says nothing."""
    return ended or ("" if waits.startswith("back-off ") else waits)


def ended_run(status: Json) -> JsonObject:
    """How the last run of a container ended; {} where none did."""
    return mapping(status, "state", "terminated") or mapping(status, "lastState", "terminated")


def _state(pod: Json, status: JsonObject, init: bool, events: Sequence[Json], now: str) -> str | None:
    waiting, ended = text(status, "state", "waiting", "reason"), mapping(status, "state", "terminated")
    if waiting:
        return _waiting(pod, status, waiting, events, now)
    if ended:
        return _between_runs(pod, ended, init)
    if not child(status, "state", "running"):
        return None
    if init:
        return "Running" if flapping(status, now) or running_for(status, now) > GRACE else None
    if status.get("ready") is True:
        return "Running" if flapping(status, now) else None
    return "NotReady" if _never_ready(pod, status, events, now) or flapping(status, now) else None


def _waiting(pod: Json, status: JsonObject, reason: str, events: Sequence[Json], now: str) -> str | None:
    """A waiting reason that is trouble; one of every start is when it lasts and an event says what it waits for."""
    if reason not in STARTING:
        return reason
    lasts = between(text(pod, "status", "startTime") or text(pod, "metadata", "creationTimestamp"), now) > GRACE
    hindered = hindrance(pod, events) is not None
    return reason if reason == "ContainerCreating" and lasts and hindered else None


HINDRANCES = frozenset(
    {
        "FailedMount",
        "FailedAttachVolume",
        "FailedMapVolume",
        "FailedCreatePodSandBox",
        "NetworkNotReady",
        "FailedToRetrieveImagePullSecret",
    }
)


def hindrance(pod: Json, events: Sequence[Json]) -> Json:
    """The newest event that says why a pod's containers are not made; None where there is none."""
    mine = [e for e in events_of(pod, events) if text(e, "reason") in HINDRANCES]
    return mine[-1] if mine else None


def _between_runs(pod: Json, ended: JsonObject, init: bool) -> str | None:
    """A container that failed and was not started again yet. One that is not started again failed for good."""
    if ended.get("exitCode") == 0 or text(ended, "reason") in LOST:
        return None
    if text(pod, "spec", "restartPolicy") in ("Never", "OnFailure") and not init:
        return None
    return text(ended, "reason") or "Error"


def running_for(status: JsonObject, now: str) -> float:
    """Seconds since the present run of a container began; 0 where none did."""
    return between(text(status, "state", "running", "startedAt"), now)


def flapping(status: JsonObject, now: str) -> bool:
    """Whether a running container will soon end again: it restarted often, and runs no longer than its last runs took.

    Old restarts (a node that went away, a loop that ended) are no trouble: the present run outlasts them.
    """
    last, count = mapping(status, "lastState", "terminated"), child(status, "restartCount")
    if not last or text(last, "reason") in LOST or not isinstance(count, int) or count < OFTEN:
        return False
    run = between(text(last, "startedAt"), text(last, "finishedAt"))
    return run < DAY and running_for(status, now) <= 3 * (run + BACK_OFF)


def _never_ready(pod: Json, status: JsonObject, events: Sequence[Json], now: str) -> bool:
    """Whether a container runs for longer than starting may take and its probe still fails."""
    unready = condition(pod, "Ready")
    waited = min(running_for(status, now), between(text(unready, "lastTransitionTime"), now))
    return waited > max(GRACE, _allowed(pod, text(status, "name")))


def _allowed(pod: Json, name: str) -> float:
    """Seconds that a container's own probes give it to start."""
    spec = next((c for c in items(pod, "spec", "containers") if text(c, "name") == name), {})
    return sum(_patience(mapping(spec, probe)) for probe in ("startupProbe", "readinessProbe"))


def _patience(probe: JsonObject) -> float:
    """initialDelaySeconds + failureThreshold · periodSeconds, with the API server's defaults."""
    if not probe:
        return 0.0
    delay, tries, period = (probe.get(k) for k in ("initialDelaySeconds", "failureThreshold", "periodSeconds"))
    numbers = [
        value if isinstance(value, int) else standard for value, standard in ((delay, 0), (tries, 3), (period, 10))
    ]
    return float(numbers[0] + numbers[1] * numbers[2])


def condition(obj: Json, kind: str) -> JsonObject:
    """A condition of an object's status by its type; {} where it has none."""
    found = (c for c in items(obj, "status", "conditions") if text(c, "type") == kind)
    return next((c for c in found if isinstance(c, dict)), {})


def events_of(obj: Json, events: Sequence[Json], container: str = "") -> list[Json]:
    """The events about an object, or about one of its containers, in the order of their last time."""
    name, kind = text(obj, "metadata", "name"), text(obj, "kind") or "Pod"
    namespace = text(obj, "metadata", "namespace")
    mine = [
        e
        for e in events
        if _about(e, kind, name, namespace)
        and (not container or f"{{{container}}}" in text(e, "involvedObject", "fieldPath"))
    ]
    return sorted(mine, key=lambda e: text(e, "lastTimestamp") or first_seen(e))


def _about(event: Json, kind: str, name: str, namespace: str) -> bool:
    about = mapping(event, "involvedObject") or mapping(event, "regarding")
    elsewhere = namespace and text(about, "namespace") not in ("", namespace)
    return about.get("kind") == kind and about.get("name") == name and not elsewhere


BEGINNINGS = frozenset(
    {"BackOff", "Unhealthy", "Failed", "FailedMount", "InspectFailed", "ErrImageNeverPull", "CrashLoopBackOff"}
)


def _since(pod: Json, status: JsonObject, events: Sequence[Json], now: str) -> str:
    """When a container's trouble began, as far as something tells: first events, readiness, else its restarts.

    A container that is ready for a moment in each round moves its readiness; then the number of rounds tells more.
    """
    begun = [first_seen(e) for e in events_of(pod, events, text(status, "name")) if text(e, "reason") in BEGINNINGS]
    unready = condition(pod, "Ready")
    lost = text(unready, "lastTransitionTime") if text(unready, "status") == "False" else ""
    if begun:
        return earliest([*begun, lost])
    ended = ended_run(status)
    moved = lost and between(text(ended, "startedAt"), lost) >= 0
    if ended and (not lost or moved):
        return _by_rounds(pod, status, ended, now)
    return lost or text(pod, "status", "startTime")


def _by_rounds(pod: Json, status: JsonObject, ended: JsonObject, now: str) -> str:
    """The time that so many rounds take at most, but not before the pod."""
    start = text(pod, "status", "startTime") or text(pod, "metadata", "creationTimestamp")
    count, at = child(status, "restartCount"), seconds(now)
    if at is None or not isinstance(count, int):
        return start
    first = at - count * (between(text(ended, "startedAt"), text(ended, "finishedAt")) + BACK_OFF)
    begun = seconds(start)
    return start if begun is None or begun >= first else stamp(first)
