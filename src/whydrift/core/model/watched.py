"""What a store says of a fleet that is watched: applications, numbers, what comes and goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from whydrift.core.model.finding import ApplicationName, Finding


class Known(NamedTuple):
    """An application as it was seen last, without its answer; `open` counts its open findings by severity.

    `oldest` is since when the oldest of them is there that is more than noise, "" where there is none.
    """

    application: ApplicationName
    at: str
    project: str
    team: str
    cluster: str
    sync: str
    health: str
    revision: str
    safe: str
    not_read: str
    fingerprint: str
    settled: bool
    open: Mapping[str, int]
    oldest: str


class Count(NamedTuple):
    """How many open findings of one cause, team, project and severity, in how many applications and objects."""

    cause: str
    side: str
    severity: str
    project: str
    team: str
    fields: int
    objects: int
    applications: int


class Drift(NamedTuple):
    """How many open findings of one cause, side and severity an application has."""

    application: ApplicationName
    cause: str
    side: str
    severity: str
    fields: int


class Flap(NamedTuple):
    """What comes and goes: how often within the time asked for, and who wrote it then, newest first.

    `by_git` counts how often it went when git had changed; else somebody took it back, or a sync did.
    """

    finding: Finding
    times: int
    writers: tuple[str, ...]
    by_git: int = 0
