"""What the last sync said of each object, and why it failed (gitops-engine pkg/sync, API server messages)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from whydrift.core.model.application import Application
from whydrift.core.model.explanation import Side
from whydrift.core.model.fleet import Commit
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.sources import source_type
from whydrift.core.model.syncs import revisions_of
from whydrift.core.model.values import JsonObject, MaybeJson, child, is_object, items, mapping, text

FAILED = frozenset({"Failed", "Error"})
ALL_REFUSED = re.compile(r"synchronization tasks are not valid|failed to apply \(dry run\)")
APPLIED = frozenset({"Synced", "Pruned"})


class Refusal(StrEnum):
    """Why a server or Argo CD refused an object."""

    IMMUTABLE = "the field cannot be changed"
    TOO_LONG = "the object does not fit"
    ORDER = "a strategic merge cannot put its list in order"
    QUOTA = "the quota has no room"
    POLICY = "an admission policy or webhook denies it"
    WEBHOOK_DOWN = "an admission webhook does not answer"
    NAMESPACE = "the namespace does not exist"
    KIND = "the kind is not installed"
    VERSION = "the cluster has another version of the kind"
    PROJECT = "the project forbids it"
    CONFLICT = "another manager owns fields of it"
    RIGHTS = "Argo CD lacks the rights"
    UNKNOWN_FIELD = "a field is not in the schema"
    INVALID = "a value is not valid"
    SHARED = "another application owns it"
    NO_NAME = "it has no name"
    HOOK = "the hook fails"
    OTHER = "the server refuses it"

    @property
    def side(self) -> Side:
        """Which side is right where this is why (design/decisions.md)."""
        if self in _STRUCTURE:
            return Side.STRUCTURE
        return Side.ASK if self in _ASK else Side.GIT


_STRUCTURE = (
    Refusal.NAMESPACE, Refusal.KIND, Refusal.PROJECT, Refusal.CONFLICT, Refusal.RIGHTS, Refusal.SHARED, Refusal.NO_NAME,
)  # fmt: skip
_ASK = (Refusal.QUOTA, Refusal.WEBHOOK_DOWN, Refusal.HOOK, Refusal.OTHER)
PATTERNS: tuple[tuple[Refusal, str], ...] = (
    (Refusal.PROJECT, r"is not permitted in project|not permitted in project"),
    (Refusal.NO_NAME, r"cannot use generate name with apply"),
    (Refusal.SHARED, r"is part of applications? .* and "),
    (Refusal.QUOTA, r"exceeded quota|failed quota|must specify (limits|requests)"),
    (Refusal.WEBHOOK_DOWN, r"failed calling webhook|failed to call webhook"),
    (Refusal.POLICY, r"admission webhook .* denied|denied request|denied by|violates PodSecurity|AdmissionPolicy"),
    (Refusal.TOO_LONG, r"Too long|[Rr]equest entity too large|[Rr]equest is too large|more than \d+ bytes"),
    (Refusal.ORDER, r"order in patch list|setElementOrder"),
    (Refusal.IMMUTABLE, r"field is immutable|is immutable|may not be changed|updates to .* for fields other than|"
                        r"forbidden after creation|may not change once set|cannot be (changed|updated|made smaller)"),
    (Refusal.UNKNOWN_FIELD, r"field not declared in schema|unknown field|strict decoding error"),
    (Refusal.CONFLICT, r"Apply failed with \d+ conflict|conflict with "),
    (Refusal.NAMESPACE, r'namespaces? "[^"]*" not found|because it is being terminated'),
    (Refusal.VERSION, r"could not find version "),
    (Refusal.KIND, r"could not find the requested resource|no matches for kind|CRD is installed|"
                   r"resource mapping not found|failed to discover server resources"),
    (Refusal.RIGHTS, r"is forbidden: User |cannot (get|list|create|patch|update|delete) resource"),
    (Refusal.INVALID, r"is invalid|Invalid value|Required value|Unsupported value|Duplicate value|"
                      r"cannot unmarshal|unable to decode|cannot be handled as|expected .* got|typed patch"),
)  # fmt: skip


STATED = re.compile(r'([a-zA-Z][\w.\[\]-]*): (?:Invalid|Unsupported|Duplicate) value: ("[^"]*"|-?\d+)')
"""A field and its value in a message of the API server (apimachinery, field.Error)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused object: why, and the server's own words."""

    key: ObjectKey
    why: Refusal
    message: str


def failing(application: Application, commits: Sequence[Commit] = ()) -> bool:
    """Whether the last operation failed (or is being retried) at the revision that is compared now.

    A revision is as good where `commits` (of the repository, newest first) show that it says the same.
    """
    if not ended_badly(application):
        return False
    revisions = revisions_of(mapping(application.operation, "syncResult"))
    if not revisions:
        return False
    return revisions == application.revisions or _says_the_same(application, revisions[0], commits)


def _says_the_same(application: Application, revision: str, commits: Sequence[Commit]) -> bool:
    """Whether no commit after a revision touches the plain folder of an application; a merge may bring anything."""
    later = list(takewhile(lambda commit: commit.revision != revision, commits))
    if len(application.sources) != 1 or source_type(application, 0) != "directory" or len(later) == len(commits):
        return False
    folder = application.sources[0].path.strip("./")
    inside = (name for commit in later for name in commit.files if not folder or name.startswith(f"{folder}/"))
    return all(commit.files and len(commit.parents) < 2 for commit in later) and not any(inside)


def ended_badly(application: Application) -> bool:
    """Whether the last operation failed, or is being retried, at whatever revision."""
    phase = text(application.operation, "phase")
    return phase in FAILED or (phase == "Running" and bool(refused(application)))


def result_of(application: Application, key: ObjectKey) -> JsonObject | None:
    """What the last sync said of an object; None where it did not get to it."""
    rows = items(application.operation, "syncResult", "resources")
    found = (row for row in rows if is_object(row) and _key(row)[:2] == key[:2] and _key(row).name == key.name)
    return next((row for row in found if _key(row).namespace in (key.namespace, "")), None)


def refused(application: Application) -> tuple[Refused, ...]:
    """The objects that the last sync could not apply, and the hooks that failed in it."""
    rows = [row for row in items(application.operation, "syncResult", "resources") if is_object(row)]
    applied = [row for row in rows if text(row, "status") == "SyncFailed"]
    hooks = [row for row in rows if text(row, "hookType") and text(row, "hookPhase") in FAILED and row not in applied]
    return (
        *(Refused(_key(row), classify(text(row, "message")), text(row, "message")) for row in applied),
        *(Refused(_key(row), Refusal.HOOK, text(row, "message")) for row in hooks),
    )


def still_refused(row: Refused, target: MaybeJson) -> bool:
    """Whether git still states the very value that an earlier sync was refused for."""
    found = STATED.search(row.message)
    if found is None:
        return False
    path = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", found[1])]
    return child(target, *path) in (found[2].strip('"'), _number(found[2]))


def _number(spelled: str) -> int | None:
    return int(spelled) if spelled.lstrip("-").isdigit() else None


def classify(message: str) -> Refusal:
    """The reason in a message of the API server or of Argo CD."""
    return next((why for why, pattern in PATTERNS if re.search(pattern, message)), Refusal.OTHER)


def selected(application: Application, key: ObjectKey) -> bool:
    """Whether the last operation meant this object: all of them, unless it named some."""
    named = items(application.operation, "operation", "sync", "resources")
    here = (key.group, key.kind, key.name)
    return not named or any((text(row, "group"), text(row, "kind"), text(row, "name")) == here for row in named)


def decisive(message: str) -> str:
    """The part of a message that says what is wrong, short enough for a sentence."""
    cut = re.sub(r'^error when (patching|creating|replacing|applying patch) "[^"]*": ', "", " ".join(message.split()))
    shown = re.sub(r"(Invalid value: )(\{|\").{60,}?([\}\"]): ", r"\1…: ", cut)
    return shown if len(shown) <= 240 else f"{shown[:140]} … {shown[-90:]}"


def _key(row: JsonObject) -> ObjectKey:
    return ObjectKey(text(row, "group"), text(row, "kind"), text(row, "namespace"), text(row, "name"))
