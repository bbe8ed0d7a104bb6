"""A container in trouble → the line that says why, and its category."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from whydrift.core.model.trouble import Category, Reason, SaidBy
from whydrift.core.model.values import text
from whydrift.core.unmask.categories import category_of, image_category
from whydrift.core.unmask.containers import OFTEN, STARTING, STOPPED_EXITS, Stuck, events_of, hindrance
from whydrift.core.unmask.endings import says_why
from whydrift.core.unmask.lines import LONGEST, last_words, line_that_says_why
from whydrift.core.unmask.scene import Scene

IMAGES = frozenset(
    [
        "ImagePullBackOff",
        "ErrImagePull",
        "InvalidImageName",
        "ErrImageNeverPull",
        "ImageInspectError",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    ]
)
SIGNALLED = 128
"""Exit codes above this are signals."""
KILLS = re.compile(r"(Liveness|Startup) probe (failed|errored)")
NEVER = re.compile(r"(Readiness|Startup) probe (failed|errored)")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why, and what kind of trouble that is."""

    why: Reason
    category: Category


def diagnosis_of(scene: Scene, stuck: Stuck) -> Diagnosis:
    """Why a container is in trouble, from the best witness of its state."""
    state = stuck.state.removeprefix("Init:")
    if state in IMAGES:
        return _image(scene, stuck)
    if state in STARTING:
        return _hindered(scene, stuck)
    if state == "NotReady":
        return _probes_kill(scene, stuck) or _not_ready(scene, stuck)
    if goes_on(stuck):
        return _still_running(scene, stuck)
    if not stuck.loops:
        return _refused(stuck)
    return _probes_kill(scene, stuck) or _ended(scene, stuck)


def goes_on(stuck: Stuck) -> bool:
    """Whether a container is one that must end before others begin, and has run on for long."""
    return stuck.state == "Init:Running" and stuck.restarts < OFTEN


def _still_running(scene: Scene, stuck: Stuck) -> Diagnosis:
    """What an init container that runs on and on repeats, else the last that it wrote."""
    log = scene.log(stuck.namespace, stuck.name, stuck.container).current
    written = [line.strip() for line in log.splitlines() if line.strip()]
    said = line_that_says_why(log, still_running=True) or (written[-1][:LONGEST] if written else "")
    return Diagnosis(Reason(said, SaidBy.LOG), category_of(said) or Category.STILL_WAITING)


def _warnings(scene: Scene, stuck: Stuck) -> list[str]:
    """The messages of the warnings about a container, the newest last."""
    mine = events_of(stuck.pod, scene.events, stuck.container)
    return [text(event, "message") for event in mine if text(event, "type") != "Normal"]


def _image(scene: Scene, stuck: Stuck) -> Diagnosis:
    pulls = [
        message for message in _warnings(scene, stuck) if message.startswith(("Failed to pull", "Failed to inspect"))
    ]
    said = pulls[-1] if pulls else stuck.message
    category = Category.CONFIG_INVALID if "InvalidImageName" in stuck.state else image_category(said)
    return Diagnosis(Reason(said, SaidBy.EVENT if pulls else SaidBy.STATUS), category)


def _hindered(scene: Scene, stuck: Stuck) -> Diagnosis:
    """A pod whose containers cannot be made: a volume that is not there, or no network."""
    said = text(hindrance(stuck.pod, scene.events), "message")
    found = category_of(said)
    missing = (Category.MISSING_SECRET_KEY, Category.CONFIG_MISSING)
    volume = re.search(r"(?i)volume|mount|attach", said)
    category = found if found in missing else Category.VOLUME_PENDING if volume else found or Category.APPLICATION_ERROR
    return Diagnosis(Reason(said, SaidBy.EVENT), category)


def _refused(stuck: Stuck) -> Diagnosis:
    """A container that the runtime did not make: its status says why."""
    fallback = Category.INIT_FAILED if stuck.init else Category.APPLICATION_ERROR
    found = category_of(stuck.message)
    if stuck.state.endswith("CreateContainerConfigError"):
        found = (
            Category.MISSING_SECRET_KEY if re.search(r"(?i)secret", stuck.message) else found or Category.CONFIG_MISSING
        )
    return Diagnosis(Reason(stuck.message, SaidBy.STATUS), found or fallback)


def _probes_kill(scene: Scene, stuck: Stuck) -> Diagnosis | None:
    """The probe that the kubelet kills a container by; only where it ended as something that was stopped ends."""
    if stuck.exit not in STOPPED_EXITS or stuck.reason == "OOMKilled":
        return None
    said = [message for message in _warnings(scene, stuck) if KILLS.match(message)]
    return Diagnosis(Reason(said[-1], SaidBy.EVENT), Category.PROBE_KILLS) if said else None


def _not_ready(scene: Scene, stuck: Stuck) -> Diagnosis:
    """A container that runs and is not ready: its log where that names a reason, else its probe."""
    said = line_that_says_why(scene.log(stuck.namespace, stuck.name, stuck.container).current, still_running=True)
    category = category_of(said)
    if category is not None:
        return Diagnosis(Reason(said, SaidBy.LOG), category)
    probes = [message for message in _warnings(scene, stuck) if NEVER.match(message)]
    return Diagnosis(Reason(probes[-1] if probes else "", SaidBy.EVENT), Category.PROBE_NEVER_READY)


def _ended(scene: Scene, stuck: Stuck) -> Diagnosis:
    """A container that ran and ended: how it ended, or what it wrote."""
    killed = stuck.reason == "OOMKilled"
    why = why_ended(scene, stuck)
    found = category_of(why.line)
    if killed:
        return Diagnosis(why if found is Category.OUT_OF_MEMORY else Reason(), Category.OUT_OF_MEMORY)
    silent = not why.line and not scene.log_read(stuck.namespace, stuck.name, stuck.container)
    if not why.line and not silent and stuck.exit == 0:
        why = Reason(_without_error(scene, stuck), SaidBy.STATUS)
    ended = Category.LOG_NOT_READ if silent else Category.APPLICATION_ERROR
    return Diagnosis(why, found or (Category.INIT_FAILED if stuck.init else ended))


def _without_error(scene: Scene, stuck: Stuck) -> str:
    """What is known of a run that called nothing an error: how it ended, and the last that it wrote."""
    log = scene.log(stuck.namespace, stuck.name, stuck.container)
    written = [line.strip() for line in (log.previous or log.current).splitlines() if line.strip()]
    last = f"; the last that it wrote: {written[-1]}"[:LONGEST] if written else ""
    return f"exit code 0: it ends without an error, or is stopped, and is started again{last}"


def why_ended(scene: Scene, stuck: Stuck) -> Reason:
    """What the run that ended wrote; else what the runtime says of it."""
    log = scene.log(stuck.namespace, stuck.name, stuck.container)
    runs = [(log.previous, SaidBy.PREVIOUS_LOG), (log.current, SaidBy.LOG)]
    if "CrashLoop" not in stuck.state and stuck.state not in ("Running", "NotReady"):
        runs.reverse()
    return said_in(runs, stuck.message, stuck.exit, scene, stuck)


def said_in(runs: list[tuple[str, SaidBy]], message: str, code: int | None, scene: Scene, stuck: Stuck) -> Reason:
    """The first witness that says why: a log's line, the termination message, the start that failed, last words."""
    for log, said_by in runs:
        line = line_that_says_why(log, stopped=code in STOPPED_EXITS)
        if line:
            return Reason(line, said_by)
    if message:
        return Reason(line_that_says_why(message) or message, SaidBy.STATUS)
    failed = _first(m for m in reversed(_warnings(scene, stuck)) if m.startswith("Error: ") and category_of(m))
    if failed:
        return Reason(failed, SaidBy.EVENT)
    if code is None or 0 < code < SIGNALLED:
        for log, said_by in runs:
            line = last_words(log)
            if line:
                return Reason(line if says_why(line) else _unexplained(line, code), said_by)
    return Reason()


def _unexplained(line: str, code: int | None) -> str:
    """What is told of a run that failed and gave no reason: its last line, called no more than that."""
    ended = "it ended" if code is None else f"exit code {code}"
    return f"{ended}, and nothing says why; the last that it wrote: {line}"[:LONGEST]


def _first(found: Iterable[str]) -> str:
    return next(iter(found), "")
