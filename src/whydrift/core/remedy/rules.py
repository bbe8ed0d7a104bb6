"""The narrowest ignore rule for given differences of one object, as an entry of `spec.ignoreDifferences`.

Pointer before jq, one object before a kind, list items by their key (docs/user-guide/diffing.md of Argo CD).
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.ignoring import RESPECT, respected
from whydrift.core.explain.subject import Subject
from whydrift.core.judge.rule_narrowing import selector
from whydrift.core.model.drift import Difference
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import ABSENT, Json, JsonObject


def narrowest_rule(subject: Subject, differences: Iterable[Difference]) -> JsonObject:
    """The rule that takes out these differences of one object and nothing else.

    The core group is left out: Argo CD drops `group: ""` from an Application (reference/measured.md 36).
    """
    found = [selector(difference, subject.object) for difference in differences]
    rule = _for_object(subject)
    for form, name in (("pointer", "jsonPointers"), ("jq", "jqPathExpressions")):
        texts: list[Json] = [*sorted({text for kind, text in found if kind == form})]
        if texts:
            rule[name] = texts
    return rule


def respect_for(subject: Subject, difference: Difference) -> tuple[str, ...]:
    """The sync option without which a sync writes over what the rule ignores; () where it is not needed or not safe.

    It is not needed where git states nothing, but in a map that is applied as one. A custom resource's list is copied
    whole or loses git's items (reference/measured.md 12, 27, 55).
    """
    in_list = any(isinstance(step, int) for step in difference.path) or isinstance(difference.live, list)
    if respected(subject) or (subject.custom and in_list):
        return ()
    stated = difference.target is not ABSENT
    return (RESPECT,) if stated or (subject.server_side and _is_in_atomic_map(subject, difference)) else ()


def _is_in_atomic_map(subject: Subject, difference: Difference) -> bool:
    """Whether a key lies in a map that has one owner as a whole: applied server-side, git's map takes its place."""
    around = subject.schema.at(difference.path[:-1]) if subject.schema is not None else None
    return around is not None and around.kind != "list" and around.is_atomic


def _for_object(subject: Subject) -> JsonObject:
    key = subject.key
    rule: JsonObject = {"group": key.group} if key.group else {}
    rule |= {"kind": key.kind, "name": key.name}
    if any(_is_namesake(item.key, key) for item in subject.siblings):
        rule["namespace"] = key.namespace
    return rule


def _is_namesake(one: ObjectKey, other: ObjectKey) -> bool:
    return one != other and one._replace(namespace="") == other._replace(namespace="")
