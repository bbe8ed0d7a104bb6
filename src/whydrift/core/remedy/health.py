"""Whether an application got worse: its health and that of its parts, before and after something was done."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from whydrift.core.model.objects import ObjectKey, key_of_row
from whydrift.core.model.values import JsonObject, items, text

RANKS = {"": 0, "Healthy": 0, "Suspended": 0, "Progressing": 1, "Missing": 2, "Degraded": 2, "Unknown": 2}
"""How bad each of Argo CD's words on health is (gitops-engine pkg/health/health.go)."""
UNSETTLED = 1
Health = dict[ObjectKey | None, str]
"""Argo CD's word on each object; None stands for the application itself."""


def health_of(application: JsonObject, tree: JsonObject) -> Health:
    """What an Application (API answer) and its resource tree say of health."""
    stated: Health = {key_of_row(row): text(row, "health", "status") for row in _rows(application)}
    stated |= {key_of_row(node): text(node, "health", "status") for node in _nodes(tree)}
    return {**stated, None: text(application, "status", "health", "status")}


def _rows(application: JsonObject) -> Iterator[JsonObject]:
    return (row for row in items(application, "status", "resources") if isinstance(row, dict))


def _nodes(tree: JsonObject) -> Iterator[JsonObject]:
    return (node for node in items(tree, "nodes") if isinstance(node, dict) and "health" in node)


def worse(before: Health, after: Health, gone: Collection[ObjectKey], patience_is_over: bool) -> str:
    """What got worse, in words; "" where nothing did. `gone` are the objects that were meant to go.

    What is Progressing may settle: it counts once patience is over.
    """
    bar = 0 if patience_is_over else UNSETTLED
    for key, now in after.items():
        earlier = before.get(key, "")
        if key in gone or _rank(now) <= max(_rank(earlier), bar):
            continue
        name = "the application" if key is None else str(key)
        return f"{name} is {now} (it was {earlier or 'not there'})"
    return ""


def _rank(status: str) -> int:
    return RANKS.get(status, max(RANKS.values()))


def with_children(tree: JsonObject, keys: Collection[ObjectKey]) -> frozenset[ObjectKey]:
    """Objects together with everything that a resource tree says belongs to them, at any depth."""
    found = set(keys)
    nodes = [(key_of_row(row), _parents(row)) for row in items(tree, "nodes") if isinstance(row, dict)]
    while more := {key for key, parents in nodes if key not in found and parents & found}:
        found |= more
    return frozenset(found)


def _parents(node: JsonObject) -> set[ObjectKey]:
    return {key_of_row(row) for row in items(node, "parentRefs") if isinstance(row, dict)}
