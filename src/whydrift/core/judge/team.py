"""Who looks after an application, as one of its own labels or annotations says."""

from __future__ import annotations

import re

from whydrift.core.model.application import Application
from whydrift.core.model.secrets import masked

TEAMS = re.compile(r"(?i)(?:^|[./_-])(?:teams?|squad|owners?|owned[-_]?by)$")
"""The last word of a label or annotation that names a team."""


def team_of(application: Application) -> str:
    """The team of an Application: its labels first, then its annotations; "" where none says."""
    for stated in (application.labels, application.annotations):
        named = [key for key, team in stated.items() if TEAMS.search(key) and team.strip() and not masked(team)]
        if named:
            return stated[min(named, key=lambda key: (not key.lower().endswith(("team", "teams")), key))].strip()
    return ""
