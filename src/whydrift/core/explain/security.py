"""Weakened security: changes of schema fields that allow pods, peers or subjects more (decisions.md, "Side").

What each field allows: Kubernetes, Pod Security Standards; NetworkPolicy and RBAC as their API documents say.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Final

from whydrift.core.explain.change import Change
from whydrift.core.explain.traffic import lets_through_more
from whydrift.core.model.values import ABSENT, Json, MaybeJson, is_empty, items, same, text

_DANGEROUS: Final = frozenset(
    {"privileged", "hostNetwork", "hostPID", "hostIPC", "allowPrivilegeEscalation", "automountServiceAccountToken"}
)
_ALLOWED_BY_DEFAULT: Final = frozenset({"allowPrivilegeEscalation", "automountServiceAccountToken"})
_PROTECTING: Final = frozenset({"runAsNonRoot", "readOnlyRootFilesystem"})
_CONTEXTS: Final = frozenset({"securityContext", "seccompProfile", "appArmorProfile", "seLinuxOptions", "drop"})
_ROOT_IDS: Final = frozenset({"runAsUser", "runAsGroup"})
_TEXT_FIELDS: Final = frozenset({"annotations", "labels", "data", "stringData", "binaryData"})
_POD_SECURITY: Final = "pod-security.kubernetes.io/enforce"
_LEVELS: Final = ("privileged", "baseline", "restricted")


def weakening(change: Change) -> str:
    """What a change weakens, as a sentence; "" where it weakens nothing."""
    match change.key.group, change.key.kind:
        case "networking.k8s.io", "NetworkPolicy":
            return "the policy now allows traffic that git's does not" if _opens(change) else ""
        case "rbac.authorization.k8s.io", "Role" | "ClusterRole":
            return "the role now grants more than git's does" if _grants_more(change) else ""
        case "rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding":
            return "the role is now given to more subjects than git says" if _binds_more(change) else ""
        case "", "Namespace":
            return "the namespace now enforces a weaker pod security" if _lowers(change) else ""
        case _:
            return f"{change.name or 'the new item'} protects less than git says" if _bares(change) else ""


def _bares(change: Change) -> bool:
    """Whether pods are less contained than before."""
    old, new = change.before, change.after
    if not _TEXT_FIELDS.isdisjoint(change.path):
        return False
    if change.name in _DANGEROUS:
        return (new is True and old is not True) or (
            change.name in _ALLOWED_BY_DEFAULT and old is False and new is ABSENT
        )
    if change.name in _PROTECTING:
        return old is True and new is not True
    if change.name in _ROOT_IDS:
        return same(new, 0) and not same(old, 0)
    if change.name in _CONTEXTS and new is ABSENT:
        return not is_empty(old)
    return _allows_more_of_the_node(change)


def _allows_more_of_the_node(change: Change) -> bool:
    """Capabilities added or no longer dropped, profiles switched off, whole items that are dangerous."""
    if change.path[-2:] in (("seccompProfile", "type"), ("appArmorProfile", "type")):
        return change.after == "Unconfined"
    if "capabilities" in change.path[-3:-1]:
        return ("add" in change.path and change.after is not ABSENT) or (
            "drop" in change.path and change.after is ABSENT
        )
    return change.before is ABSENT and _is_dangerous(change.after)


def _is_dangerous(value: MaybeJson) -> bool:
    if isinstance(value, dict):
        return any(
            (key in _DANGEROUS and part is True) or key == "hostPath" or _is_dangerous(part)
            for key, part in value.items()
        )
    return isinstance(value, list) and any(_is_dangerous(item) for item in value)


def _lowers(change: Change) -> bool:
    if change.path[:2] != ("metadata", "labels") or change.name != _POD_SECURITY:
        return False
    old, new = _level(change.before), _level(change.after)
    return new < old or (change.before is ABSENT and change.after == _LEVELS[0])


def _level(value: MaybeJson) -> int:
    """How much a level enforces; nothing stated is the cluster's own default, mostly privileged."""
    return _LEVELS.index(value) if isinstance(value, str) and value in _LEVELS else 0


def _opens(change: Change) -> bool:
    """Whether a policy allows a peer or port that no rule allowed before, or no longer covers a direction."""
    if change.path[:2] == ("spec", "policyTypes"):
        covered = (set(_texts(items(side, "spec", "policyTypes"))) for side in (change.was, change.now))
        return not next(covered) <= next(covered)
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        if change.path[:2] == ("spec", direction):
            old, new = items(change.was, "spec", direction), items(change.now, "spec", direction)
            return lets_through_more(old, new, peers)
    return False


def _binds_more(change: Change) -> bool:
    old, new = items(change.was, "subjects"), items(change.now, "subjects")
    return change.path[:1] == ("subjects",) and not all(any(_is_same(a, b) for b in old) for a in new)


def _is_same(a: Json, b: Json) -> bool:
    return all(text(a, part) == text(b, part) for part in ("kind", "name", "namespace"))


def _grants_more(change: Change) -> bool:
    known = [grant for rule in items(change.was, "rules") for grant in _grants(rule)]
    wanted = [grant for rule in items(change.now, "rules") for grant in _grants(rule)]
    return change.path[:1] == ("rules",) and not all(any(_within(a, b) for b in known) for a in wanted)


def _grants(rule: Json) -> Iterable[tuple[str, ...]]:
    """What a rule grants, one by one: (group, resource, name, verb), or ("", "", URL, verb)."""
    verbs = _texts(items(rule, "verbs"))
    names = _texts(items(rule, "resourceNames")) or ["*"]
    yield from product(_texts(items(rule, "apiGroups")), _texts(items(rule, "resources")), names, verbs)
    yield from product([""], [""], _texts(items(rule, "nonResourceURLs")), verbs)


def _within(grant: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return all(b in ("*", a) for a, b in zip(grant, other, strict=True))


def _texts(values: list[Json]) -> list[str]:
    return [value for value in values if isinstance(value, str)]
