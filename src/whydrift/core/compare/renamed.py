"""Items of lists whose key was changed in place: lists are merged by key, so that one seems gone and one added."""

from __future__ import annotations

from whydrift.core.model.values import MaybeJson, child, mapping, same

PORTS = ("port", "containerPort")
"""The numbers by which ports are merged."""
KEYS = (*PORTS, "name", "mountPath", "devicePath")
"""The merge keys that people change in place."""


def is_renamed(stated: MaybeJson, item: MaybeJson) -> bool:
    """Whether an item is a stated one under another key: a port of another number, or all else is the same."""
    differing = [key for key, part in mapping(stated).items() if not same(child(item, key), part)]
    return any(key in PORTS for key in differing) or (len(differing) == 1 and differing[0] in KEYS)
