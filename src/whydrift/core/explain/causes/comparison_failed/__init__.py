"""Argo CD could not compare the application, so nothing that it says below this line means anything.

Why it happens: the target cannot be rendered (path, repository, revision, template), an ignore rule does not parse, a
value does not fit its schema, the destination is not known or not permitted, or something did not answer. Argo CD
then says Unknown; every live object looks like a leftover, or both sides look empty.

What proves it: the condition on the Application, in Argo CD's own words; or objects whose two sides were never filled
in although both exist, whatever the status says.

What would refute it: a condition that is about health alone; both sides compared.

Remedies: by the message. Nothing may be pruned, called a leftover or called clean before the comparison works again.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.conditions import CONDITIONS, FAILED
from whydrift.core.explain.failures import classify, decisive
from whydrift.core.explain.subject import About, Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength


def concerns(subject: Subject, difference: Difference) -> bool:
    """The conditions of an application that was not compared."""
    return difference.path == CONDITIONS


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim the failed comparison with the decisive part of the message."""
    messages = [(kind, message) for kind, message in subject.application.conditions if kind in FAILED]
    kind, message = messages[0] if messages else ("", "")
    failure = classify(message)
    why = f"{failure.says}: {decisive(message)}" if message else "objects stand uncompared, and no condition says why"
    not_compared = [str(item.key) for item in subject.siblings if not item.compared]
    evidence = [Evidence("condition", f"{kind}, {failure.value}: {message[:1000]}")] if message else []
    if not_compared:
        evidence.append(Evidence("managed resources", f"both sides are empty for {', '.join(not_compared[:5])}"))
    yield Explanation(
        paths=frozenset(d.path for d in concerned),
        strength=Strength.ATTRIBUTED,
        why=why,
        evidence=tuple(evidence) or (Evidence("status", f"sync status {subject.application.sync}"),),
        side=failure.side,
    )


CAUSE = Cause(
    id="comparison-failed",
    title="Argo CD could not compare the application",
    side=Side.ASK,
    explain=explain,
    concerns=concerns,
    about=About.APPLICATION,
)
