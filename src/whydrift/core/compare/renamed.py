"""Items of lists that took the place of others: lists are merged by key, so that one is gone and one was added."""

from __future__ import annotations

from collections.abc import Set

from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.paths import Path
from whydrift.core.model.values import MaybeJson, child, mapping, same

PORTS = ("port", "containerPort")
"""The numbers by which ports are merged."""
KEYS = (*PORTS, "name", "mountPath", "devicePath")
"""The merge keys that people change in place."""


def is_renamed(stated: MaybeJson, item: MaybeJson) -> bool:
    """Whether an item is a stated one under another key: a port of another number, or all else is the same."""
    differing = [key for key, part in mapping(stated).items() if not same(child(item, key), part)]
    return any(key in PORTS for key in differing) or (len(differing) == 1 and differing[0] in KEYS)


def gone_items(shown: tuple[Difference, ...]) -> set[Path]:
    """Where target's items stand that live lacks, as far as nothing else is shown at the same index."""
    gone = {d.path for d in shown if d.kind is Kind.MISSING and d.path and isinstance(d.path[-1], int)}
    return gone - {d.path for d in shown if d.kind is not Kind.MISSING}


def is_swapped(found: Difference, gone: Set[Path]) -> bool:
    """Whether it is an item that only live has, under the address of one that is gone."""
    return found.kind is Kind.EXTRA and found.path in gone
