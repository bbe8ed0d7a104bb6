"""What else lives where an object lives: the objects that may use it, and the kinds that could not be listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from whydrift.core.model.references import Reference, references
from whydrift.core.model.values import JsonObject

NOT_RECORDED = "not in the recording"
"""Why a list is not there that nobody recorded: recorders ask for the kinds that a namespace holds."""


@dataclass(frozen=True)
class Neighbours:
    """Objects of a namespace (or of a whole cluster), each with apiVersion and kind.

    `read` are the kinds that were listed, `unread` those that were not, each with the reason.
    """

    objects: tuple[JsonObject, ...] = ()
    read: frozenset[str] = frozenset()
    unread: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def users(self) -> tuple[tuple[JsonObject, frozenset[Reference]], ...]:
        """Each object with what it names."""
        return tuple((obj, references(obj)) for obj in self.objects)
