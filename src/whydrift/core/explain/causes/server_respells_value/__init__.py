"""Both sides hold the same value, spelled in two ways.

Why it happens: people write `1000m`, `0.5Gi`, `2160h`, unquoted numbers; the API server or a controller that reads the
value into its Go type writes it back as `1`, `512Mi`, `2160h0m0s`, `"4"`. Argo CD evens this out for built-in kinds as
long as it can read the object strictly, and never for custom resources.

What proves it: by the type of this very path (a Go type of a built-in kind, the CRD's schema, a resource list) both
spellings parse to one value.

What would refute it: the path has no such type (a ConfigMap's key, an annotation: the program that reads it decides),
or a person wrote the other spelling of what is only taken for a duration.

Remedies: write the spelling that live has.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import ownership, quoted
from whydrift.core.explain.spellings import may_be_one, same_by_go_type, same_by_schema, same_duration
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import SCHEMAS
from whydrift.core.model.people import Writer
from whydrift.core.model.values import ABSENT, is_object, same


def concerns(subject: Subject, difference: Difference) -> bool:
    """Scalars on both sides that may be spellings of one value."""
    git, live = difference.target, difference.live
    if difference.kind is not Kind.MODIFIED or difference.order or git is ABSENT or live is ABSENT:
        return False
    return not difference.whole and not same(git, live) and may_be_one(git, live)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim the spellings that parse to one value by the type of their path."""
    for difference in concerned:
        kind = _one_value(subject, difference)
        if not kind or (kind == "Duration" and _is_guess(subject, difference) and _by_hand(subject, difference)):
            continue
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.REPLAYED,
            why=f"{quoted(difference.target)} and {quoted(difference.live)} are one value in two spellings",
            evidence=(
                Evidence("types", f"read as {kind}, the type of this path, both are the same"),
                *(ownership(entry, subject.knowledge.people) for entry in subject.owners(difference)),
            ),
        )


def _one_value(subject: Subject, difference: Difference) -> str:
    target, git, live = subject.object.target, difference.target, difference.live
    if not is_object(target) or git is ABSENT or live is ABSENT:
        return ""
    types = subject.knowledge.types
    if types.of(target) is not None:
        return same_by_go_type(target, difference.path, git, live, types)
    return _known_duration(subject, difference) or same_by_schema(subject.schema, difference.path, git, live)


def _known_duration(subject: Subject, difference: Difference) -> str:
    git, live = difference.target, difference.live
    if git is ABSENT or live is ABSENT:
        return ""
    return same_duration(subject.key.group, difference.path, git, live)


def _is_guess(subject: Subject, difference: Difference) -> bool:
    """Whether a text is only taken for a duration: no type and no specification says that it is one."""
    return subject.custom and not _known_duration(subject, difference)


def _by_hand(subject: Subject, difference: Difference) -> bool:
    writers = (subject.knowledge.people.writer(entry.manager) for entry in subject.owners(difference))
    return any(writer is not Writer.CONTROLLER and writer is not Writer.ARGOCD for writer in writers)


CAUSE = Cause(
    id="server-respells-value",
    title="the same value, spelled in another way",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
    helps=needs(SCHEMAS),
)
