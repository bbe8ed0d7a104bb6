"""The annotation is a hash of configuration, and that configuration differs as well.

Why it happens: charts put a hash of a ConfigMap or Secret on the pods (`checksum/config: …`), so that a change of the
configuration restarts them. One change therefore shows twice: in the object that is hashed, and in its hash.

What proves it: the annotation is named like a hash and both sides are hashes; live's is the one that the last sync
wrote; and a ConfigMap or Secret of the same application differs too.

What would refute it: nothing that could be hashed differs; somebody other than Argo CD wrote the annotation.

Remedies: those of what it hashes: both go together. A sync restarts the pods.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from whydrift.core.explain.base import git_moved
from whydrift.core.explain.cause import Cause
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import others
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.secrets import masked
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict, once
from whydrift.core.model.values import MaybeJson, child, same

NAMED = re.compile(r"checksum|hash|sha(?:1|256|512)?(?:sum)?\b|md5", re.IGNORECASE)
HASH = re.compile(r"(?:sha\d+:)?[0-9a-z]{8,128}")
HASHED = frozenset({"ConfigMap", "Secret", "ExternalSecret", "SealedSecret"})


def concerns(subject: Subject, difference: Difference) -> bool:
    """Annotations and labels named like a hash that both sides state and only Argo CD wrote."""
    path = difference.path
    if difference.kind is not Kind.MODIFIED or len(path) < 3 or path[-2] not in ("annotations", "labels"):
        return False
    named = isinstance(path[-1], str) and NAMED.search(path[-1]) is not None
    return named and _hash(difference.target) and _hash(difference.live) and not others(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim hashes beside differing configuration."""
    hashed = once(subject.siblings, ("hashed", subject.key.namespace), lambda: _may_be_hashed(subject))
    differing = [item for item in hashed if item.key != subject.key]
    names = set(_texts(child(subject.object.target, "spec")))
    used = [item for item in differing if item.key.name in names]
    for difference in concerned:
        sent = subject.base is not None and same(subject.base_at(difference), difference.live)
        if differing:
            first = (used or differing)[0].key
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.ATTRIBUTED if sent else Strength.COINCIDES,
                why=f"a hash of configuration, and {first} differs too:"
                f" {quoted(difference.live)} is of what runs, {quoted(difference.target)} of what git says",
                evidence=(
                    Evidence("siblings", f"{first} differs{', and these pods use it' if used else ''}"),
                    *((Evidence("base", "live's hash is the one that the last sync wrote"),) if sent else ()),
                ),
                side=Side.GIT if sent and git_moved(subject.application, subject.key) else None,
            )


def _may_be_hashed(subject: Subject) -> list[ObjectSnapshot]:
    near = (i for i in subject.siblings if i.key.namespace == subject.key.namespace and i.key.kind in HASHED)
    return [item for item in near if item.verdict is Verdict.OUT_OF_SYNC and not item.equal]


def _hash(value: MaybeJson) -> bool:
    return isinstance(value, str) and (HASH.fullmatch(value) is not None or masked(value))


def _texts(value: MaybeJson) -> Iterator[str]:
    """Every text below a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


CAUSE = Cause(
    id="checksum-follows-config",
    title="it is a hash of what differs too",
    side=Side.STRUCTURE,
    explain=explain,
    concerns=concerns,
)
