"""What is known of an object that git renders and the cluster does not have."""

from __future__ import annotations

from datetime import datetime

from whydrift.core.explain.subject import Subject
from whydrift.core.explain.syncing import APPLIED, result_of
from whydrift.core.model.explanation import Evidence
from whydrift.core.model.values import child, is_object, text


def was_applied(subject: Subject) -> Evidence | None:
    """That a sync made the object: its own result says so, or the last synced revision held it."""
    result = result_of(subject.application, subject.key)
    if result is not None and text(result, "status") in APPLIED:
        at = text(subject.application.operation, "finishedAt")
        return Evidence("operation", f"{text(result, 'message') or text(result, 'status')} by the sync of {at}")
    if subject.base is not None and is_object(subject.base.manifest):
        return Evidence("base", f"the last sync held it: {subject.base.says}")
    return None


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
