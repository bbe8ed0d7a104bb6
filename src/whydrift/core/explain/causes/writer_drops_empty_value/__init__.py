"""Git states an empty value, and whoever stores the object leaves empty values out.

Why it happens: `null`, `""`, `0`, `false`, `[]` and `{}` mean "nothing" to many writers. The API server and controllers
that write an object back through its Go types drop them (`omitempty`), whole blocks of them as well. Git still has the
line, so it differs for ever.

What proves it: the value is empty, its absence means the same by the Go type that the writer uses, and dropping it from
git's object gives the live one at this path. For a custom resource: a controller wrote the object back.

What would refute it: live holds another value there; being empty has a meaning of its own (`emptyDir: {}`,
`podSelector: {}`, `automated: {}`): then its absence is a change; or a person wrote the object since the last sync.

Remedies: drop the line from git, or from the template that writes it.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.empties import dropped, hollow
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import ARGOCD_VERSION, SCHEMAS
from whydrift.core.model.values import is_empty

CONTAINERS: tuple[object, ...] = ([], {})


def concerns(subject: Subject, difference: Difference) -> bool:
    """Empty values that git states and live lacks, or holds as another empty value."""
    missing = difference.kind is Kind.MISSING and hollow(difference.target)
    return not difference.whole and (missing or _null_for_empty(difference))


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim empty values whose absence means the same."""
    for difference in concerned:
        if _null_for_empty(difference):
            yield _same_nothing(difference)
            continue
        proof = dropped(subject, difference)
        if proof is not None:
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=proof.strength,
                why=f"git states {quoted(difference.target)}, an empty value, and {proof.who} leaves those out",
                evidence=(
                    proof.evidence,
                    Evidence("replay", "dropping it from git's object gives the live one at this path"),
                ),
            )


def _null_for_empty(difference: Difference) -> bool:
    """Whether one side says null and the other an empty list or map: the same nothing in Go."""
    sides = (difference.target, difference.live)
    return None in sides and all(side is None or (side in CONTAINERS and is_empty(side)) for side in sides)


def _same_nothing(difference: Difference) -> Explanation:
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.REPLAYED,
        why=f"git states {quoted(difference.target)}, live {quoted(difference.live)}: both mean nothing",
        evidence=(Evidence("types", "null and an empty list or map are one value to Go's types"),),
    )


CAUSE = Cause(
    id="writer-drops-empty-value",
    title="git states an empty value, which is not stored",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
    helps=needs(SCHEMAS),
    wishes=needs(ARGOCD_VERSION),
)
