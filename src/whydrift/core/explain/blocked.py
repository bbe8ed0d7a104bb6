"""What keeps an object from being pruned: marks, options, finalizers (gitops-engine pkg/sync, pruneObject)."""

from __future__ import annotations

from whydrift.core.explain.subject import Subject
from whydrift.core.model.explanation import Evidence
from whydrift.core.model.values import items, text
from whydrift.core.model.versions import Since

HELM_POLICY = "helm.sh/resource-policy"
OF_APPLICATIONS = Since(((3, 4, 0),))
"""Since then what an application says of pruning holds for its objects; before, only what an object says itself."""
OWN_FINALIZERS = frozenset({"kubernetes", "foregroundDeletion", "orphan"})


def blocks_pruning(subject: Subject) -> tuple[Evidence, ...]:
    """Why a sync with prune would not remove the object, or does not get it done; () where it would."""
    return tuple(found for found in (_option(subject), _kept(subject), _stuck(subject)) if found)


def _option(subject: Subject) -> Evidence | None:
    who, stated = _stated(subject)
    if "Prune=false" in stated:
        return Evidence("sync-options", f"{who} says Prune=false: a prune leaves it alone")
    if "Prune=confirm" in stated:
        return Evidence("sync-options", "Prune=confirm: a prune waits until somebody approves it")
    return None


def _stated(subject: Subject) -> tuple[str, frozenset[str]]:
    """Who says whether to prune the object, and what; what the object says itself comes first."""
    own, general = (frozenset(o for o in options if o.startswith("Prune=")) for options in _options(subject))
    if own or not OF_APPLICATIONS.holds(subject.release):
        return "the object", own
    return "the application", general


def _options(subject: Subject) -> tuple[frozenset[str], frozenset[str]]:
    return subject.sync_options, subject.application.sync_options


def _kept(subject: Subject) -> Evidence | None:
    if text(subject.object.live, "metadata", "annotations", HELM_POLICY) == "keep":
        return Evidence("resource-policy", f"the object says {HELM_POLICY}: keep: a prune leaves it alone")
    return None


def _stuck(subject: Subject) -> Evidence | None:
    since = text(subject.object.live, "metadata", "deletionTimestamp")
    holding = [name for name in items(subject.object.live, "metadata", "finalizers") if name not in OWN_FINALIZERS]
    if since and holding:
        named = ", ".join(str(name) for name in holding)
        return Evidence("finalizers", f"deleted at {since}, held by the finalizer {named}")
    return Evidence("deletion", f"it is being deleted since {since}") if since else None
