"""The chart draws this value anew on every render.

Why it happens: a template calls a function that never gives the same twice: a random password, a new certificate, an
id, the time of day; or a hash of one of those. Each comparison renders anew, so git's side is another value each
time. Charts that keep a drawn value with `lookup` draw it as well, because Argo CD renders without a cluster.

What proves it: a second render of the same revision gives another value at this path than the first; or Argo CD
itself sent live's value when it rendered the very revision that now gives another one; or, where Secrets are masked,
the line of the template that writes this key draws it, and nobody but Argo CD wrote the Secret.

What would refute it: two renders agree; another writer owns the value; the template takes it from the values.

Remedies: state the value: a value of the chart's, an existing Secret. In a template of one's own: drop the function.
Where the chart has no value for it: a narrow ignore rule. A sync writes the newly drawn value.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.renders import (
    drawn_again,
    from_chart,
    looks_drawn,
    renders_may_differ,
    same_revision,
    second_value,
    sent_another_render,
)
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.templates import lines_of
from whydrift.core.explain.writers import argocd_alone, others
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import GIT_FILES, NEWEST, SECOND_RENDER

SECRET = ("", "Secret")


def concerns(subject: Subject, difference: Difference) -> bool:
    """Values that both sides state, that only Argo CD wrote, and that a render may have drawn."""
    if difference.kind is not Kind.MODIFIED or difference.whole or difference.order or others(subject, difference):
        return False
    if not renders_may_differ(subject) or not isinstance(difference.target, str | int):
        return False
    if _hides(subject, difference) or sent_another_render(subject, difference):
        return True
    if subject.facts.known(SECOND_RENDER):
        return drawn_again(subject, difference)
    return looks_drawn(difference.target, difference.live)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what differs between two renders, or what the template is seen to draw."""
    for difference in concerned:
        proof = _replayed(subject, difference) or _written(subject, difference)
        if proof is not None:
            strength, evidence = proof
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=strength,
                why=f"each render draws another value: now {quoted(difference.target)}, at the last sync"
                f" {quoted(difference.live)}",
                evidence=(evidence,),
            )


Proof = tuple[Strength, Evidence]


def _replayed(subject: Subject, difference: Difference) -> Proof | None:
    if not _hides(subject, difference) and drawn_again(subject, difference):
        again = quoted(second_value(subject, difference))
        says = f"a second render of the same revision gives {again} where the first gave {quoted(difference.target)}"
        return Strength.REPLAYED, Evidence("second render", says)
    if sent_another_render(subject, difference):
        return Strength.REPLAYED, Evidence("base", "Argo CD sent live's value when it rendered this very revision")
    return None


def _written(subject: Subject, difference: Difference) -> Proof | None:
    """The proof by the template's text; for a masked Secret also by who wrote it, at which revision."""
    files, key = subject.facts.maybe(GIT_FILES), difference.path[-1]
    lines = tuple(lines_of(files, subject.key.kind, key)) if files and isinstance(key, str) else ()
    drawn = [line for line in lines if line.function]
    unmoved = same_revision(subject)
    if len(drawn) < len(lines):
        return None
    if drawn and (unmoved or not drawn[0].depends):
        return Strength.ATTRIBUTED, Evidence("files in git", f"{drawn[0].place} calls {drawn[0].function}")
    if _hides(subject, difference) and unmoved and from_chart(subject) and argocd_alone(subject, difference):
        says = "Argo CD alone wrote live's value when it last synced this very revision, which now renders another"
        return Strength.ATTRIBUTED, Evidence("managed-fields", says)
    return None


def _hides(subject: Subject, difference: Difference) -> bool:
    """Whether Argo CD shows a mask instead of the value."""
    return subject.key[:2] == SECRET and difference.path[0] in ("data", "stringData")


CAUSE = Cause(
    id="chart-renders-differently-each-time",
    title="each render draws another value",
    side=Side.STRUCTURE,
    explain=explain,
    concerns=concerns,
    helps=needs(SECOND_RENDER, GIT_FILES),
    wishes=needs(NEWEST),
)
