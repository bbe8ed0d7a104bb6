"""What each page shows, out of the store: values for a template. They block: pages are made in threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from whydrift.web.asked import Asked
from whydrift.web.site import Site


class NotFound(Exception):
    """There is no such page for this reader: not there, or not theirs, which is not told apart."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A template with its values."""

    template: str
    values: Mapping[str, object]


View = Callable[[Site, Asked], Shown]
