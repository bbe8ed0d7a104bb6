"""The generation counts the changes of the object's spec; another difference drags it along.

Why it happens: with `IncludeMutationWebhook=true` Argo CD compares live with what a dry run of the whole object
answers. The API server raises `metadata.generation` in that answer for any change of the spec, so that the number
shows as a difference beside the real one (reference/measured.md 58).

What proves it: git states no generation, the comparison includes what webhooks mutate, and another path of the same
object differs.

What would refute it: git states a generation itself (then the number was exported with the object); nothing else
differs.

Remedies: none of its own: it goes with the difference that it follows.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.subject import Subject
from whydrift.core.model.application import COMPARE_OPTIONS
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.values import ABSENT, child, text

GENERATION = ("metadata", "generation")
WITH_WEBHOOKS = "IncludeMutationWebhook=true"


def concerns(subject: Subject, difference: Difference) -> bool:
    """The generation, where git states none."""
    return difference.path == GENERATION and child(subject.object.target, *GENERATION) is ABSENT


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim it as the shadow of another difference."""
    others = [d for d in subject.differences if d.shown and d.path != GENERATION]
    if not others or not _with_webhooks(subject):
        return
    for difference in concerned:
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.REPLAYED,
            why=f"the server counts changes (now {quoted(difference.live)}); {others[0].pointer} differs as well",
            evidence=(
                Evidence("compare-options", f"{WITH_WEBHOOKS}: the dry run's own generation is compared"),
                Evidence("target", "git states no generation"),
            ),
        )


def _with_webhooks(subject: Subject) -> bool:
    own = text(subject.object.target, "metadata", "annotations", COMPARE_OPTIONS)
    return WITH_WEBHOOKS in subject.application.compare_options or WITH_WEBHOOKS in own


CAUSE = Cause(
    id="generation-follows-change",
    title="it counts another difference",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
)
