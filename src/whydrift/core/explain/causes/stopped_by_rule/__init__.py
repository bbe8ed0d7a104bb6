"""An ignore rule that syncs respect keeps a release from arriving: git moved on, every sync leaves the old value.

Why it happens: with RespectIgnoreDifferences a sync sends live's own value wherever a rule ignores a field. A rule that
covers what releases change (the image, a whole template) keeps every release out. Argo CD reports a successful sync of
the new commit, says Synced, and the old version runs on. In a custom resource a rule about one field of a list's item
is enough: such a sync copies the whole list from live, without what git added to it, and the application stays
OutOfSync for ever.

What proves it: the application respects ignore rules, a rule takes exactly this place out (or, in a custom resource
that was synced since git changed, another place of the list around it), nobody but Argo CD owns it, and live holds what
git said at an earlier revision and no longer says; of an item that git added, the list as git had it before.

What would refute it: a person, a controller or a webhook set the value; git never said what live has; no rule covers
the place; no sync has tried yet to bring what git says.

Remedies: narrow the rule to what it was meant for, then sync.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.copied_lists import list_of, rule_copying
from whydrift.core.explain.earlier import once_in_git
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.ignoring import RESPECT, left_out, respected, rule_over
from whydrift.core.explain.meaning import means_same
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import argocd_alone
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import ARGOCD_VERSION, EARLIER_MANIFESTS, SCHEMAS, SETTINGS, SYNCED_MANIFESTS
from whydrift.core.model.values import ABSENT


def concerns(subject: Subject, difference: Difference) -> bool:
    """What the comparison leaves out, syncs respect, and Argo CD alone wrote."""
    if not respected(subject) or not argocd_alone(subject, difference) or means_same(subject, difference):
        return False
    return left_out(subject, difference) or _was_tried(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what a rule covers and live still has from an earlier revision."""
    for difference in concerned:
        copied = rule_copying(subject, difference)
        rule = copied or rule_over(subject, difference)
        once = once_in_git(subject, difference if copied is None else list_of(subject, difference))
        if rule is not None and once:
            takes = "takes this place out" if copied is None else "takes another place of this list out"
            leave = "leave it as it is" if copied is None else "copy the whole list from live"
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.ATTRIBUTED,
                why=f"git says {quoted(difference.target)}; the ignore rule {rule.origin} and {RESPECT}"
                f" {_keep(difference)}",
                evidence=(
                    Evidence("rule", f"{rule.origin} {takes}, and syncs {leave} ({RESPECT})"),
                    Evidence("managed-fields", "nobody but Argo CD wrote this place"),
                    Evidence("earlier", once),
                ),
            )


def _keep(difference: Difference) -> str:
    if difference.live is ABSENT:
        return "keep it out of the list that git had before"
    return f"keep {quoted(difference.live)}, which git said before"


def _was_tried(subject: Subject, difference: Difference) -> bool:
    """Whether a sync applied what git says now, and live has something else: for a rule that copies the list."""
    last = subject.application.syncs.last(subject.key)
    return last is not None and last.of_compared_state and rule_copying(subject, difference) is not None


CAUSE = Cause(
    id="stopped-by-rule",
    title="an ignore rule that syncs respect keeps it from arriving",
    side=Side.GIT,
    explain=explain,
    concerns=concerns,
    helps=needs(EARLIER_MANIFESTS, SYNCED_MANIFESTS, SETTINGS),
    wishes=needs(SCHEMAS, ARGOCD_VERSION),
    everywhere=True,
)
