"""Git leaves a field of a built-in kind out, and the API server fills it in.

Why it happens: the API server completes every object it stores: `protocol: TCP`, `resourceFieldRef.divisor: "0"`, the
kind of a StatefulSet's claim templates. Argo CD knows most of these defaults and hides them; those that only the
server's own code sets show up, mostly under structured merge. An object exported from a cluster into git states what
the server counts and stamps itself (`metadata.generation`, `uid`), which never can agree.

What proves it: git's object, decoded, defaulted and encoded as the API server does it, holds the live value at this
path; or a dry run (`--dry-run`) answers with it and nothing else changes objects on their way; or the path is one that
the server writes itself and ignores when it is sent.

What would refute it: the replay gives another value than live has; git states a value that the server keeps.

Remedies: pin the value in git, or drop what the server ignores; or compare server-side (`ServerSideDiff=true`).
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.admission import mutators_of
from whydrift.core.explain.allocations import is_allocated
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.dry_run import returned
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.filled_in import default_at
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import ADMISSION_POLICIES, CRDS, DRY_RUN, NAMESPACE, SCHEMAS, WEBHOOKS
from whydrift.core.model.values import ABSENT, child, is_empty, same

KEPT_BY_SERVER = frozenset({"generation", "uid", "resourceVersion", "creationTimestamp", "selfLink"})
"""Fields of `metadata` that the server writes itself and ignores (or refuses) when they are sent."""


def concerns(subject: Subject, difference: Difference) -> bool:
    """Fields of built-in kinds that git leaves out or states empty; metadata that git has from an export."""
    if difference.whole or difference.live is ABSENT or _adds_item(subject, difference):
        return False
    unstated = difference.target is ABSENT or is_empty(difference.target)
    return _exported(difference) or (unstated and not subject.custom) or _says_null(difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what the server's own storage of git's object turns into the live value."""
    for difference in concerned:
        if _exported(difference):
            yield _server_keeps(difference)
        elif _says_null(difference):
            yield _nothing(difference)
        elif (answered := _answered(subject, difference)) is not None:
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.REPLAYED,
                why=f"the API server makes {quoted(difference.live)} of git's {quoted(difference.target)}",
                evidence=(answered, Evidence("webhooks", "no webhook and no policy matches this object")),
            )
        elif same(default_at(subject, difference.path), difference.live):
            stated = "nothing" if difference.target is ABSENT else quoted(difference.target)
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.REPLAYED,
                why=f"the API server fills in {quoted(difference.live)} where git states {stated}",
                evidence=(
                    Evidence("types", f"{quoted(difference.live)} is what {subject.key.kind} objects get at this path"),
                    Evidence("replay", "git's object, stored as the API server does it, holds the live value here"),
                ),
            )


def _answered(subject: Subject, difference: Difference) -> Evidence | None:
    """That a dry run fills in what git states empty, where nothing but the server itself can have done it."""
    read = subject.facts.known(WEBHOOKS) and subject.facts.known(ADMISSION_POLICIES)
    chosen = is_allocated(subject.key, difference.path)
    replayed = same(default_at(subject, difference.path), difference.live)
    return returned(subject, difference) if read and not (replayed or chosen or mutators_of(subject)) else None


def _adds_item(subject: Subject, difference: Difference) -> bool:
    """Whether only live has an item of a list to which git gives others: no default adds to what is stated."""
    item = difference.kind is Kind.EXTRA and isinstance(difference.path[-1], int)
    return item and not is_empty(child(subject.object.target, *difference.path[:-1]))


def _exported(difference: Difference) -> bool:
    path = difference.path
    return len(path) == 2 and path[0] == "metadata" and path[1] in KEPT_BY_SERVER and difference.target is not ABSENT


def _says_null(difference: Difference) -> bool:
    """Whether live states null where git states nothing, as Go writes an unset time (`creationTimestamp: null`)."""
    return difference.target is ABSENT and difference.live is None


def _nothing(difference: Difference) -> Explanation:
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.REPLAYED,
        why="whoever stored the object wrote null where git states nothing: both say nothing",
        evidence=(Evidence("types", "null is how Go types write a value that is not set"),),
    )


def _server_keeps(difference: Difference) -> Explanation:
    return Explanation(
        paths=frozenset({difference.path}),
        strength=Strength.REPLAYED,
        why=f"git states {quoted(difference.target)}, but the server keeps its own {quoted(difference.live)} here",
        evidence=(Evidence("types", f"metadata.{difference.path[1]} is written by the server and not taken from git"),),
        side=Side.CONTROLLER,
    )


CAUSE = Cause(
    id="server-defaults-field",
    title="the API server fills the field in",
    side=Side.EQUIVALENT,
    explain=explain,
    concerns=concerns,
    wishes=needs(DRY_RUN, WEBHOOKS, ADMISSION_POLICIES, NAMESPACE, CRDS, SCHEMAS),
)
