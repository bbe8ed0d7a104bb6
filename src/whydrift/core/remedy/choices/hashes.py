"""What a checksum is a hash of: the difference of a ConfigMap or Secret of the same application."""

from __future__ import annotations

import re

from whydrift.core.explain.base import base_of
from whydrift.core.explain.engine import Examined
from whydrift.core.explain.subject import Subject
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Field
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.remedy.choices.case import Case

HASHED = ("ConfigMap", "Secret", "ExternalSecret", "SealedSecret")
CHECKSUM, DRAWN = "checksum-follows-config", "chart-renders-differently-each-time"
NAMED = re.compile(r"checksum|hash|sha(1|256|512)?(sum)?$|md5", re.IGNORECASE)
Hashed = tuple[Examined, Subject, Field]


def is_hash(case: Case) -> bool:
    """Whether the place is a hash of configuration, also of one that is drawn anew."""
    named = case.difference.path[-2:-1] == ("annotations",) and NAMED.search(str(case.difference.path[-1])) is not None
    return case.cause == CHECKSUM or (case.cause == DRAWN and named)


def hashed(case: Case) -> Hashed | None:
    """The finding of what is hashed, with its subject and its place; None where none differs."""
    items = {item.key: item for item in case.subject.siblings}
    found = [key for key in case.situation.findings if key.kind in HASHED and key != case.key and key in items]
    if case.cause == DRAWN:
        found = [key for key in found if _first(case, key) == DRAWN]
    near = max(found, key=lambda key: _likeness(case, key), default=None)
    if near is None:
        return None
    finding = case.situation.findings[near][0]
    return finding, _subject(case, items[near]), Field(near, finding.difference.path)


def _first(case: Case, key: ObjectKey) -> str:
    """The cause of an object's first difference."""
    explanations = case.situation.findings[key][0].explanations
    return explanations[0].cause if explanations else ""


def _likeness(case: Case, key: ObjectKey) -> tuple[int, bool, int]:
    """How well an object fits the name of the hash: words of it in kind and name, named by the explanation, short."""
    words = [word for word in re.findall(r"[a-z]+", str(case.difference.path[-1]).lower()) if not NAMED.search(word)]
    called = f"{key.kind} {key.name}".lower()
    return sum(word in called for word in words), str(key) in case.because, -len(key.name)


def _subject(case: Case, item: ObjectSnapshot) -> Subject:
    facts = case.situation.facts(item.key)
    findings = case.situation.findings[item.key]
    base = base_of(case.application, item, facts)
    differences = tuple(finding.difference for finding in findings)
    own = case.subject
    return Subject(own.application, item, differences, own.knowledge, base, own.siblings, facts)
