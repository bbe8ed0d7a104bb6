"""Ignore rules that an object states itself in git (util/argo/diff/ignore.go :: resolvedIgnores, since Argo CD 3.6)."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from whydrift.core.compare.rules import IgnoreRule, strings
from whydrift.core.model.aliases import refuse_bombs
from whydrift.core.model.objects import key_of
from whydrift.core.model.values import Json, JsonObject, text
from whydrift.core.model.versions import Release, Since

IGNORE_DIFFERENCES = "argocd.argoproj.io/ignore-differences"
IN_OBJECTS = Since(((3, 6, 0),))


def stated_rules(target: JsonObject | None, release: Release) -> tuple[IgnoreRule, ...]:
    """The rule in git's object: JSON pointers only; none where Argo CD cannot read it or does not look for it."""
    stated = _annotation(target)
    pointers = strings(_document(stated), "jsonPointers") if stated and IN_OBJECTS.holds(release) else ()
    return (_rule(target, pointers),) if target is not None and pointers else ()


def unread_rules(target: JsonObject | None, release: Release) -> tuple[tuple[IgnoreRule, str], ...]:
    """What stands in the annotation and has no effect, each with the reason; a rule that states nothing: no YAML."""
    stated = _annotation(target)
    if target is None or not stated:
        return ()
    document = _document(stated)
    pointers, programs = strings(document, "jsonPointers"), strings(document, "jqPathExpressions")
    managers = strings(document, "managedFieldsManagers")
    if not IN_OBJECTS.holds(release):
        why = f"Argo CD {'.'.join(map(str, release))} does not read this annotation, 3.6 and later do"
        return ((_rule(target, pointers, programs, managers), why),)
    if programs or managers:
        return ((_rule(target, (), programs, managers), "of an object's annotation only jsonPointers are read"),)
    return () if pointers else ((_rule(target, ()), "it is no YAML with a list of jsonPointers"),)


def _annotation(target: JsonObject | None) -> str:
    return text(target, "metadata", "annotations", IGNORE_DIFFERENCES) if target is not None else ""


def _rule(
    target: JsonObject, pointers: tuple[str, ...], programs: tuple[str, ...] = (), managers: tuple[str, ...] = ()
) -> IgnoreRule:
    key = key_of(target)
    return IgnoreRule(key.group, key.kind, key.name, key.namespace, pointers, programs, managers, IGNORE_DIFFERENCES)


@lru_cache(512)
def _document(stated: str) -> Json:
    try:
        document = msgspec.yaml.decode(stated)
        refuse_bombs(document)
        decoded: Json = msgspec.to_builtins(document, str_keys=True)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return decoded
