"""What is known of an object that git renders and the cluster does not have."""

from __future__ import annotations

import re
from datetime import datetime

from whydrift.core.explain.subject import Subject
from whydrift.core.explain.syncing import APPLIED, result_of, selected
from whydrift.core.model.application import Application
from whydrift.core.model.explanation import Evidence
from whydrift.core.model.objects import ObjectKey, key_of_row
from whydrift.core.model.syncs import revisions_of
from whydrift.core.model.values import child, is_object, items, mapping, text

NOT_WATCHED = re.compile(r"^Resource ([^/ ]*)/(\S+) (\S+) does not match the resource selector ")


def not_watched(application: Application, key: ObjectKey) -> str:
    """Argo CD's word that it does not watch an object, "" where it says no such thing (`resource.selectors`, 3.6).

    Then it finds no live object, whether there is one or not.
    """
    for kind, message in application.conditions:
        named = NOT_WATCHED.match(message) if kind == "ExcludedResourceWarning" else None
        if named and named.groups() == (key.group, key.kind, key.name):
            return message
    return ""


def was_applied(subject: Subject) -> Evidence | None:
    """That a sync made the object, as far as it can be gone: its result or the last synced revision says so."""
    if not_watched(subject.application, subject.key):
        return None
    result = result_of(subject.application, subject.key)
    if result is not None and text(result, "status") in APPLIED:
        at = text(subject.application.operation, "finishedAt")
        return Evidence("operation", f"{text(result, 'message') or text(result, 'status')} by the sync of {at}")
    if subject.base is not None and is_object(subject.base.manifest) and not left_out_by_sync(subject):
        return Evidence("base", f"the last sync held it: {subject.base.says}")
    return None


def left_out_by_sync(subject: Subject) -> bool:
    """Whether the last sync, of everything, lists what it did, and this object is not there: it rendered without it.

    What a chart renders depends on more than git: on the API versions that the cluster has.
    """
    application = subject.application
    operation = application.operation
    result = mapping(operation, "syncResult")
    revisions = revisions_of(result)
    asked = items(operation, "operation", "sync", "syncOptions")
    partly = "ApplyOutOfSyncOnly=true" in (*application.sync_options, *asked)
    of_last = bool(revisions) and revisions == application.synced_revisions
    whole = text(operation, "phase") == "Succeeded" and of_last and not partly
    rows = {_anywhere(key_of_row(row)) for row in items(result, "resources") if is_object(row)}
    return whole and selected(application, subject.key) and bool(rows) and _anywhere(subject.key) not in rows


def _anywhere(key: ObjectKey) -> ObjectKey:
    """A key without its namespace: a sync's result gives one to cluster-scoped objects as well."""
    return key._replace(namespace="")


def expired(subject: Subject) -> Evidence | None:
    """That a Job was applied by a sync and its time to live was over before Argo CD looked again."""
    seconds = child(subject.object.target, "spec", "ttlSecondsAfterFinished")
    job = (subject.key.group, subject.key.kind) == ("batch", "Job")
    applied = was_applied(subject) if job and isinstance(seconds, int) else None
    if applied is None or not isinstance(seconds, int):
        return None
    passed = _seconds_between(subject.application.synced_at, subject.application.reconciled_at)
    return None if passed is None or passed < seconds else applied


def _seconds_between(earlier: str, later: str) -> float | None:
    try:
        return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
    except (ValueError, TypeError):
        return None
