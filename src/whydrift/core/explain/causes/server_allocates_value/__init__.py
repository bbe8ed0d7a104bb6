"""Git states as empty what the API server or a binder allocates.

Why it happens: an exported Service has its cluster IP and node ports blanked instead of removed, or a chart renders
`clusterIP: ""`, `nodePort: 0`, `volumeName: ""`, a Route's `host: ""` from empty values. Empty means "choose one": the
server chooses, and git keeps asking for nothing. Applied server-side, Argo CD even owns the empty value, and the
difference never ends.

What proves it: the field is one that the server allocates, git states its empty value, or stated it when the last sync
wrote it, and live holds a value.

What would refute it: git left the field out then as well, or states a value of its own.

Remedies: drop the line from git, in the template where that writes it; once it is dropped, a sync lets go of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.allocations import is_allocated
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SYNCED_MANIFESTS
from whydrift.core.model.values import ABSENT, MaybeJson, child, is_empty

VOLUME = ("spec", "volumeName")
"""A field that cannot change: applied server-side, the empty value in git makes every sync fail (measured.md 57)."""


def concerns(subject: Subject, difference: Difference) -> bool:
    """Allocated fields; where Argo CD does not show it, only what syncs fail on."""
    fails = difference.path == VOLUME and subject.server_side and difference.target is not ABSENT
    return is_allocated(subject.key, difference.path) and (difference.shown or fails)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what git states empty, or did at the last sync, and live holds a value for."""
    for difference in concerned:
        stated = _stated(subject, difference)
        if difference.live is ABSENT or is_empty(difference.live):
            continue
        if stated is not ABSENT and is_empty(stated):
            yield _claim(difference, stated, Strength.REPLAYED, "git states {}, which asks the server to choose")
        elif stated is ABSENT and (before := _before(subject, difference)) is not ABSENT and is_empty(before):
            why = "git has dropped {} since the last sync, which asked the server to choose"
            yield _claim(difference, before, Strength.ATTRIBUTED, why)


def _claim(difference: Difference, empty: MaybeJson, strength: Strength, why: str) -> Explanation:
    says = f"{quoted(empty)} is the empty value of a field that the server allocates"
    return Explanation(
        paths=frozenset({difference.path}),
        strength=strength,
        why=f"{why.format(quoted(empty))}; it chose {quoted(difference.live)}",
        evidence=(Evidence("target" if strength is Strength.REPLAYED else "base", says),),
    )


def _before(subject: Subject, difference: Difference) -> MaybeJson:
    """What the last sync wrote here, ABSENT where that is not known."""
    return subject.base_at(difference) if subject.base is not None else ABSENT


def _stated(subject: Subject, difference: Difference) -> MaybeJson:
    """What git's own manifest says here, also where Argo CD's comparison drops an empty value."""
    return child(subject.object.target, *difference.path) if difference.target is ABSENT else difference.target


CAUSE = Cause(
    id="server-allocates-value",
    title="git states empty what the server allocates",
    side=Side.CONTROLLER,
    explain=explain,
    concerns=concerns,
    helps=needs(SYNCED_MANIFESTS),
    everywhere=True,
)
