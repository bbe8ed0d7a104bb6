"""An ignore rule covers this place, and somebody changed it there: a person, a pipeline, or git itself.

Why it happens: a rule was written for a controller's field, wider than needed or long ago; the controller is gone, the
rule stayed. A value that a person sets under it, or a commit changes, shows nowhere: Argo CD says Synced. Without
RespectIgnoreDifferences the next sync writes git's value all the same.

What proves it: the rule, run on git's and the live object, takes exactly this place out; git states one value and live
has another; and the managed fields name a person's tool or a pipeline here, or git changed it since the last sync.
A field that is gone leaves no name: there the claim only coincides, and says so.

What would refute it: a controller or nobody known owns the path, or an autoscaler targets the object: then the rule
does what it is for. Both sides mean the same.

Remedies: adopt the value into git, or let a sync take it back; then narrow the rule, or drop it.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.autoscalers import autoscalers_of
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.changed import changed, may_be_changed
from whydrift.core.explain.ignoring import left_out, respected, rule_over
from whydrift.core.explain.meaning import means_same
from whydrift.core.explain.next_sync import restores
from whydrift.core.explain.raised import REPLICAS
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side
from whydrift.core.model.fact_kinds import (
    ARGOCD_VERSION,
    AUTOSCALERS,
    POD_METRICS,
    SCALED_OBJECTS,
    SCHEMAS,
    SETTINGS,
    SYNCED_MANIFESTS,
)


def concerns(subject: Subject, difference: Difference) -> bool:
    """What git states, live has otherwise, the comparison leaves out, and somebody may be known to have changed."""
    if not left_out(subject, difference) or means_same(subject, difference):
        return False
    no_rule = subject.facts.known(SETTINGS) and rule_over(subject, difference) is None
    return not no_rule and may_be_changed(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what a rule takes out of the comparison and somebody changed."""
    for difference in concerned:
        rule, change = rule_over(subject, difference), changed(subject, difference)
        if rule is None or change is None or (difference.path == REPLICAS and autoscalers_of(subject)):
            continue
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=change.strength,
            why=f"{change.why}; the ignore rule {rule.origin} keeps Argo CD from showing it{_next_sync(subject)}",
            evidence=(Evidence("rule", f"{rule.origin} takes this place out of the comparison"), *change.evidence),
            side=change.unlike(Side.ASK),
        )


def _next_sync(subject: Subject) -> str:
    if respected(subject):
        return ", and syncs leave it as it is"
    return ", and a sync writes git's value" if restores(subject) else ""


CAUSE = Cause(
    id="ignore-rule-hides-change",
    title="an ignore rule hides a change",
    side=Side.ASK,
    explain=explain,
    concerns=concerns,
    helps=needs(SETTINGS, SYNCED_MANIFESTS),
    wishes=needs(AUTOSCALERS, SCALED_OBJECTS, POD_METRICS, SCHEMAS, ARGOCD_VERSION),
    hidden=True,
)
