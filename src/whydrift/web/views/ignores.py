"""The audit of the ignore rules, where one is kept."""

from __future__ import annotations

import msgspec

from whydrift.core.model.audit import FAULTS, IgnoresAnswer, PartAnswer
from whydrift.core.model.finding import ApplicationName
from whydrift.web.asked import Asked
from whydrift.web.site import PAGE, Site
from whydrift.web.views import Shown
from whydrift.web.views.pager import Pager

KEPT = "ignores"
"""The note under which a watcher keeps the audit, as `whydrift ignores -o json` gives it."""


def ignores(site: Site, asked: Asked) -> Shown:
    """The parts of rules that are at fault or hide something, worst first."""
    kept = site.store.recall(KEPT)
    if not kept:
        return Shown("ignores.html", {"audit": None})
    audit = msgspec.json.decode(kept, type=IgnoresAnswer)
    seen = [part for part in audit.rules if is_seen(part, asked)]
    told = [part for part in seen if part.faults or part.hides]
    pager = Pager(asked, len(told), PAGE)
    return Shown(
        "ignores.html",
        {
            "audit": True,
            "at": audit.read.at,
            "parts_count": len(seen),
            "faulty": any(part.faults for part in seen),
            "rows": [(part, of(part)) for part in pager.of(sorted(told, key=_rank))],
            "pager": pager,
        },
    )


def audited_at(kept: str) -> str:
    """When the audit that is kept was made (RFC 3339); "" where none is."""
    return msgspec.json.decode(kept, type=IgnoresAnswer).read.at if kept else ""


def of(part: PartAnswer) -> ApplicationName | None:
    """The application whose rule it is; None for one of the settings."""
    return ApplicationName(part.instance, part.app_namespace, part.application) if part.application else None


def is_seen(part: PartAnswer, asked: Asked) -> bool:
    """Whether the reader may see it: rules of the settings are told with objects of all, to those who see all."""
    name = of(part)
    return asked.visible is None if name is None else asked.sees(name)


def _rank(part: PartAnswer) -> int:
    return min((FAULTS.index(fault.fault) for fault in part.faults), default=len(FAULTS))
