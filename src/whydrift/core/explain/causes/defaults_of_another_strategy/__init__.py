"""The way in which Argo CD compares does not know a default; a server-side diff would not show it.

Why it happens: `ServerSideApply=true` switches Argo CD before 3.6 to structured merge, which knows neither the
defaults of CRD schemas nor those that the API server's own code sets. Inside a list that is compared whole, each of
them then counts as a difference. A server-side diff asks the API server itself, which fills in the same defaults on
both sides.

What proves it: the object is applied server-side and not compared server-side, only live has the field, and the API
server's own defaulting of git's object gives exactly the live value: a dry run would store the same.

What would refute it: the application already compares with `ServerSideDiff=true`; the value is no default; a dry
run (`--dry-run`) answers otherwise.

Remedies: `ServerSideDiff=true` in the application's compare-options closes all of them at once; or pin the values.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.dry_run import answers_as_live
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.filled_in import is_known_default
from whydrift.core.explain.strategy import Strategy, strategy_of
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import ARGOCD_VERSION, DRY_RUN, SCHEMAS


def concerns(subject: Subject, difference: Difference) -> bool:
    """Fields that only live has, compared by structured merge."""
    return difference.kind is Kind.EXTRA and not difference.whole and strategy_of(subject) is Strategy.STRUCTURED


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim the defaults that a dry run would fill in as well."""
    for difference in concerned:
        answered = answers_as_live(subject, difference)
        if answered is not False and is_known_default(subject, difference):
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.REPLAYED,
                why=f"structured merge does not know the default {quoted(difference.live)}; the API server does",
                evidence=(
                    Evidence("sync options", "applied server-side, so Argo CD compares by structured merge"),
                    Evidence("replay", "a server-side diff would have the same value on both sides"),
                    *([Evidence("dry run", "the server's answer has the same value here")] if answered else []),
                ),
            )


CAUSE = Cause(
    id="defaults-of-another-strategy",
    title="another way to compare would not show it",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
    needs=needs(SCHEMAS),
    wishes=needs(DRY_RUN, ARGOCD_VERSION),
)
