"""Changes of an Application that is in no git: JSON merge patches (RFC 7386), and what takes them back.

Lists are replaced as a whole by a merge patch: they are stated with what is there already.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.model.application import COMPARE_OPTIONS, Application
from whydrift.core.model.remedy import Choice, RemedyKind
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, child, is_object, items, mapping, same

SERVER_SIDE_DIFF = "ServerSideDiff=true"
RULES = ("spec", "ignoreDifferences")
SYNC_OPTIONS = ("spec", "syncPolicy", "syncOptions")
ANNOTATION = ("metadata", "annotations", COMPARE_OPTIONS)
SELECTORS = ("jsonPointers", "jqPathExpressions", "managedFieldsManagers")


def patch_of(application: Application, choices: Iterable[Choice]) -> JsonObject:
    """The merge patch that puts rules, options and marks of some choices in place; {} where all are there."""
    patch: JsonObject = {}
    chosen = tuple(choices)
    rules = _with_rules(items(application.raw, *RULES), [choice.rule for choice in chosen if choice.rule])
    if rules != items(application.raw, *RULES):
        patch = _merged(patch, RULES, rules)
    stated = items(application.raw, *SYNC_OPTIONS)
    options = [o for choice in chosen for o in choice.options if o != SERVER_SIDE_DIFF and o not in stated]
    if options:
        patch = _merged(patch, SYNC_OPTIONS, [*stated, *dict.fromkeys(options)])
    marks = {name: value for choice in chosen for name, value in choice.marks}
    for name, value in marks.items():
        if child(application.raw, "metadata", "annotations", name) != value:
            patch = _merged(patch, ("metadata", "annotations", name), value)
    server_side = any(c.kind is RemedyKind.SERVER_SIDE_DIFF or SERVER_SIDE_DIFF in c.options for c in chosen)
    if server_side and SERVER_SIDE_DIFF not in application.compare_options:
        patch = _merged(patch, ANNOTATION, ",".join([*sorted(application.compare_options), SERVER_SIDE_DIFF]))
    return patch


def merged(before: JsonObject, after: JsonObject) -> JsonObject:
    """The merge patch that makes one object of another: null takes a key away, lists are stated as a whole."""
    patch: JsonObject = {key: None for key in before if key not in after}
    for key, value in after.items():
        stood = before.get(key, ABSENT)
        if is_object(value) and is_object(stood):
            inner = merged(stood, value)
            if inner:
                patch[key] = inner
        elif not same(stood, value):
            patch[key] = value
    return patch


def back(application: Application, patch: JsonObject) -> JsonObject:
    """The merge patch that takes a patch back."""
    return _before(application.raw, patch)


def _before(raw: MaybeJson, patch: JsonObject) -> JsonObject:
    """What stood where a patch writes: null where there was nothing."""
    found: JsonObject = {}
    for key, value in patch.items():
        stood = child(raw, key)
        if is_object(value) and is_object(stood):
            found[key] = _before(stood, value)
        else:
            found[key] = None if stood is ABSENT else stood
    return found


def _with_rules(stated: list[Json], rules: Iterable[JsonObject]) -> list[Json]:
    """The rules with others added: one for the same objects takes up what it lacks, no rule is written twice."""
    result = list(stated)
    for rule in rules:
        head = {key: value for key, value in rule.items() if key not in SELECTORS}
        place = next((n for n, one in enumerate(result) if _head(one) == head), None)
        if place is None:
            result.append(rule)
            continue
        held = mapping(result[place])
        added = {k: [*items(held, k), *(v for v in items(rule, k) if v not in items(held, k))] for k in SELECTORS}
        result[place] = {**held, **{key: value for key, value in added.items() if value}}
    return result


def _head(rule: Json) -> JsonObject:
    return {key: value for key, value in mapping(rule).items() if key not in SELECTORS}


def _merged(patch: JsonObject, path: tuple[str, ...], value: Json) -> JsonObject:
    """A patch with a value at a path."""
    first, *rest = path
    return {**patch, first: _merged(mapping(patch, first), tuple(rest), value) if rest else value}
