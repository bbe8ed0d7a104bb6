"""What a step is called, and why it is taken, for people: `adopt spec.replicas of Deployment/web in argocd/shop`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from whydrift.core.model.drift import Kind
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import for_people
from whydrift.core.model.plan import StepKind
from whydrift.core.model.remedy import RemedyKind
from whydrift.core.remedy.offers import Offer

VERBS = {
    RemedyKind.GIT_SET: "pin",
    RemedyKind.GIT_DROP: "drop",
    RemedyKind.CHART_VALUE: "set a chart value for",
    RemedyKind.ADOPT: "adopt",
    RemedyKind.ONE_OWNER: "leave to one owner:",
    RemedyKind.ANNOTATE: "annotate",
    RemedyKind.IGNORE: "ignore",
    RemedyKind.OPTION: "set an option for",
    RemedyKind.SERVER_SIDE_DIFF: "compare on the server's side:",
}
IN_GIT = frozenset({RemedyKind.GIT_SET, RemedyKind.GIT_DROP, RemedyKind.CHART_VALUE, RemedyKind.ADOPT})
"""Remedies that are nothing but an edit of git."""
LONGEST = 64
"""Letters of a field's name in a title, which is also the first line of a commit."""


def title(kind: StepKind, batch: Sequence[Offer]) -> str:
    """The step in a line: what is done to which field of which object, or how many there are."""
    named = batch[0].named
    match kind:
        case "commit" | "application":
            of = _objects if batch[0].group.choice.kind is RemedyKind.ANNOTATE else _fields
            return f"{_verb(batch[0])} {of(batch)} {_home(batch)}"
        case "sync" | "annotate":
            return f"{kind} {_objects(batch)} {_home(batch)}"
        case "refresh":
            return f"let Argo CD compare {named} again"
        case "delete":
            several = len(_keys(batch)) > 1
            left = "that {} left behind, each after a dump" if several else "which {} left behind, after a dump"
            return f"delete {_objects(batch)}{' ' if several else ', '}{left.format(named)}"
        case "manual":
            return f"by hand: {_first(batch)}"
        case _:
            return _asked(batch)


def placeless(batch: Sequence[Offer]) -> bool:
    """Whether a batch is a known edit of git for which there is no place, or none that may be shown."""
    return batch[0].group.choice.kind in IN_GIT and bool(batch[0].group.changes)


def _asked(batch: Sequence[Offer]) -> str:
    """What somebody has to decide, to write, or to find out."""
    choice = batch[0].group.choice
    if placeless(batch) or choice.kind is RemedyKind.CHART_VALUE:
        return f"by hand: {_verb(batch[0])} {_first(batch)}"
    if choice.kind in IN_GIT:
        return f"by hand: mend what git says, for {_objects(batch)} {_home(batch)}"
    return f"decide: {_first(batch)}"


def _nowhere(batch: Sequence[Offer]) -> str:
    """Why an edit of git is left to a person."""
    if any(offer.edit is not None for offer in batch):
        return "its lines hold what looks like a secret, which is not shown"
    files = batch[0].situation.whole.maybe(RENDERED_FROM)
    return "no line in git was found that says it" if files and files.files else "the files in git were not read"


def _verb(offer: Offer) -> str:
    return VERBS.get(offer.group.choice.kind, offer.group.choice.kind.value)


def _first(batch: Sequence[Offer]) -> str:
    """The first field, and how many more there are."""
    more = sum(len(offer.group.differences) for offer in batch) - 1
    first = replace(batch[0], group=replace(batch[0].group, differences=batch[0].group.differences[:1]))
    return f"{_fields([first])} {_home(batch)}{f', and {more} more' if more else ''}"


def _fields(batch: Sequence[Offer]) -> str:
    """`spec.replicas of Deployment/web`, `2 fields of Deployment/web`, `9 fields of 3 objects`."""
    found = [name for offer in batch for name in _names(offer)]
    objects = _objects(batch)
    if len(found) != 1:
        return f"{_count(len(found), 'field')} of {objects}"
    told = found[0] if len(found[0]) <= LONGEST else "1 field"
    return f"{told} of {objects}" if told else objects


def _names(offer: Offer) -> list[str]:
    """The fields that an offer is about; of a whole object, or where nothing differs, those that its edit changes."""
    item, group = offer.item, offer.group
    places = [(d.path, item.live if d.kind is Kind.EXTRA else item.target) for d in group.differences]
    changed = [(change.path, item.target) for change in group.changes]
    return [for_people(path, root) for path, root in (changed if changed and not any(p for p, _ in places) else places)]


def _objects(batch: Sequence[Offer]) -> str:
    key = batch[0].item.key
    number = len(_keys(batch))
    return f"{key.kind}/{key.name or '(no name)'}" if number == 1 else _count(number, "object")


def _keys(batch: Sequence[Offer]) -> set[tuple[str, ObjectKey]]:
    return {(offer.named, offer.item.key) for offer in batch}


def _home(batch: Sequence[Offer]) -> str:
    """Whose it is."""
    names = {offer.named for offer in batch}
    return f"in {batch[0].named}" if len(names) == 1 else f"in {_count(len(names), 'application')}"


def why(kind: StepKind, batch: Sequence[Offer]) -> str:
    """The reasons of the choices, each once, three at most; and why a person has to write what git should say."""
    told = _reasons(batch)
    return f"{_nowhere(batch)}: {told}" if kind == "ask" and placeless(batch) else told


def _reasons(batch: Sequence[Offer]) -> str:
    reasons = list(dict.fromkeys(offer.group.choice.why for offer in batch))
    more = f" ({len(reasons) - 3} more reasons)" if len(reasons) > 3 else ""
    return "; ".join(reasons[:3]) + more


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
