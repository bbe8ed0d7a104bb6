"""Somebody changed the value in the cluster, by hand or with a script, after the last sync.

Why it happens: an incident, an experiment, a quick fix: kubectl, k9s, a desktop client or a web page wrote the value,
and nobody wrote it into git.

What proves it: git still says what the last sync wrote (target = base), live says something else, and the managed
fields name a person's tool at this path. The name of a library (node-fetch, OpenAPI-Generator) is a script or a person.
A removed field, a zero and a new order leave no name: there the claim only coincides, and says so.

What would refute it: git moved since the last sync, or a controller, webhook or pipeline owns the path or wrote the
object since; the field is a mark that tools leave on all they write; an autoscaler may have scaled to zero itself.

Remedies: adopt the value into git, or restore git's with a sync. Ask whoever did it; never guess.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.copies import CLIENT_SIDE_APPLY, is_copy, pipeline_marks
from whydrift.core.explain.evidence import ownership, quoted, written_by
from whydrift.core.explain.hands import hands_at, hands_since, is_unsigned
from whydrift.core.explain.sides import Leaning, leaning
from whydrift.core.explain.since_sync import cluster_changed, git_changed
from whydrift.core.explain.stamps import is_stamp
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import (
    ARGOCD_VERSION,
    AUTOSCALERS,
    POD_METRICS,
    SCALED_OBJECTS,
    SCHEMAS,
    SYNCED_MANIFESTS,
)
from whydrift.core.model.managers import Entry


def concerns(subject: Subject, difference: Difference) -> bool:
    """Fields, not whole objects; where the base is known already, only those that the cluster alone changed."""
    if difference.whole or is_stamp(difference.path):
        return False
    return subject.base is None or (cluster_changed(subject, difference) and not git_changed(subject, difference))


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what people's tools wrote over what the last sync left, and what vanished without a name."""
    of_a_job = bool(pipeline_marks(subject))
    for difference in concerned:
        writers = hands_at(subject, difference)
        if of_a_job and (not writers or writers[0].manager == CLIENT_SIDE_APPLY):
            continue
        if writers and not _may_be_default(subject, difference):
            yield _signed(subject, difference, writers, concerned)
        elif not writers and is_unsigned(subject, difference, subject.base_at(difference)):
            yield _unsigned(subject, difference)


def _may_be_default(subject: Subject, difference: Difference) -> bool:
    """Whether a field of a list's item may be a default of an unread schema: whoever writes the list owns those too."""
    in_item = any(isinstance(step, int) for step in difference.path[:-1]) and isinstance(difference.path[-1], str)
    return difference.kind is Kind.EXTRA and in_item and subject.schema is None


def _signed(
    subject: Subject, difference: Difference, writers: tuple[Entry, ...], concerned: tuple[Difference, ...]
) -> Explanation:
    lean = _leaning(subject, difference)
    if is_copy(writers[0]) and not _only_raises(subject, writers[0], concerned):
        lean = Leaning(Side.ASK, (Evidence("managed-fields", f"{writers[0].manager} put a whole copy in place"),))
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.ATTRIBUTED,
        why=f"{writers[0].manager} changed {_from_to(subject, difference)}",
        evidence=(*(ownership(entry, subject.knowledge.people) for entry in writers), _base(subject), *lean.evidence),
        side=lean.unlike(Side.ASK),
    )


def _unsigned(subject: Subject, difference: Difference) -> Explanation:
    near = hands_since(subject)
    lean = _leaning(subject, difference)
    seen = f"{written_by(near[-1])} wrote this object since" if near else "such a change leaves no name"
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.COINCIDES,
        why=f"somebody changed {_from_to(subject, difference)}; who did is not recorded",
        evidence=(_base(subject), Evidence("managed-fields", f"nobody owns this place; {seen}"), *lean.evidence),
        side=lean.unlike(Side.ASK),
    )


def _leaning(subject: Subject, difference: Difference) -> Leaning:
    return leaning(subject, difference, subject.base_at(difference))


def _only_raises(subject: Subject, writer: Entry, concerned: tuple[Difference, ...]) -> bool:
    """Whether all that a copy changed is raised; one that also lowers is another copy, not a scale-up."""
    mine = [difference for difference in concerned if writer in hands_at(subject, difference)]
    return all(_leaning(subject, difference).side is Side.CLUSTER for difference in mine)


def _from_to(subject: Subject, difference: Difference) -> str:
    if difference.order:
        return "the order of a list whose order means something"
    return f"{quoted(subject.base_at(difference))}, which the last sync wrote, to {quoted(difference.live)}"


def _base(subject: Subject) -> Evidence:
    assert subject.base is not None, "the engine asks only causes whose needs are met"
    return Evidence("base", f"git says what the last sync wrote: {subject.base.says}")


CAUSE = Cause(
    id="person-edits-live",
    title="somebody changed it in the cluster",
    side=Side.ASK,
    explain=explain,
    concerns=concerns,
    needs=needs(SYNCED_MANIFESTS),
    wishes=needs(AUTOSCALERS, SCALED_OBJECTS, POD_METRICS, SCHEMAS, ARGOCD_VERSION),
)
