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
    stated = text(target, "metadata", "annotations", IGNORE_DIFFERENCES)
    pointers = _pointers(stated) if stated and IN_OBJECTS.holds(release) else ()
    if target is None or not pointers:
        return ()
    key = key_of(target)
    return (IgnoreRule(key.group, key.kind, key.name, key.namespace, pointers, origin=IGNORE_DIFFERENCES),)


@lru_cache(512)
def _pointers(stated: str) -> tuple[str, ...]:
    try:
        document = msgspec.yaml.decode(stated)
        refuse_bombs(document)
        decoded: Json = msgspec.to_builtins(document, str_keys=True)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ()
    return strings(decoded, "jsonPointers")
