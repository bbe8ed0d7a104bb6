"""Somebody added something in the cluster that git does not state, and Argo CD's comparison does not look at it.

Why it happens: a debug variable, an emergency switch, one more port or label, a paused rollout: put there by hand or
by a script. Most comparisons look only at what git states, so Argo CD says Synced, and no sync takes it away.

What proves it: only live has it; the managed fields name a person's tool (or a library) at this path and nobody else,
Argo CD included; and live without it would not get it again: it is no default of the type, schema or server.

What would refute it: a controller or pipeline owns the path; git stated it at the last sync; it stands in the entry of
whoever created the object, where every default stands too; a known injector or webhook puts it there; it is a mark that
tools leave on all they touch; the kind's defaults are not known.

Remedies: adopt it into git, or take it away by hand; ask whoever put it there. A sync leaves it alone,
unless it stands in something that a sync sends whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.additions import adders, is_addition
from whydrift.core.explain.autoscalers import autoscalers_of
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.copies import pipeline_marks
from whydrift.core.explain.evidence import ownership, quoted
from whydrift.core.explain.hands import is_hand, is_shared, may_be_updater
from whydrift.core.explain.next_sync import leaves_addition
from whydrift.core.explain.raised import REPLICAS
from whydrift.core.explain.requests import may_be_injected
from whydrift.core.explain.sides import leaning
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import (
    ADMISSION_POLICIES,
    AUTOSCALERS,
    CRDS,
    NAMESPACE,
    SCALED_OBJECTS,
    SCHEMAS,
    WEBHOOKS,
)
from whydrift.core.model.managers import Entry
from whydrift.core.model.values import ABSENT


def concerns(subject: Subject, difference: Difference) -> bool:
    """What only live has and only people's tools own."""
    if difference.kind is not Kind.EXTRA or difference.whole:
        return False
    added = adders(subject, difference)
    return bool(added) and all(is_hand(subject, entry) and not is_shared(entry, difference) for entry in added)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what people's tools added, unless the server, git or a webhook may have done it."""
    if pipeline_marks(subject):
        return
    for difference in concerned:
        refutations = (_was_in_git, may_be_injected, _scaled, may_be_updater)
        if is_addition(subject, difference) and not any(refuted(subject, difference) for refuted in refutations):
            yield _added(subject, difference, adders(subject, difference))


def _scaled(subject: Subject, difference: Difference) -> bool:
    """Whether the number of replicas may be an autoscaler's, to which git leaves it."""
    unread = not subject.facts.known(AUTOSCALERS)
    return difference.path == REPLICAS and (unread or bool(autoscalers_of(subject)))


def _was_in_git(subject: Subject, difference: Difference) -> bool:
    return subject.base is not None and subject.base_at(difference) is not ABSENT


def _added(subject: Subject, difference: Difference, writers: tuple[Entry, ...]) -> Explanation:
    lean = leaning(subject, difference, ABSENT)
    when = f" at {writers[0].time}" if writers[0].time else ""
    stays = ", and a sync leaves it alone" if leaves_addition(subject, difference) else ""
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.ATTRIBUTED,
        why=f"{writers[0].manager} added {quoted(difference.live)}{when}; git does not state it{stays}",
        evidence=(
            *(ownership(entry, subject.knowledge.people) for entry in writers),
            Evidence("defaults", "no default of the kind and nothing that the server allocates puts it there"),
            *lean.evidence,
        ),
        side=lean.unlike(Side.ASK),
    )


CAUSE = Cause(
    id="person-adds-what-diff-ignores",
    title="somebody added it in the cluster, and Argo CD does not look there",
    side=Side.ASK,
    explain=explain,
    concerns=concerns,
    helps=needs(SCHEMAS),
    wishes=needs(WEBHOOKS, ADMISSION_POLICIES, AUTOSCALERS, SCALED_OBJECTS, NAMESPACE, CRDS),
    hidden=True,
)
