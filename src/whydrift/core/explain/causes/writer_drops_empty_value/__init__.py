"""Git states an empty value, and whoever stores the object leaves empty values out.

Why it happens: `null`, `""`, `0`, `false`, `[]` and `{}` mean "nothing" to many writers. The API server and controllers
that write an object back through its Go types drop them (`omitempty`). Git still has the line, so it differs for ever.

What proves it: the value is its type's zero value, and dropping it from git's object gives the live one at this path.

What would refute it: live holds another value there, or being empty has a meaning of its own (`emptyDir: {}`,
`podSelector: {}`, `automated: {}`): then its absence is a change.

Remedies: drop the line from git, or from the template that writes it.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.paths import Path
from whydrift.core.model.values import is_empty

MEANS_SOMETHING = frozenset(
    {
        "automated",
        "emptyDir",
        "podSelector",
        "namespaceSelector",
        "selector",
        "matchLabels",
        "rules",
        "ingress",
        "egress",
    }
)
"""Keys whose empty value says something else than their absence does (types with pointers or "match all")."""


def concerns(subject: Subject, difference: Difference) -> bool:
    """Empty values that git states and live lacks."""
    return difference.kind is Kind.MISSING and not difference.whole and is_empty(difference.target)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim empty values whose absence means the same."""
    for difference in concerned:
        if _means_nothing(difference.path, difference.target):
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.REPLAYED,
                why=f"git states {quoted(difference.target)}, an empty value, and the stored object leaves it out",
                evidence=(
                    Evidence("target", f"{quoted(difference.target)} is the zero value of its type"),
                    Evidence("replay", "dropping it from git's object gives the live one at this path"),
                ),
            )


def _means_nothing(path: Path, value: object) -> bool:
    return isinstance(value, str | int) or value is None or path[-1] not in MEANS_SOMETHING


CAUSE = Cause(
    id="writer-drops-empty-value",
    title="git states an empty value, which is not stored",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
)
