"""What a step is called, and why it is taken, for people: `pin 3 fields in 16 manifests`."""

from __future__ import annotations

from collections.abc import Sequence

from whydrift.core.model.plan import StepKind
from whydrift.core.model.remedy import RemedyKind
from whydrift.core.remedy.offers import Offer

VERBS = {
    RemedyKind.GIT_SET: "pin",
    RemedyKind.GIT_DROP: "drop",
    RemedyKind.CHART_VALUE: "set in the chart's values",
    RemedyKind.ADOPT: "adopt what the cluster holds:",
    RemedyKind.ONE_OWNER: "leave to one owner",
    RemedyKind.ANNOTATE: "annotate",
    RemedyKind.IGNORE: "ignore",
    RemedyKind.OPTION: "set an option for",
    RemedyKind.SERVER_SIDE_DIFF: "compare on the server's side:",
}


def title(kind: StepKind, batch: Sequence[Offer]) -> str:
    """The step in a line."""
    first = batch[0]
    fields = _count(sum(len(offer.group.differences or offer.group.changes) for offer in batch), "field")
    objects = _count(len({(offer.named, offer.item.key) for offer in batch}), "object")
    match kind:
        case "commit":
            files = _count(len({offer.edit.file for offer in batch if offer.edit is not None}), "file")
            return f"{_verb(first)} {fields} of {objects}, in {files}"
        case "application":
            return f"{_verb(first)} {fields} of {objects}, in Application {first.named}"
        case "sync":
            return f"sync {objects} of {first.named}"
        case "refresh":
            return f"let Argo CD compare {first.named} again"
        case "delete":
            return f"delete {objects} that {first.named} left behind, each after a dump"
        case "annotate":
            return f"annotate {objects} of {first.named}"
        case "manual":
            return f"by hand: {_named(batch)}"
        case _:
            return f"decide: {_named(batch)}"


def _verb(offer: Offer) -> str:
    return VERBS.get(offer.group.choice.kind, offer.group.choice.kind.value)


def _named(batch: Sequence[Offer]) -> str:
    """The first object with what differs in it, and how many more there are."""
    first = batch[0]
    key, difference = first.item.key, first.group.differences[0]
    more = sum(len(offer.group.differences) for offer in batch) - 1
    about = f"{key.kind}/{key.name}{' ' + difference.pointer if difference.pointer else ''} of {first.named}"
    return f"{about}, and {more} more" if more else about


def why(batch: Sequence[Offer]) -> str:
    """The reasons of the choices, each once, three at most."""
    reasons = list(dict.fromkeys(offer.group.choice.why for offer in batch))
    more = f" ({len(reasons) - 3} more reasons)" if len(reasons) > 3 else ""
    return "; ".join(reasons[:3]) + more


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
