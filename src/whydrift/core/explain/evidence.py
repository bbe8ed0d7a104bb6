"""How evidence is put into words: values, writers, times, always the same way."""

from __future__ import annotations

import re

import msgspec

from whydrift.core.model.explanation import Evidence
from whydrift.core.model.managers import Entry
from whydrift.core.model.people import People
from whydrift.core.model.secrets import masked
from whydrift.core.model.values import ABSENT, MaybeJson

LONGEST = 60
HIDDEN = re.compile(r'"\+{8,}"')
"""Argo CD's own mask of a Secret's value."""


def quoted(value: MaybeJson) -> str:
    """A value in a sentence: short JSON; "nothing" where it is absent; never a secret."""
    if value is ABSENT:
        return "nothing"
    spelled = msgspec.json.encode(value).decode()
    if masked(spelled) or HIDDEN.fullmatch(spelled):
        return "a masked value"
    return spelled if len(spelled) <= LONGEST else f"{spelled[: LONGEST - 1]}…"


def written_by(entry: Entry) -> str:
    """A managed-fields entry in a sentence: `kubectl-edit (Update) at 2026-11-01T09:00:00Z`."""
    through = f", subresource {entry.subresource}" if entry.subresource else ""
    return f"{entry.manager} ({entry.operation}{through}) {f'at {entry.time}' if entry.time else '(no time recorded)'}"


def ownership(entry: Entry, people: People) -> Evidence:
    """The evidence that an entry owns a path; says of which kind the manager's name is."""
    return Evidence("managed-fields", f"{written_by(entry)}: the name of {people.writer(entry.manager)}")
