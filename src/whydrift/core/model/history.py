"""History as an answer: what was found since when, and what happened to it. Shared by the API and `-o json`."""

from __future__ import annotations

from whydrift.core.model.triage import Answered

HISTORY_SCHEMA = "whydrift.history/1"
EVENT_SCHEMA = "whydrift.event/1"
"""An EventAnswer with this before it: a line of `watch -o jsonl`."""
PROGRESS_SCHEMA = "whydrift.progress/1"


class NameAnswer(Answered, frozen=True):
    """An application; `instance` is left out where there is only one Argo CD."""

    namespace: str
    name: str
    instance: str = ""


class FindingAnswer(Answered, frozen=True):
    """One finding with its history. `object` is group/Kind/name, `path` a JSON pointer, of a trouble `/CONTAINER`.

    `target` and `live` are JSON texts, cut where they are long. `since` is since when it is there without a break,
    `gone` since when it is not; `written_at` when `who` wrote what live holds.
    """

    application: NameAnswer
    about: str
    object: str
    namespace: str
    path: str
    field: str
    kind: str
    cause: str
    side: str
    severity: str
    shown: bool
    project: str
    first_seen: str
    last_seen: str
    since: str
    gone: str = ""
    times_returned: int = 0
    team: str = ""
    who: str = ""
    written_at: str = ""
    why: str = ""
    target: str = ""
    live: str = ""
    remedy: str = ""
    where: str = ""
    sync: str = ""
    accepted: str = ""


class EventAnswer(Answered, frozen=True):
    """What happened to a finding as it was then. `before` is `CAUSE SIDE SEVERITY` as it was, where that changed.

    ` shown` or ` hidden` at its end says that it was that, and is the other now.
    """

    id: int
    at: str
    what: str
    application: NameAnswer
    object: str
    namespace: str
    path: str
    field: str
    cause: str
    side: str
    severity: str
    about: str
    kind: str
    shown: bool
    who: str = ""
    before: str = ""
    times_returned: int = 0
    project: str = ""
    team: str = ""
    written_at: str = ""
    why: str = ""
    sync: str = ""
    remedy: str = ""
    where: str = ""


class KnownAnswer(Answered, frozen=True, omit_defaults=False):
    """An application as the last look saw it; `open` counts its open findings by severity."""

    application: NameAnswer
    at: str
    project: str
    team: str
    cluster: str
    sync: str
    health: str
    revision: str
    safe: str
    not_read: str
    oldest: str
    open: dict[str, int]


class CountAnswer(Answered, frozen=True, omit_defaults=False):
    """Open findings of one cause, side, severity, project and team."""

    cause: str
    side: str
    severity: str
    project: str
    team: str
    fields: int
    objects: int
    applications: int


class DayAnswer(Answered, frozen=True, omit_defaults=False):
    """Open findings of one cause at the end of a day."""

    day: str
    cause: str
    fields: int


class FlapAnswer(Answered, frozen=True, omit_defaults=False):
    """A finding that comes and goes, how often, and who wrote it, newest first.

    `by_git` counts how often it went when git had changed; else somebody took it back, or a sync did.
    """

    finding: FindingAnswer
    times: int
    writers: tuple[str, ...]
    by_git: int = 0


class HistoryAnswer(Answered, frozen=True, omit_defaults=False):
    """What happened from `since` to `at`, newest first, and to which applications; `more` says that there was more.

    `flaps` is what comes and goes, where that was asked for.
    """

    since: str
    at: str
    applications: tuple[KnownAnswer, ...]
    events: tuple[EventAnswer, ...]
    more: bool
    flaps: tuple[FlapAnswer, ...] = ()
    schema: str = HISTORY_SCHEMA


class ChangeAnswer(Answered, frozen=True, omit_defaults=False):
    """How many findings were open before, and are now, under one name."""

    name: str
    before: int
    after: int


class ProgressAnswer(Answered, frozen=True, omit_defaults=False):
    """Open findings at `since` and at `at`. `kept_since` is the day from which anything is known, "" for none."""

    since: str
    at: str
    kept_since: str
    fields: ChangeAnswer
    severities: tuple[ChangeAnswer, ...]
    causes: tuple[ChangeAnswer, ...]
    teams: tuple[ChangeAnswer, ...]
    projects: tuple[ChangeAnswer, ...]
    schema: str = PROGRESS_SCHEMA
