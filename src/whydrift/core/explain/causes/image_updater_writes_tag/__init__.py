"""An image updater found a newer image in the registry and wrote its tag into the cluster instead of into git.

Why it happens: Keel patches workloads; Argo CD Image Updater with the write-back method `argocd` writes parameters of
the child Application. The parent, or the folder in git, still states the tag of before.

What proves it: the managed fields name an image updater as the only other owner of this path, and live is no more what
the last sync wrote. The updater's annotations on the object say how it was switched on.

What would refute it: a person or another tool owns the path; `keel.sh/policy: never`.

Remedies: let the updater write back to git (`write-back-method: git`), and adopt the tag that runs now.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.evidence import ownership, quoted
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import others, overwrote
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.people import Writer
from whydrift.core.model.values import mapping

SWITCHES = ("keel.sh/", "argocd-image-updater.argoproj.io/")


def concerns(subject: Subject, difference: Difference) -> bool:
    """Places that an image updater owns, and nobody else but Argo CD."""
    if difference.whole:
        return False
    owners = others(subject, difference)
    people = subject.knowledge.people
    return bool(owners) and all(people.writer(entry.manager) is Writer.IMAGE_UPDATER for entry in owners)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what an image updater wrote over what the last sync left."""
    for difference in concerned:
        if not overwrote(subject, difference):
            continue
        owners = others(subject, difference)
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.ATTRIBUTED,
            why=f"{owners[0].manager} wrote {quoted(difference.live)} where git says {quoted(difference.target)}",
            evidence=(*(ownership(entry, subject.knowledge.people) for entry in owners), *_switches(subject)),
        )


def _switches(subject: Subject) -> Iterable[Evidence]:
    for key, value in mapping(subject.object.live, "metadata", "annotations").items():
        if key.startswith(SWITCHES):
            yield Evidence("annotation", f"{key}: {quoted(value)}")


CAUSE = Cause(
    id="image-updater-writes-tag",
    title="an image updater wrote a newer tag into the cluster",
    side=Side.CONTROLLER,
    explain=explain,
    concerns=concerns,
)
