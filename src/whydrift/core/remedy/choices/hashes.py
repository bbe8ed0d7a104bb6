"""What a checksum is a hash of: the difference of a ConfigMap or Secret of the same application."""

from __future__ import annotations

import re

from whydrift.core.explain.base import base_of
from whydrift.core.explain.engine import Finding
from whydrift.core.explain.subject import Subject
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Field
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.remedy.choices.case import Case

HASHED = ("ConfigMap", "Secret")
Hashed = tuple[Finding, Subject, Field]


def hashed(case: Case) -> Hashed | None:
    """The finding of what is hashed, with its subject and its place; None where none differs."""
    items = {item.key: item for item in case.subject.siblings}
    words = set(re.findall(r"[a-z0-9]+", str(case.difference.path[-1]).lower()))
    found = [key for key in case.situation.findings if key.kind in HASHED and key != case.key and key in items]
    near = max(found, key=lambda key: (_said(case, key), _alike(key, words)), default=None)
    if near is None or not case.situation.findings[near]:
        return None
    finding = case.situation.findings[near][0]
    return finding, _subject(case, items[near]), Field(near, finding.difference.path)


def _said(case: Case, key: ObjectKey) -> bool:
    """Whether the explanation names the object."""
    return str(key) in case.because


def _alike(key: ObjectKey, words: set[str]) -> int:
    parts = set(re.findall(r"[a-z0-9]+", key.name.lower())) | {key.kind.lower()}
    return len(parts & words)


def _subject(case: Case, item: ObjectSnapshot) -> Subject:
    facts = case.situation.facts(item.key)
    findings = case.situation.findings[item.key]
    base = base_of(case.application, item, facts)
    differences = tuple(finding.difference for finding in findings)
    own = case.subject
    return Subject(own.application, item, differences, own.knowledge, base, own.siblings, facts)
