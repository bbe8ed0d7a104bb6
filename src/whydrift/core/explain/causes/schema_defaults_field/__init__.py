"""Git leaves a field out, and the custom resource's schema fills it in.

Why it happens: a CRD may state a `default` for a field. The API server writes it into every object that leaves the
field out, or states null there. Argo CD's structured merge compares lists of custom resources whole, so the filled-in
field counts as a difference; so does every one in a list under three-way, once one item really differs.

What proves it: the schema of the version in use has a default at this very path; applied to git's object as the API
server does it, it gives exactly the live value.

What would refute it: the schema has no default there, or another one than live has; git states the field itself.

Remedies: pin the value in git; or compare server-side (`ServerSideDiff=true`), which closes all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.filled_in import default_at
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SCHEMAS
from whydrift.core.model.values import ABSENT, same


def concerns(subject: Subject, difference: Difference) -> bool:
    """Fields of a custom resource that only live has, or that git states as null."""
    unstated = difference.target is ABSENT or difference.target is None
    return unstated and difference.live is not ABSENT and not difference.whole and subject.custom


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what the schema's defaults, applied to the target, turn into the live value."""
    for difference in concerned:
        if same(default_at(subject, difference.path), difference.live):
            stated = "nothing" if difference.target is ABSENT else "null"
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.REPLAYED,
                why=f"the CRD's schema fills in {quoted(difference.live)} where git states {stated}",
                evidence=(
                    Evidence(
                        "schemas", f"{subject.object.api_version} {subject.key.kind} has this default at this path"
                    ),
                    Evidence("replay", "its defaults applied to git's object give the live value"),
                ),
            )


CAUSE = Cause(
    id="schema-defaults-field",
    title="the custom resource's schema fills the field in",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
    needs=needs(SCHEMAS),
)
