"""Git states the object more than once, and the last statement wins without a word.

Why it happens: two files of a folder, two sources or two templates render one object with different contents. Argo CD
takes the last one, applies it and says Synced; whatever the other one states is never there.

What proves it: Argo CD's own condition RepeatedResourceWarning names this object and how often it appeared.

What would refute it: no such condition.

Remedies: one owner: keep one of the statements, drop or merge the others.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.unseen import REPEATED, stated_by_conditions
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength


def concerns(subject: Subject, difference: Difference) -> bool:
    """Objects that a condition names as repeated."""
    return difference.whole and bool(REPEATED.match(stated_by_conditions(subject.application).get(subject.key, "")))


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what the condition names."""
    message = stated_by_conditions(subject.application)[subject.key]
    found = REPEATED.match(message)
    times = found.group(5) if found else "several"
    yield Explanation(
        paths=frozenset(d.path for d in concerned),
        strength=Strength.ATTRIBUTED,
        why=f"git renders it {times} times; the last one wins, the others never arrive",
        evidence=(Evidence("condition", f"RepeatedResourceWarning: {message}"),),
    )


CAUSE = Cause(
    id="object-rendered-twice",
    title="git states the object more than once",
    side=Side.STRUCTURE,
    explain=explain,
    concerns=concerns,
    hidden=True,
)
