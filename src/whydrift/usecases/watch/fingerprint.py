"""What of an Application counts: whether Argo CD says the same of it as when it was looked at last."""

from __future__ import annotations

import hashlib
import json

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
    return " ".join((application.reconciled_at, *application.revisions))


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
