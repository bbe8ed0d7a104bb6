"""Git states as empty what the API server or a binder allocates.

Why it happens: an exported Service has its cluster IP and node ports blanked instead of removed, or a chart renders
`clusterIP: ""`, `nodePort: 0`, `volumeName: ""` from empty values. Empty means "choose one": the server chooses, and
git keeps asking for nothing. Applied server-side, Argo CD even owns the empty value, and the difference never ends.

What proves it: the field is one that the server allocates, git states its empty value, and live holds a value.

What would refute it: git leaves the field out, or states a value of its own.

Remedies: drop the line from git, in the template where that writes it.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.paths import Path
from whydrift.core.model.values import ABSENT, MaybeJson, child, is_empty

ALLOCATED: dict[str, frozenset[tuple[str, ...]]] = {
    "Service": frozenset(
        {
            ("spec", "clusterIP"),
            ("spec", "clusterIPs"),
            ("spec", "healthCheckNodePort"),
            ("spec", "ipFamilies"),
            ("spec", "ipFamilyPolicy"),
            ("spec", "ports", "*", "nodePort"),
        }
    ),
    "PersistentVolumeClaim": frozenset({("spec", "volumeName"), ("spec", "storageClassName")}),
    "PersistentVolume": frozenset({("spec", "claimRef", "uid"), ("spec", "claimRef", "resourceVersion")}),
    "Pod": frozenset({("spec", "nodeName")}),
}
"""What the API server, the volume binder and the scheduler allocate, by core kind."""


def concerns(subject: Subject, difference: Difference) -> bool:
    """Allocated fields of core kinds."""
    return not subject.key.group and _generic(difference.path) in ALLOCATED.get(subject.key.kind, frozenset())


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what git states empty and live holds a value for."""
    for difference in concerned:
        stated = _stated(subject, difference)
        if (
            stated is not ABSENT
            and is_empty(stated)
            and difference.live is not ABSENT
            and not is_empty(difference.live)
        ):
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.REPLAYED,
                why=f"git states {quoted(stated)}, which asks the server to choose; it chose {quoted(difference.live)}",
                evidence=(
                    Evidence("target", f"{quoted(stated)} is the empty value of a field that the server allocates"),
                ),
            )


def _stated(subject: Subject, difference: Difference) -> MaybeJson:
    """What git's own manifest says here, also where Argo CD's comparison drops an empty value."""
    return child(subject.object.target, *difference.path) if difference.target is ABSENT else difference.target


def _generic(path: Path) -> tuple[str, ...]:
    return tuple("*" if isinstance(step, int) else step for step in path)


CAUSE = Cause(
    id="server-allocates-value",
    title="git states empty what the server allocates",
    side=Side.CONTROLLER,
    explain=explain,
    concerns=concerns,
)
