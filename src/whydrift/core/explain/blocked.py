"""What keeps an object from being pruned: marks, options, finalizers (gitops-engine pkg/sync, Argo CD 3.5)."""

from __future__ import annotations

from whydrift.core.explain.subject import Subject
from whydrift.core.model.explanation import Evidence
from whydrift.core.model.values import items, text

HELM_POLICY = "helm.sh/resource-policy"
OWN_FINALIZERS = frozenset({"kubernetes", "foregroundDeletion", "orphan"})


def blocks_pruning(subject: Subject) -> tuple[Evidence, ...]:
    """Why a sync with prune would not remove the object, or does not get it done; () where it would."""
    return tuple(found for found in (_marked(subject), _option(subject), _confirm(subject), _stuck(subject)) if found)


def _marked(subject: Subject) -> Evidence | None:
    if "Prune=false" in subject.sync_options:
        return Evidence("sync-options", "the object says Prune=false: a prune leaves it alone")
    if text(subject.object.live, "metadata", "annotations", HELM_POLICY) == "keep":
        return Evidence("resource-policy", f"the object says {HELM_POLICY}: keep: a prune leaves it alone")
    return None


def _option(subject: Subject) -> Evidence | None:
    if "Prune=false" in subject.application.sync_options and "Prune=true" not in subject.sync_options:
        return Evidence("sync-options", "the application says Prune=false for all that it manages")
    return None


def _confirm(subject: Subject) -> Evidence | None:
    stated = subject.sync_options | subject.application.sync_options
    asked = (subject.object.row or {}).get("requiresDeletionConfirmation") is True
    if asked or "Prune=confirm" in stated:
        return Evidence("sync-options", "Prune=confirm: a prune waits until somebody approves it")
    return None


def _stuck(subject: Subject) -> Evidence | None:
    since = text(subject.object.live, "metadata", "deletionTimestamp")
    holding = [name for name in items(subject.object.live, "metadata", "finalizers") if name not in OWN_FINALIZERS]
    if since and holding:
        named = ", ".join(str(name) for name in holding)
        return Evidence("finalizers", f"deleted at {since}, held by the finalizer {named}")
    return Evidence("deletion", f"it is being deleted since {since}") if since else None
