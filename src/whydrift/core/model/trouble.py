"""What is broken now: one trouble of a managed object, with the line that says why and the likeliest place in git."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from whydrift.core.model.objects import ObjectKey


class Unmask(StrEnum):
    """In which applications it is looked for what is broken."""

    NOWHERE = "nowhere"
    UNWELL = "unwell"
    """Those that Argo CD itself does not call well."""
    EVERYWHERE = "everywhere"

    def holds_for(self, health: str) -> bool:
        """Whether it is looked for in an application of this health."""
        return self is Unmask.EVERYWHERE or (self is Unmask.UNWELL and health in UNWELL)


UNWELL = ("Degraded", "Progressing")
"""Argo CD's words for what is broken, and for what is on its way or waits."""


class Category(StrEnum):
    """What kind of trouble it is: a closed list. Of `log-not-read` only the log, which was not read, could say more."""

    APPLICATION_ERROR = "application-error"
    CERTIFICATE_NOT_READY = "certificate-not-ready"
    COMMAND_NOT_FOUND = "command-not-found"
    CONFIG_INVALID = "config-invalid"
    CONFIG_MISSING = "config-missing"
    CRD_MISSING = "crd-missing"
    DEPENDENCY_UNREACHABLE = "dependency-unreachable"
    DISK_FULL = "disk-full"
    IMAGE_FORBIDDEN = "image-forbidden"
    IMAGE_NOT_FOUND = "image-not-found"
    INIT_FAILED = "init-failed"
    JOB_FAILED = "job-failed"
    LOG_NOT_READ = "log-not-read"
    MIGRATION_FAILED = "migration-failed"
    MISSING_SECRET_KEY = "missing-secret-key"
    NO_ADDRESS = "no-address"
    OUT_OF_MEMORY = "out-of-memory"
    PERMISSION_DENIED = "permission-denied"
    PORT_IN_USE = "port-in-use"
    PROBE_KILLS = "probe-kills"
    PROBE_NEVER_READY = "probe-never-ready"
    QUOTA_EXCEEDED = "quota-exceeded"
    ROLLOUT_ABORTED = "rollout-aborted"
    STILL_WAITING = "still-waiting"
    UNSCHEDULABLE = "unschedulable"
    VOLUME_PENDING = "volume-pending"
    WRONG_ARCHITECTURE = "wrong-architecture"


class SaidBy(StrEnum):
    """Where the line that says why stands."""

    LOG = "log"
    PREVIOUS_LOG = "previous-log"
    EVENT = "event"
    STATUS = "status"
    CONDITION = "condition"


NOT_IN_GIT = "none"
"""The place of a trouble that nothing in git makes: the files were read."""


@dataclass(frozen=True, slots=True)
class Reason:
    """The line that says why ("" where nothing says it; several lines where they belong together), and where it is."""

    line: str = ""
    said_by: SaidBy = SaidBy.STATUS


@dataclass(frozen=True, slots=True)
class Origin:
    """The likeliest place in git: `file:line`, NOT_IN_GIT, or "" where it is not known; `near` is a reference to it."""

    source: str = ""
    near: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is broken now. `key` is the managed object, `container` "" where it is about no single one.

    `pods` are those in trouble, `of` counts all pods of the object. `since` is an RFC 3339 time, "" when not known.
    """

    key: ObjectKey
    state: str
    category: Category
    reason: str = ""
    container: str = ""
    pods: tuple[str, ...] = ()
    of: int = 0
    exit: int | None = None
    restarts: int = 0
    since: str = ""
    why: Reason = Reason()
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Complaint:
    """An error in the log of a container that runs and is ready; `key` is the managed object."""

    key: ObjectKey
    container: str
    line: str


@dataclass(frozen=True, slots=True)
class ContainerLog:
    """What a container wrote: in this run, and in the one before ("" where it wrote nothing or none is kept)."""

    current: str = ""
    previous: str = ""


Logs = Mapping[tuple[str, str, str], ContainerLog]
"""Logs by namespace, pod and container."""
