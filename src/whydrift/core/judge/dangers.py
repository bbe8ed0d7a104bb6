"""Changes that a commit wants and that hurt all the same: what they refuse or cut off is not in git's hands."""

from __future__ import annotations

from whydrift.core.compare.differences import Change
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import ABSENT

POD_SECURITY = "pod-security.kubernetes.io/enforce"


def danger(key: ObjectKey, change: Change) -> str:
    """Why a wanted change is dangerous; "" where nothing is known against it (design/decisions.md)."""
    if key[:2] == ("", "Namespace") and POD_SECURITY in change.left:
        return "pods that the new level does not allow are refused when they are made again"
    if key[:2] == ("", "Service") and change.left[:2] == ("spec", "ports") and change.on_left is not ABSENT:
        named = change.left[-1] in ("port", "protocol") or len(change.left) == 3
        return "clients may still use this port" if named else ""
    return ""
