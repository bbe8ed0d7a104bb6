"""The operator of a custom resource writes into its own resource's spec.

Why it happens: many operators complete the object that they serve: they resolve a short version to a full one, fill
in images and settings, or add the rules that they derive from git's. Git holds the sparse object, the cluster the
full one.

What proves it: the object is a custom resource, and its own operator wrote this path: the same manager writes the
object's status, or its name is that of the resource's API group or says "operator". Git leaves the path out, states
it empty, or states the beginning of the very value that the operator resolved.

What would refute it: somebody else owns the path; git states another value, which a controller replaced; live still
is what the last sync wrote; the value is a default of the resource's schema.

Remedies: pin in git what live says, where it is short and constant. Ignore what the operator generates, by path or by
manager (`managedFieldsManagers`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import ownership, quoted
from whydrift.core.explain.filled_in import may_be_default
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import controllers, overwrote, writes_status
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SCHEMAS
from whydrift.core.model.managers import Entry
from whydrift.core.model.values import ABSENT, MaybeJson, is_empty

NOT_CUSTOM = frozenset({"apiextensions.k8s.io", "apiregistration.k8s.io"})
"""API groups of the server itself whose kinds client-go does not register."""
SAYS_NOTHING = frozenset({"controller", "manager", "operator", "webhook", "cluster", "kube", "kubernetes"})
"""Words in managers' names that do not tell whose they are."""


def concerns(subject: Subject, difference: Difference) -> bool:
    """What its operator alone wrote into a custom resource, completing what git states."""
    entries = controllers(subject, difference)
    return (
        _custom(subject)
        and bool(entries)
        and all(_serves(subject, entry) for entry in entries)
        and completed(difference.target, difference.live)
        and overwrote(subject, difference)
    )


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what the operator completed and no default explains."""
    for difference in concerned:
        if may_be_default(subject, difference):
            continue
        entries = controllers(subject, difference)
        stated = "nothing" if difference.target is ABSENT else f"only {quoted(difference.target)}"
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.ATTRIBUTED,
            why=f"{entries[0].manager}, the operator of {subject.key.kind} objects, wrote {quoted(difference.live)}"
            f" where git states {stated}",
            evidence=(
                *(ownership(entry, subject.knowledge.people) for entry in entries),
                Evidence("managed-fields", _why_operator(subject, entries[0])),
            ),
        )


def completed(target: MaybeJson, live: MaybeJson) -> bool:
    """Whether live says more than git and contradicts nothing: git leaves it out, empty, or states its beginning.

    A number or word that goes on is another one: `16.4` completes `16`, not `1`.
    """
    if target is ABSENT or is_empty(target):
        return live is not ABSENT
    if not isinstance(target, str) or not isinstance(live, str) or not live.startswith(target):
        return False
    return not re.match(r"\d\d|[a-zA-Z]{2}", live[len(target) - 1 :])


def _custom(subject: Subject) -> bool:
    known = subject.knowledge.types.knows(subject.object.api_version, subject.key.kind)
    return "." in subject.key.group and subject.key.group not in NOT_CUSTOM and not known


def _serves(subject: Subject, entry: Entry) -> bool:
    """Whether a manager is the operator of the object's kind."""
    return writes_status(subject, entry) or entry.manager.endswith("operator") or _named_alike(subject, entry)


def _why_operator(subject: Subject, entry: Entry) -> str:
    if writes_status(subject, entry):
        return f"{entry.manager} also writes the status of this {subject.key.kind}"
    return f"{entry.manager} is the name of the operator of {subject.key.group}"


def _named_alike(subject: Subject, entry: Entry) -> bool:
    words = re.findall(r"[a-z0-9]{4,}", entry.manager.lower())
    return any(word in subject.key.group for word in words if word not in SAYS_NOTHING)


CAUSE = Cause(
    id="operator-completes-spec",
    title="its operator completes the object",
    side=Side.CONTROLLER,
    explain=explain,
    concerns=concerns,
    helps=needs(SCHEMAS),
)
