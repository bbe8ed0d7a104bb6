"""Git leaves a field out, and the custom resource's schema fills it in.

Why it happens: a CRD may state a `default` for a field. The API server writes it into every object that leaves the
field out, or states null there. Argo CD's structured merge compares lists of custom resources whole, so the filled-in
field counts as a difference; so does every one in a list under three-way, once one item really differs.

What proves it: the schema of the version in use has a default at this very path; applied to git's object as the API
server does it, it gives exactly the live value. Where the cluster's CRDs cannot be read, the published CRD of a widely
used operator speaks for it, no more, as long as nobody but Argo CD wrote there.

What would refute it: the schema has no default there, or another one than live has; git states the field itself.

Remedies: pin the value in git; or compare server-side (`ServerSideDiff=true`), which closes all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.filled_in import default_at
from whydrift.core.explain.published_defaults import published_default
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import others
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SCHEMAS
from whydrift.core.model.values import ABSENT, same


def concerns(subject: Subject, difference: Difference) -> bool:
    """Fields of a custom resource that only live has, or that git states as null."""
    unstated = difference.target is ABSENT or difference.target is None
    return unstated and difference.live is not ABSENT and not difference.whole and subject.custom


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what the schema's defaults turn into the live value; without a schema, what published CRDs fill in."""
    unreadable = subject.schema is None and SCHEMAS in subject.facts.gaps
    for difference in concerned:
        if same(default_at(subject, difference.path), difference.live):
            yield _replayed(subject, difference)
        elif unreadable and _is_published(subject, difference):
            yield _published(subject, difference)


def _replayed(subject: Subject, difference: Difference) -> Explanation:
    stated = "nothing" if difference.target is ABSENT else "null"
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.REPLAYED,
        why=f"the CRD's schema fills in {quoted(difference.live)} where git states {stated}",
        evidence=(
            Evidence("schemas", f"{subject.object.api_version} {subject.key.kind} has this default at this path"),
            Evidence("replay", "its defaults applied to git's object give the live value"),
        ),
    )


def _is_published(subject: Subject, difference: Difference) -> bool:
    """Whether the published CRD has this default, and nobody but Argo CD is known to have written here."""
    known = published_default(subject.key.group, subject.key.kind, difference.path)
    return same(known, difference.live) and not others(subject, difference)


def _published(subject: Subject, difference: Difference) -> Explanation:
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.COINCIDES,
        why=f"{quoted(difference.live)} is what the published CRD of {subject.key.kind} fills in here",
        evidence=(
            Evidence("published CRDs", f"{subject.key.group} {subject.key.kind} has this default at this path"),
            Evidence("managed-fields", "nobody but Argo CD wrote here; the cluster's own CRDs could not be read"),
        ),
    )


CAUSE = Cause(
    id="schema-defaults-field",
    title="the custom resource's schema fills the field in",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
    helps=needs(SCHEMAS),
)
