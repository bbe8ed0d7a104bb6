"""Rollbacks in Argo CD: the last deployment of the history repeats an earlier one, with another one in between."""

from __future__ import annotations

from whydrift.core.model.application import Application
from whydrift.core.model.values import JsonObject, items, same, text


def rolled_back_to(application: Application) -> str:
    """The time of the earlier deployment that the last one repeats; "" where there is none, or auto-sync is on.

    A rollback deploys the revision and parameters of a history entry again and needs auto-sync to be off (Argo CD
    server/application, Rollback). Syncing one state twice in a row is no rollback; a revert in git has its own commit.
    """
    history = application.history
    if application.automated or len(history) < 3 or _is_same(history[-1], history[-2]):
        return ""
    earlier = [entry for entry in history[:-2] if _is_same(entry, history[-1])]
    return text(earlier[-1], "deployedAt") if earlier else ""


def _is_same(a: JsonObject, b: JsonObject) -> bool:
    if text(a, "revision") != text(b, "revision") or not same(items(a, "revisions"), items(b, "revisions")):
        return False
    return all(same(a.get(part), b.get(part)) for part in ("source", "sources"))
