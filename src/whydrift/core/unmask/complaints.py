"""What containers complain about that run and are ready: read where an application has just left Progressing."""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.trouble import Complaint, Trouble
from whydrift.core.model.values import text
from whydrift.core.unmask.containers import statuses
from whydrift.core.unmask.levels import Level, level_of
from whydrift.core.unmask.lines import line_that_says_why
from whydrift.core.unmask.pods import owned_pods
from whydrift.core.unmask.scene import Scene


def complaints_of(scene: Scene, troubles: tuple[Trouble, ...]) -> tuple[Complaint, ...]:
    """The newest error in each container's log that was read, once an object and container, without what is broken."""
    broken = {(trouble.key, trouble.container) for trouble in troubles}
    found: dict[tuple[ObjectKey, str], Complaint] = {}
    for complaint in _complaints(scene):
        if (complaint.key, complaint.container) not in broken:
            found.setdefault((complaint.key, complaint.container), complaint)
    return tuple(found.values())


def _complaints(scene: Scene) -> Iterator[Complaint]:
    for key, pod in owned_pods(scene):
        namespace, name = text(pod, "metadata", "namespace"), text(pod, "metadata", "name")
        for status, _ in statuses(pod):
            container = text(status, "name")
            line = line_that_says_why(scene.log(namespace, name, container).current, still_running=True)
            if level_of(line.partition("\n")[0]) in (Level.ERROR, Level.FATAL):
                yield Complaint(key, container, line)
