"""Changes that a commit wants and that hurt all the same: what they refuse or cut off is not in git's hands."""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.compare.differences import Change
from whydrift.core.model.objects import ObjectKey, group_of
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, child, text

_REFUSING = frozenset(
    {
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("kyverno.io", "ClusterPolicy"),
        ("kyverno.io", "Policy"),
    }
)
"""Kinds that make the API server refuse objects of others."""
_ENFORCING = frozenset({"Enforce", "enforce", "Deny", "deny", "Fail"})
_COUNTS = frozenset({("spec", "replicas"), ("spec", "minReplicas")})
"""Numbers of pods that the server sets to one where nothing is stated."""
POD_SECURITY = "pod-security.kubernetes.io/enforce"


def danger(key: ObjectKey, change: Change) -> str:
    """Why a wanted change is dangerous; "" where nothing is known against it (design/decisions.md)."""
    if key[:2] == ("", "Namespace") and POD_SECURITY in change.left:
        return "pods that the new level does not allow are refused when they are made again"
    if key[:2] == ("", "Service") and change.left[:2] == ("spec", "ports") and change.on_left is not ABSENT:
        named = change.left[-1] in ("port", "protocol") or len(change.left) == 3
        return "clients may still use this port" if named else ""
    return ""


def falls_to_default(change: Change, target: MaybeJson) -> str:
    """Why it is dangerous that git states no number of pods any more; "" where it does, or where not fewer come of it.

    The commit wants to leave the number to somebody: the server sets one pod first (reference/measured.md 2, 19).
    """
    before, after = change.on_left, change.on_right
    if change.left not in _COUNTS or child(target, *change.left) is not ABSENT or not isinstance(before, int):
        return ""
    fewer = before > (after if isinstance(after, int) else 1)
    return "git states no number any more, and the server's own is less" if fewer else ""


def new_danger(made: JsonObject) -> str:
    """Why a new object is dangerous: it refuses what is applied or made again; "" where nothing is known against it."""
    group = group_of(text(made, "apiVersion"))
    refuses = (group, text(made, "kind")) in _REFUSING and not _ENFORCING.isdisjoint(_words(made))
    constraint = group == "constraints.gatekeeper.sh" and text(made, "spec", "enforcementAction") in ("", "deny")
    return "it refuses what does not comply" if refuses or constraint else ""


def _words(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _words(part)
