"""What of an Application counts: whether Argo CD says the same of it as when it was looked at last."""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple

import msgspec

from whydrift.core.model.application import Application
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import Json, JsonObject, mapping, text
from whydrift.errors import SourceError
from whydrift.usecases.decode import UNREADABLE

DIGEST = 32
"""Letters of a digest: 128 bits."""
PASSING = (
    "kubectl.kubernetes.io/last-applied-configuration",
    "argocd.argoproj.io/refresh",
    "argocd.argoproj.io/hydrate",
)
NOTES = "notified.notifications.argoproj.io"
"""Where Argo CD's notifications note what they told; no word of Argo CD on the application."""
STATED = "enabled"
"""The one switch of which a stated false differs from none (`syncPolicy.automated.enabled`, Argo CD types.go)."""


def word_of(application: Application) -> str:
    """A digest of what is stated and said of an Application: not of times of looking, versions and managers.

    Both APIs give the same: Argo CD's leaves out what is empty, so that counts for nothing here.
    """
    operation = application.operation
    phase = text(operation, "phase")
    ended: Json = "" if phase == "Running" else [text(operation, "message"), text(operation, "finishedAt")]
    rows: list[Json] = [
        [*key, text(row, "status"), bool(row.get("requiresPruning"))] for key, row in _sorted(application)
    ]
    said: JsonObject = {
        "spec": _without_empty(mapping(application.raw, "spec")),
        "labels": dict(application.labels),
        "annotations": {k: v for k, v in application.annotations.items() if k not in PASSING and k != NOTES},
        "deleted": text(application.raw, "metadata", "deletionTimestamp"),
        "verdict": [application.sync, application.health, phase, ended],
        "conditions": [f"{type_} {message}" for type_, message in sorted(application.conditions)],
        "rows": rows,
    }
    return digest(json.dumps(said, sort_keys=True).encode())


def looked_at(application: Application) -> str:
    """When Argo CD looked at git last, and at which revisions: this moves without a word, and its inputs may have."""
    return " ".join(filter(None, (application.reconciled_at, *application.revisions)))


class Glimpse(NamedTuple):
    """As much of an Application as says whether anything new is said: `digest` is of what counts, as it is spelled."""

    digest: str
    sync: str
    moved: str


def glimpse(content: bytes) -> Glimpse | None:
    """A look at the JSON of an Application that costs next to nothing; None where it has to be decoded as a whole.

    Two digests that are the same mean the same word; two that are not say nothing. `moved` is as `looked_at`.
    """
    try:
        found = _GLIMPSE.decode(content)
    except UNREADABLE:
        return None
    stated, status = found.metadata, found.status
    noted = ((k, v) for k, v in sorted(stated.annotations.items()) if k not in PASSING and k != NOTES)
    operation, verdict = status.operationState, (status.sync.status, status.health.status)
    ended = () if operation.phase == "Running" else (operation.message, operation.finishedAt)
    texts = (*verdict, stated.deletionTimestamp, operation.phase, *ended, *(part for pair in noted for part in pair))
    raw = (bytes(part) for part in (found.spec, stated.labels, status.resources, status.conditions))
    moved = (status.reconciledAt, *(status.sync.revisions or [status.sync.revision]))
    said = digest(b"\0".join((*raw, *(text.encode("utf-8", "surrogatepass") for text in texts))))
    return Glimpse(said, status.sync.status, " ".join(filter(None, moved)))


def version_of(application: Application) -> str:
    """Its resourceVersion."""
    return text(application.raw, "metadata", "resourceVersion")


def digest(content: bytes) -> str:
    """A digest that no two different contents share."""
    return hashlib.sha256(content).hexdigest()[:DIGEST]


def digest_of_resources(content: bytes) -> str:
    """A digest of an answer of `/managed-resources`, whose order says nothing. SourceError where it is none."""
    try:
        found = _ITEMS.decode(content).items or []
    except UNREADABLE as error:
        raise SourceError("managed-resources: not an answer of Argo CD") from error
    return digest(b"".join(sorted(hashlib.sha256(item).digest() for item in found)))


class _Metadata(msgspec.Struct):
    labels: msgspec.Raw = msgspec.Raw()
    annotations: dict[str, str] = msgspec.field(default_factory=dict)
    deletionTimestamp: str = ""


class _Sync(msgspec.Struct):
    status: str = ""
    revision: str = ""
    revisions: list[str] | None = None


class _Health(msgspec.Struct):
    status: str = ""


class _Operation(msgspec.Struct):
    phase: str = ""
    message: str = ""
    finishedAt: str = ""


class _Status(msgspec.Struct):
    sync: _Sync = msgspec.field(default_factory=_Sync)
    health: _Health = msgspec.field(default_factory=_Health)
    operationState: _Operation = msgspec.field(default_factory=_Operation)
    resources: msgspec.Raw = msgspec.Raw()
    conditions: msgspec.Raw = msgspec.Raw()
    reconciledAt: str = ""


class _Application(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    spec: msgspec.Raw = msgspec.Raw()
    status: _Status = msgspec.field(default_factory=_Status)


_GLIMPSE = msgspec.json.Decoder(_Application)


class _Items(msgspec.Struct):
    items: list[msgspec.Raw] | None = None


_ITEMS = msgspec.json.Decoder(_Items)


def _sorted(application: Application) -> list[tuple[ObjectKey, JsonObject]]:
    return sorted(application.rows, key=lambda row: row[0])


def _without_empty(value: Json) -> Json:
    """A value without the keys that hold nothing: null, "", 0, false, [] and {}, the innermost first."""
    if isinstance(value, dict):
        kept = ((key, _without_empty(part)) for key, part in value.items())
        return {key: part for key, part in kept if part or key == STATED}
    return [_without_empty(part) for part in value] if isinstance(value, list) else value
