"""An ignore rule that syncs respect keeps a release from arriving: git moved on, every sync leaves the old value.

Why it happens: with RespectIgnoreDifferences a sync sends live's own value wherever a rule ignores a field. A rule that
covers what releases change (the image, a whole template) keeps every release out. Argo CD reports a successful sync of
the new commit, says Synced, and the old version runs on.

What proves it: the application respects ignore rules, a rule takes exactly this place out, nobody but Argo CD owns it,
and live holds what git said at an earlier revision and no longer says.

What would refute it: a person, a controller or a webhook set the value; git never said what live has; no rule covers
the place.

Remedies: narrow the rule to what it was meant for, then sync.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.earlier import once_in_git
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.ignoring import RESPECT, left_out, respected, rule_over
from whydrift.core.explain.meaning import means_same
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import argocd_alone
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import EARLIER_MANIFESTS, SETTINGS, SYNCED_MANIFESTS


def concerns(subject: Subject, difference: Difference) -> bool:
    """What the comparison leaves out, syncs respect, and Argo CD alone wrote."""
    return (
        respected(subject)
        and left_out(subject, difference)
        and argocd_alone(subject, difference)
        and not means_same(subject, difference)
    )


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what a rule covers and live still has from an earlier revision."""
    for difference in concerned:
        rule, once = rule_over(subject, difference), once_in_git(subject, difference)
        if rule is not None and once:
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.ATTRIBUTED,
                why=f"git says {quoted(difference.target)}; the ignore rule {rule.origin} and {RESPECT} keep"
                f" {quoted(difference.live)}, which git said before",
                evidence=(
                    Evidence("rule", f"{rule.origin} takes this place out, and syncs leave it as it is ({RESPECT})"),
                    Evidence("managed-fields", "nobody but Argo CD wrote this place"),
                    Evidence("earlier", once),
                ),
            )


CAUSE = Cause(
    id="stopped-by-rule",
    title="an ignore rule that syncs respect keeps it from arriving",
    side=Side.GIT,
    explain=explain,
    concerns=concerns,
    helps=needs(EARLIER_MANIFESTS, SYNCED_MANIFESTS, SETTINGS),
    hidden=True,
)
