"""Git states a field that the API server does not know, so the server drops it.

Why it happens: a typo, a field under the wrong parent, or one that a newer or older version of the kind has. The API
server keeps only what its types know: what was meant is not in force, and no sync changes that. For a built-in kind
Argo CD then cannot read the object strictly either, and spellings and zeros show up beside it.

What proves it: the kind's Go type, or the CRD's structural schema in the version that git states, has no such field
and does not preserve unknown ones; live has lost exactly this path.

What would refute it: the schema knows the field: then somebody removed it. The schema preserves unknown fields.

Remedies: write the name that was meant (the closest known one is given), move it where it belongs, or drop it.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.pruning import Pruned, pruned
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SCHEMAS
from whydrift.core.model.paths import for_people


def concerns(subject: Subject, difference: Difference) -> bool:
    """Fields that git states and live lacks; of built-in kinds only those that their types do not know."""
    if difference.kind is not Kind.MISSING or difference.whole or isinstance(difference.path[-1], int):
        return False
    if difference.target is None:
        return False
    return subject.custom or pruned(subject, difference.path) is not None


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what the server prunes."""
    for difference in concerned:
        found = pruned(subject, difference.path)
        if found is not None:
            typo = f"; {found.meant} may be meant" if found.meant else ""
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.REPLAYED,
                why=f"git states {found.name}: {quoted(difference.target)}, which the server does not know{typo}",
                evidence=(
                    Evidence("types", _says(subject, found)),
                    Evidence("replay", "dropping what the server does not know gives the live object at this path"),
                ),
            )


def _says(subject: Subject, found: Pruned) -> str:
    place = for_people(found.known, subject.object.target) or "the object"
    kind = f"{subject.object.api_version} {subject.key.kind}"
    return f"{kind} has no field {found.name} in {place} and does not preserve unknown ones"


CAUSE = Cause(
    id="schema-prunes-unknown-field",
    title="the API server does not know the field",
    side=Side.GIT,
    explain=explain,
    concerns=concerns,
    needs=needs(SCHEMAS),
    everywhere=True,
)
