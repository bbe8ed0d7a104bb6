"""Hooks: which objects a sync runs instead of keeping, in which phases, and the order of waves.

Sources: gitops-engine/pkg/sync/hook, pkg/sync/syncwaves, pkg/sync/resource/annotations.go, controller/hook.go.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from whydrift.core.compare.tracking import string_map
from whydrift.core.model.values import JsonObject

HOOK = "argocd.argoproj.io/hook"
DELETE_POLICY = "argocd.argoproj.io/hook-delete-policy"
WAVE = "argocd.argoproj.io/sync-wave"
HELM_HOOK = "helm.sh/hook"
HELM_DELETE_POLICY = "helm.sh/hook-delete-policy"
HELM_WEIGHT = "helm.sh/hook-weight"
SYNC_OPTIONS = "argocd.argoproj.io/sync-options"
COMPARE_OPTIONS = "argocd.argoproj.io/compare-options"

PHASES = ("PreSync", "Sync", "PostSync", "SyncFail")
POLICIES = ("HookSucceeded", "HookFailed", "BeforeHookCreation")
_HELM_TYPES = {
    "pre-install": "PreSync",
    "pre-upgrade": "PreSync",
    "post-install": "PostSync",
    "post-upgrade": "PostSync",
}
_HELM_POLICIES = {
    "before-hook-creation": "BeforeHookCreation",
    "hook-succeeded": "HookSucceeded",
    "hook-failed": "HookFailed",
}
_INTEGER = re.compile(r"[+-]?[0-9]+")


def annotation_options(obj: JsonObject, annotation: str) -> tuple[str, ...]:
    """The comma-separated values of an annotation, trimmed, each once."""
    stated = (string_map(obj, "annotations") or {}).get(annotation, "")
    return tuple(dict.fromkeys(value.strip() for value in stated.split(",") if value.strip()))


def option_value(options: Sequence[str], name: str) -> str | None:
    """The value of the first `name=value` among options, or None."""
    return next((option.removeprefix(f"{name}=") for option in options if option.startswith(f"{name}=")), None)


def hook_types(obj: JsonObject) -> tuple[str, ...]:
    """The hook types of an object; Helm's only where Argo CD's annotation has no type that Argo CD knows."""
    own = tuple(value for value in annotation_options(obj, HOOK) if value in (*PHASES, "Skip"))
    return own or tuple(_HELM_TYPES[value] for value in annotation_options(obj, HELM_HOOK) if value in _HELM_TYPES)


def says_hook(obj: JsonObject) -> bool:
    """Whether an object says anything about hooks; most do not, and are none of any type."""
    annotations = string_map(obj, "annotations") or {}
    return HOOK in annotations or HELM_HOOK in annotations


def is_skipped(obj: JsonObject) -> bool:
    """Whether an object is never applied: its only hook type is Skip."""
    return hook_types(obj) == ("Skip",)


def is_hook(obj: JsonObject) -> bool:
    """Whether an object is a hook for a sync; any value of the annotation makes it one, even nonsense."""
    annotations = string_map(obj, "annotations") or {}
    if HOOK in annotations:
        return not is_skipped(obj)
    return annotations.get(HELM_HOOK, "crd-install") != "crd-install"


def is_ignored_hook(obj: JsonObject) -> bool:
    """Whether an object is a hook that no sync ever runs, such as a Helm test."""
    return is_hook(obj) and not hook_types(obj)


def is_delete_hook(obj: JsonObject, when: str) -> bool:
    """Whether an object is a hook of `when` (PreDelete or PostDelete), which the controller runs at deletion."""
    helm = "pre-delete" if when == "PreDelete" else "post-delete"
    return when in annotation_options(obj, HOOK) or helm in annotation_options(obj, HELM_HOOK)


def counts_as_hook(obj: JsonObject) -> bool:
    """Whether the controller shows an object as a hook."""
    return is_hook(obj) or is_delete_hook(obj, "PreDelete") or is_delete_hook(obj, "PostDelete")


def is_only_delete_hook(obj: JsonObject) -> bool:
    """Whether an object waits for the deletion of the application and takes no part in a comparison."""
    at_deletion = is_delete_hook(obj, "PreDelete") or is_delete_hook(obj, "PostDelete")
    return at_deletion and not set(PHASES) & set(hook_types(obj))


def phases(obj: JsonObject) -> tuple[str, ...]:
    """The phases of a sync in which an object is applied; none for a skipped one."""
    if is_skipped(obj):
        return ()
    types = hook_types(obj)
    return tuple(phase for phase in PHASES if phase in types) if is_hook(obj) else ("Sync",)


def delete_policies(obj: JsonObject) -> tuple[str, ...]:
    """When a hook is deleted; before it is created anew where nothing valid is stated."""
    own = [value for value in annotation_options(obj, DELETE_POLICY) if value in POLICIES]
    helm = [_HELM_POLICIES[value] for value in annotation_options(obj, HELM_DELETE_POLICY) if value in _HELM_POLICIES]
    return (*own, *helm) or ("BeforeHookCreation",)


def wave(obj: JsonObject) -> int:
    """The sync wave; Helm's hook weight where none is stated or it is no integer; else 0."""
    annotations = string_map(obj, "annotations") or {}
    stated = (_integer(annotations.get(name)) for name in (WAVE, HELM_WEIGHT))
    return next((value for value in stated if value is not None), 0)


def _integer(value: str | None) -> int | None:
    """An integer as strconv.Atoi takes it: 64 bit, decimal, with a sign at most."""
    if value is None or not _INTEGER.fullmatch(value):
        return None
    number = int(value)
    return number if -(2**63) <= number < 2**63 else None
