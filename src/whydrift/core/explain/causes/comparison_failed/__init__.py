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
from whydrift.core.explain.evidence import ownership, quoted
from whydrift.core.explain.failures import Failure, classify, decisive
from whydrift.core.explain.subject import About, Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.people import Writer

SOMEBODY = (Writer.PERSON, Writer.LIBRARY, Writer.PIPELINE, Writer.UNKNOWN)


def concerns(subject: Subject, difference: Difference) -> bool:
    """The conditions of an application that was not compared, and what differs in an object that was not."""
    return difference.path == CONDITIONS if difference.shown else not subject.object.compared


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim the failed comparison with the decisive part of the message, and what somebody changed unseen behind it."""
    for difference in concerned:
        found = _failed(subject, difference) if difference.shown else _unseen(subject, difference)
        if found is not None:
            yield found


def _failed(subject: Subject, difference: Difference) -> Explanation:
    messages = [(kind, message) for kind, message in subject.application.conditions if kind in FAILED]
    kind, message = messages[0] if messages else ("", "")
    failure = classify(message)
    why = f"{failure.says}: {decisive(message)}" if message else "Argo CD did not compare it, and no condition says why"
    not_compared = [str(item.key) for item in subject.siblings if not item.compared]
    evidence = [Evidence("condition", f"{kind}, {failure.value}: {message[:1000]}")] if message else []
    if not_compared:
        evidence.append(Evidence("managed resources", f"both sides are empty for {', '.join(not_compared[:5])}"))
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.ATTRIBUTED,
        why=why,
        evidence=tuple(evidence) or (Evidence("status", f"sync status {subject.application.sync}"),),
        side=_side(subject, failure),
    )


def _side(subject: Subject, failure: Failure) -> Side:
    """Git is not to blame for what it holds since the last sync: then something in the cluster changed."""
    application = subject.application
    same_commit = bool(application.revisions) and application.revisions == application.synced_revisions
    return Side.ASK if failure.side is Side.GIT and same_commit else failure.side


def _unseen(subject: Subject, difference: Difference) -> Explanation | None:
    """A value that somebody else than Argo CD and controllers wrote into an object that is called Synced uncompared."""
    people = subject.knowledge.people
    writers = [entry for entry in subject.owners(difference) if people.writer(entry.manager) in SOMEBODY]
    if not writers:
        return None
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.ATTRIBUTED,
        why=f"Argo CD says Synced without having compared it: git has {quoted(difference.target)}, "
        f"live has {quoted(difference.live)}",
        evidence=(
            Evidence("managed resources", "both of Argo CD's sides are empty, although git and the cluster have it"),
            *(ownership(entry, people) for entry in writers),
        ),
        side=Side.ASK,
    )


CAUSE = Cause(
    id="comparison-failed",
    title="Argo CD could not compare the application",
    side=Side.ASK,
    explain=explain,
    concerns=concerns,
    about=About.APPLICATION,
    everywhere=True,
)
