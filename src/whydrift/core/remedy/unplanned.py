"""What a plan has no step for, and why: nothing may vanish between what differs and what is planned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from whydrift.core.explain.engine import Examined
from whydrift.core.model.accepted import Accepted
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.plan import Left
from whydrift.core.model.remedy import Choice, Field, RemedyKind
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.remedy.chosen import Chosen
from whydrift.core.remedy.followers import is_follower


def lived_with(
    accepted: Sequence[Accepted], application: Application, key: ObjectKey, difference: Difference
) -> Accepted | None:
    """Who accepted a difference; None where nobody did. `accepted` are those that count today."""
    return next(
        (o for o in accepted if o.covers(application.selector, key.id, key.namespace, difference.pointer)), None
    )


def without_accepted(accepted: Sequence[Accepted], application: Application, choices: Chosen) -> Chosen:
    """What is to be done about the differences that nobody accepted."""
    return {of: choice for of, choice in choices.items() if lived_with(accepted, application, *of) is None}


def unplanned(
    application: Application,
    found: Iterable[tuple[ObjectSnapshot, tuple[Examined, ...]]],
    choices: Chosen,
    accepted: Sequence[Accepted] = (),
) -> Iterator[Left]:
    """The differences of an application that no step closes: unexplained and accepted ones, and what needs nothing.

    One that goes with another stands in that one's step, where it has one.
    """
    led = {Field(key, difference.path) for (key, difference), choice in choices.items() if _has_step(choice)}
    for item, findings in found:
        for finding in findings:
            choice = choices.get((item.key, finding.difference))
            mine = lived_with(accepted, application, item.key, finding.difference)
            if choice is None or (choice.follows not in led and not _has_step(choice)):
                yield Left(
                    application=application.selector,
                    object=item.key.id,
                    namespace=item.key.namespace,
                    path=finding.difference.pointer,
                    why=_why(choice, finding, mine),
                    accepted=mine is not None,
                )


def _why(choice: Choice | None, finding: Examined, accepted: Accepted | None) -> str:
    if accepted is not None:
        return f"accepted until {accepted.until} by {accepted.owner}: {accepted.reason}"
    return choice.why if choice is not None else _unexplained(finding)


def _has_step(choice: Choice) -> bool:
    """Whether a choice is a step of its own."""
    return choice.kind is not RemedyKind.NOTHING and not is_follower(choice)


def _unexplained(finding: Examined) -> str:
    """Why there is no choice: a fact is missing, or no cause proves itself."""
    if finding.undecided:
        return "undecided: " + "; ".join(dict.fromkeys(f"it needs {u.needs}" for u in finding.undecided))
    return "unexplained: no cause proves itself"
