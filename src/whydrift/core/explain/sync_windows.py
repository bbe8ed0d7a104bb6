"""Which sync window holds an application back (Argo CD types.go, SyncWindows.CanSync)."""

from __future__ import annotations

from whydrift.core.model.application import Application
from whydrift.core.model.values import Json, JsonObject, items, text


def holding_window(application: Application, windows: JsonObject) -> str:
    """The window that holds syncs of this application now, "" for none; an automatic sync may be held alone."""
    active, assigned = items(windows, "activeWindows"), items(windows, "assignedWindows")
    denying = [window for window in active if text(window, "kind") == "deny"]
    allowing = [window for window in assigned if text(window, "kind") == "allow"]
    closed = allowing and not any(text(window, "kind") == "allow" for window in active)
    if windows.get("canSync") is not False and not application.automated:
        return ""
    if denying:
        return _named(denying[0], "an active deny window")
    return _named(allowing[0], "an allow window that is closed") if closed else ""


def _named(window: Json, what: str) -> str:
    return f"{what} ({text(window, 'schedule')} for {text(window, 'duration')})"
