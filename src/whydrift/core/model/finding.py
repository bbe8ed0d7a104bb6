"""What was found and when: the words of history. Times are RFC 3339 in UTC, to the second, as text: they sort."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import NamedTuple

import msgspec

UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
"""What stands in a URL as it is (RFC 3986 2.3)."""


class ApplicationName(NamedTuple):
    """Which application: the Argo CD instance ("" is the only one), its namespace and name."""

    instance: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """`[INSTANCE:]NAMESPACE/NAME`, as selectors take it."""
        return f"{self.instance}:{self.namespace}/{self.name}" if self.instance else f"{self.namespace}/{self.name}"

    @property
    def path(self) -> str:
        """Where it is in URLs: an instance "" is `-`, and one that begins with - has one more."""
        instance = self.instance if self.instance and not self.instance.startswith("-") else f"-{self.instance}"
        return "/".join(map(_segment, (instance, self.namespace, self.name)))

    def fits(self, pattern: str) -> bool:
        """Whether `[INSTANCE:][NAMESPACE/]NAME` names it; each part may hold globs."""
        wanted_instance, _, rest = pattern.rpartition(":")
        wanted_namespace, _, wanted = rest.rpartition("/")
        return (
            (not wanted_instance or fnmatchcase(self.instance, wanted_instance))
            and (not wanted_namespace or fnmatchcase(self.namespace, wanted_namespace))
            and fnmatchcase(self.name, wanted)
        )


def _segment(name: str) -> str:
    """A name as one segment of a URL's path (RFC 3986 2.1)."""
    return "".join(chr(b) if chr(b) in UNRESERVED else f"%{b:02X}" for b in name.encode("utf-8", "replace"))


class About(StrEnum):
    """What a finding is about: a field that differs, or something that is broken now."""

    FIELD = "field"
    TROUBLE = "trouble"


class Severity(StrEnum):
    """How much it hurts, worst first.

    BROKEN: broken now · LOSES: a sync would lose it, or fail at it · UNEXPLAINED: nobody knows why, or a fact lacks ·
    ATTENTION: side git, cluster, ask or structure · NOISE: equivalent or a controller's, or accepted by somebody.
    """

    BROKEN = "broken"
    LOSES = "loses"
    UNEXPLAINED = "unexplained"
    ATTENTION = "attention"
    NOISE = "noise"


SEVERITIES = tuple(Severity)
"""Worst first."""


class FindingKey(NamedTuple):
    """What makes two looks speak of the same finding, within an application.

    `object` is group/Kind/name as answers name it, `path` a JSON pointer; of a trouble, `/CONTAINER` of the object.
    """

    about: About
    object: str
    namespace: str
    path: str


class Found(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one look says of one finding; masked, as answers are, and each text at most LONGEST characters.

    `cause` is a cause's id, "unexplained" or "undecided", of a trouble its category. `target` and `live` are JSON texts
    ("" = absent). `who` is the manager that wrote it, `since` when (RFC 3339), both "" where nobody knows. `remedy` is
    the kind of the fix, `where` its place, `sync` what a sync would do to the object.
    """

    key: FindingKey
    field: str
    cause: str
    side: str
    severity: Severity
    kind: str = "modified"
    shown: bool = True
    who: str = ""
    since: str = ""
    why: str = ""
    target: str = ""
    live: str = ""
    remedy: str = ""
    where: str = ""
    sync: str = ""
    accepted: str = ""


LONGEST = 2000
"""Characters of a text that a finding keeps."""


class RuledOut(NamedTuple):
    """A place that differs under an ignore rule, and is not shown; what a sync would do there, and whether it hurts."""

    object: str
    namespace: str
    path: str
    sync: str = ""
    hurts: bool = False


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What one look at one application says, at a time.

    `whole` says whether everything that belongs to `scope` was read and compared: only then is what is missing gone.
    `unclear` are the objects (id, namespace) that were not compared all the same: nothing of them is gone. `ruled_out`
    are places that differ, and that an ignore rule keeps from being shown. `settled` is
    false during a sync and a rollout. `safe` is what a sync is: "safe", "unsafe", "unknown", "" where nobody asked.
    `answer` is the ApplicationAnswer as JSON. `fingerprint` tells whether Argo CD's word of it changed since ("" =
    unknown).
    """

    application: ApplicationName
    at: str
    project: str
    team: str
    labels: Mapping[str, str]
    cluster: str
    sync: str
    health: str
    revision: str
    safe: str
    whole: bool
    not_read: str
    settled: bool
    scope: frozenset[str]
    found: tuple[Found, ...]
    answer: bytes
    fingerprint: str = ""
    unclear: frozenset[tuple[str, str]] = frozenset()
    ruled_out: tuple[RuledOut, ...] = ()


SHOWN, HIDDEN, TROUBLE = "shown", "hidden", "trouble"
"""What a look can look for (`Seen.scope`): shown differences, hidden ones, troubles."""


def scope_of(found: Found) -> str:
    """Which part of a look finds it."""
    if found.key.about is About.TROUBLE:
        return TROUBLE
    return SHOWN if found.shown else HIDDEN


class Judged(NamedTuple):
    """What makes a finding another one to people: why it is, who is right, how much it hurts, and whether it is shown.

    In words `CAUSE SIDE SEVERITY`, the side left out where there is none, and `shown` or `hidden` where that changed.
    """

    cause: str
    side: str
    severity: Severity
    shown: bool = True

    def spelled(self, now: Judged) -> str:
        """In words, as what it was before it was judged as it is now."""
        view = (SHOWN if self.shown else HIDDEN) if self.shown != now.shown else ""
        return " ".join(filter(None, (self.cause, self.side, self.severity.value, view)))

    @classmethod
    def parse(cls, words: str, shown: bool) -> Judged | None:
        """Out of words, `shown` where they do not say; None where there are none."""
        cause, *rest = words.split(" ")
        if rest and rest[-1] in (SHOWN, HIDDEN):
            shown = rest.pop() == SHOWN
        return cls(cause, " ".join(rest[:-1]), Severity(rest[-1]), shown) if rest else None


def turned(before: str) -> str:
    """`now hidden` or `now shown`, where an event's `before` says that this changed; else ""."""
    return {SHOWN: f"now {HIDDEN}", HIDDEN: f"now {SHOWN}"}.get(before.rpartition(" ")[2], "")


def otherwise(before: str, now: Judged) -> str:
    """What of an event's `before` is judged otherwise now, in words: the cause, the side, how much it hurts; or ""."""
    was = Judged.parse(before, now.shown)
    if was is None:
        return ""
    parts = zip((was.cause, was.side, was.severity.value), (now.cause, now.side, now.severity.value), strict=True)
    return " ".join(one for one, other in parts if one and one != other)


def judged(found: Found) -> Judged:
    """How a finding is judged."""
    return Judged(found.cause, found.side, found.severity, found.shown)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding with its history. `gone` is "" while it is there; `times_returned` counts how often it came back.

    `since` is when it came this time: the first time, or the last one that it returned. `labels` are those of the
    Application.
    """

    id: int
    application: ApplicationName
    project: str
    team: str
    found: Found
    first_seen: str
    last_seen: str
    since: str
    gone: str = ""
    times_returned: int = 0
    labels: Mapping[str, str] = {}


class What(StrEnum):
    """What happened to a finding between two looks. STILL is never stored."""

    NEW = "new"
    RETURNED = "returned"
    CHANGED = "changed"
    GONE = "gone"
    STILL = "still"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a finding.

    `before` is what it was, where that changed (`Judged`).
    """

    id: int
    at: str
    what: What
    finding: int
    application: ApplicationName
    project: str
    team: str
    labels: Mapping[str, str]
    found: Found
    before: str = ""
    times_returned: int = 0
