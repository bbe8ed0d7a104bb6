"""The live object does not say which Application it belongs to.

Why it happens: it was there before Argo CD (kubectl, helm, a bootstrap script) and was never synced; or somebody
applied the same manifest from elsewhere, and kubectl took the tracking id away because that copy does not state it. An
object that carries the instance label from before counts as Synced all the same, but is never pruned.

What proves it: git's object carries this application's tracking id and the live one carries none. A managed-fields
entry of another writer that holds the whole object tells who took it away or made the object.

What would refute it: the live id is there and names another Application (then two claim it); Argo CD does not track
by annotation, or the object is a CRD, which needs none.

Remedies: a sync adopts it. Where a pipeline takes the id away again and again, one owner must be found.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.compare.tracking import INSTALLATION_ID, INSTANCE_LABEL, TRACKING_ID
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import ownership
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SETTINGS
from whydrift.core.model.managers import Entry
from whydrift.core.model.people import ARGOCD, Writer
from whydrift.core.model.values import ABSENT, child, is_object, text

WHOLE = (Writer.PERSON, Writer.LIBRARY, Writer.PIPELINE, Writer.UNKNOWN)
"""Writers that may write an object as a whole."""
MARKS = (
    ("metadata", "annotations", TRACKING_ID),
    ("metadata", "annotations", INSTALLATION_ID),
    ("metadata", "annotations"),
    ("metadata", "labels", INSTANCE_LABEL),
)

UNSEEN = "it has the label of before and no tracking id: the comparison lets the label pass, but no prune takes it"


def concerns(subject: Subject, difference: Difference) -> bool:
    """A tracking mark that git's object carries and live does not; unseen, where live has the label instead."""
    if difference.path not in MARKS or difference.kind is not Kind.MISSING:
        return False
    return _only_marks(subject, difference) and (difference.shown or _has_label(subject, difference))


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim the missing marks; say who made or applied the object instead."""
    writers = _writers(subject)
    for difference in concerned:
        if difference.path == MARKS[-1] and not _tracked_by_label(subject):
            continue
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.ATTRIBUTED,
            why=_why(subject, writers) if difference.shown else UNSEEN,
            evidence=(
                Evidence("tracking-id", "git's object has it, the live object has none"),
                *(ownership(entry, subject.knowledge.people) for entry in writers),
            ),
        )


def _has_label(subject: Subject, difference: Difference) -> bool:
    return difference.path == MARKS[0] and bool(text(subject.object.live, *MARKS[-1]))


def _only_marks(subject: Subject, difference: Difference) -> bool:
    if difference.path == ("metadata", "annotations", INSTALLATION_ID):
        return True
    if difference.path != ("metadata", "annotations"):
        return child(subject.object.live, "metadata", "annotations", TRACKING_ID) is ABSENT
    return is_object(difference.target) and set(difference.target) <= {TRACKING_ID, INSTALLATION_ID}


def _tracked_by_label(subject: Subject) -> bool:
    settings = subject.facts.maybe(SETTINGS)
    name = text(subject.object.target, *MARKS[-1])
    by_label = settings is not None and text(settings, "trackingMethod") in ("label", "annotation+label")
    return by_label and name == subject.application.instance_name


def _writers(subject: Subject) -> tuple[Entry, ...]:
    """Who else wrote the object as a whole: the entries, other than Argo CD's, that hold parts of its spec or data."""
    people = subject.knowledge.people
    entries = [e for e in subject.object.managers.entries if not e.subresource and e.manager not in ARGOCD]
    return tuple(e for e in entries if people.writer(e.manager) in WHOLE)


def _why(subject: Subject, writers: tuple[Entry, ...]) -> str:
    applied = any(entry.manager in ARGOCD for entry in subject.object.managers.entries)
    by = f"{writers[-1].manager} " if writers else "somebody "
    if applied:
        return f"{by}wrote the object after Argo CD did, from a copy without the tracking id, which took it away"
    return f"{by}made the object, and no sync of this application has adopted it yet"


CAUSE = Cause(
    id="object-lacks-tracking-id",
    title="the live object lacks the tracking id",
    side=Side.STRUCTURE,
    explain=explain,
    concerns=concerns,
    wishes=needs(SETTINGS),
    everywhere=True,
)
