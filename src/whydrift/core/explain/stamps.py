"""Marks that tools leave on whatever they write, and that nobody means as a setting."""

from __future__ import annotations

from typing import Final

from whydrift.core.compare.tracking import INSTALLATION_ID, TRACKING_ID
from whydrift.core.model.paths import Path
from whydrift.core.model.snapshot import LAST_APPLIED

ROLLOUT_REVISION: Final = "deployment.kubernetes.io/revision"
RESTARTED_AT: Final = "kubectl.kubernetes.io/restartedAt"
TEMPLATE_GENERATION: Final = "deprecated.daemonset.template.generation"
_SERVERS: Final = frozenset({"uid", "resourceVersion", "generation", "creationTimestamp", "selfLink"})
_TRACKING: Final = frozenset({TRACKING_ID, INSTALLATION_ID})


def is_last_applied(path: Path) -> bool:
    """Whether a path is the annotation in which client-side apply keeps the whole manifest."""
    return path == ("metadata", "annotations", LAST_APPLIED)


def is_rollout_revision(path: Path) -> bool:
    """Whether a path is the number that the deployment controller counts rollouts with."""
    return path == ("metadata", "annotations", ROLLOUT_REVISION)


def is_template_generation(path: Path) -> bool:
    """Whether a path is the number that the API server counts a DaemonSet's templates with (apis/apps/v1)."""
    return path == ("metadata", "annotations", TEMPLATE_GENERATION)


def is_of_server(path: Path) -> bool:
    """Whether a path is metadata that only the API server writes."""
    return len(path) == 2 and path[0] == "metadata" and path[1] in _SERVERS


def is_restart(path: Path) -> bool:
    """Whether a path is the time of the last `rollout restart`."""
    return path[-2:] == ("annotations", RESTARTED_AT)


def is_tracking(path: Path) -> bool:
    """Whether a path is the annotation by which Argo CD knows its objects."""
    return path[:2] == ("metadata", "annotations") and path[-1] in _TRACKING


def is_stamp(path: Path) -> bool:
    """Whether a path is any of these marks."""
    counted = is_rollout_revision(path) or is_template_generation(path)
    return counted or is_last_applied(path) or is_restart(path) or is_tracking(path)
