"""What a site shows, and how: the store, the time, the catalogue of causes, and what it is told of the watching."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from whydrift.core.model.trouble import Category
from whydrift.core.report.cause_page import CausePage
from whydrift.ports.watching import Store
from whydrift.usecases.watch.status import Status
from whydrift.web.access import Access
from whydrift.web.door import Limits

CATEGORIES = frozenset(Category)
TROUBLE = "something is broken"
PAGE = 100
"""Rows of a page."""


@dataclass(frozen=True)
class Site:
    """A site. `root` is the path at which a proxy serves it, `stale` the seconds after which a look is too old.

    `status` is how the watching goes that runs beside. `metrics_token` opens /metrics where not everybody may read
    everything. `stopping` ends what streams.
    """

    store: Store
    now: Callable[[], str]
    causes: Mapping[str, CausePage]
    access: Access
    root: str = ""
    https: bool = False
    stale: int = 3 * 3600
    status: Status | None = None
    metrics_token: str = field(default="", repr=False)
    limits: Limits = field(default_factory=Limits)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def title(self, cause: str) -> str:
        """What a cause says in a few words, or a trouble's category; "" for what is none (unexplained)."""
        page = self.causes.get(cause)
        return page.cause.title if page is not None else TROUBLE if cause in CATEGORIES else ""
