"""The syncs that an Application remembers: which one applied an object last, and from which state of git."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whydrift.core.model.objects import ObjectKey, key_of_row
from whydrift.core.model.values import Json, JsonObject, is_object, items, mapping, text


@dataclass(frozen=True, slots=True)
class LastSync:
    """A sync: its revisions, its sources without the revisions that they name, and its RFC 3339 start and end.

    `of_compared_state` says whether these are git and the Application's own parameters as the verdict was computed.
    """

    revisions: tuple[str, ...]
    parameters: tuple[Json, ...]
    started: str
    finished: str
    of_compared_state: bool


@dataclass(frozen=True, slots=True)
class Syncs:
    """The last successful sync of the whole application, and a later operation with the objects that it applied.

    The history holds whole, successful syncs only; what a later operation applied stands in `syncResult.resources`
    (gitops-engine sync_context.go, setResourceResult; reference/measured.md 26 and 50).
    """

    whole: LastSync | None
    later: LastSync | None
    applied: frozenset[ObjectKey]

    @classmethod
    def of(
        cls,
        history: Sequence[JsonObject],
        operation: JsonObject,
        compared: tuple[tuple[str, ...], tuple[Json, ...]],
    ) -> Syncs:
        """Out of `status.history`, `status.operationState`, and the revisions and sources that were compared."""
        last: JsonObject = history[-1] if history else {}
        deployed = text(last, "deployedAt")
        whole = _sync(last, text(last, "deployStartedAt") or deployed, deployed, compared) if history else None
        result, finished = operation.get("syncResult"), text(operation, "finishedAt")
        if not is_object(result) or (history and finished <= deployed):
            return cls(whole, None, frozenset())
        later = _sync(result, text(operation, "startedAt"), finished, compared)
        return cls(whole, later, frozenset(key for row in items(result, "resources") for key in _applied(row)))

    def last(self, key: ObjectKey) -> LastSync | None:
        """The last sync that is known to have applied this object; a selective or half-failed one only where it did."""
        return self.later if key in self.applied else self.whole


def ran_no_hook(operation: JsonObject, compared: tuple[tuple[str, ...], tuple[Json, ...]]) -> bool:
    """Whether the last sync took all of the compared state, ended well and ran no hook: that state has none to run.

    Every hook of a sync is among its results (gitops-engine pkg/sync/sync_context.go, setResourceResult); a selective
    one runs none (controller/sync.go, WithOperationSettings).
    """
    result = mapping(operation, "syncResult")
    if text(operation, "phase") != "Succeeded" or items(operation, "operation", "sync", "resources"):
        return False
    hooks = any(text(row, "hookType") for row in items(result, "resources"))
    return not hooks and _sync(result, "", "", compared).of_compared_state


def revisions_of(holder: JsonObject) -> tuple[str, ...]:
    """The revisions in a status, a history entry or a sync's result, one for each source."""
    several = tuple(str(revision) for revision in items(holder, "revisions"))
    one = text(holder, "revision")
    return several or ((one,) if one else ())


def parameters(source: Json) -> Json:
    """A source without the revision that it names."""
    return {key: part for key, part in source.items() if key != "targetRevision"} if is_object(source) else source


def _sync(
    holder: JsonObject, started: str, finished: str, compared: tuple[tuple[str, ...], tuple[Json, ...]]
) -> LastSync:
    revisions = revisions_of(holder)
    stated = tuple(map(parameters, tuple(items(holder, "sources")) or (holder.get("source"),)))
    return LastSync(revisions, stated, started, finished, (revisions, stated) == compared)


def _applied(row: Json) -> tuple[ObjectKey, ...]:
    """The keys of a row of a sync's result, if it was applied; it gives cluster-scoped objects a namespace."""
    if not is_object(row) or text(row, "status") != "Synced":
        return ()
    named = key_of_row(row)
    return named, named._replace(namespace="")
