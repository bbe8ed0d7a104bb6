"""Which offers belong into one step of a plan, and in which order steps come."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from whydrift.core.model.application import Application
from whydrift.core.model.plan import StepKind
from whydrift.core.model.remedy import APPLICATION, Choice, RemedyKind, Safety
from whydrift.core.model.snapshot import TRACKING_ID
from whydrift.core.model.values import ABSENT, items, mapping, text
from whydrift.core.remedy.deletes import manual_reason
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.text.diff import unified

BatchKey = tuple[int, StepKind, tuple[str, ...]]
"""(order, kind of step, what tells it from others of that kind)."""

KINDS: dict[RemedyKind, StepKind] = {
    RemedyKind.SYNC: "sync",
    RemedyKind.REFRESH: "refresh",
    RemedyKind.GUARDED_DELETE: "delete",
    RemedyKind.OUT_OF_BAND: "manual",
    RemedyKind.ONE_OWNER: "ask",
    RemedyKind.ASK: "ask",
}
"""The kind of step of a remedy that edits nothing."""
OPTIONS = frozenset({RemedyKind.IGNORE, RemedyKind.OPTION, RemedyKind.SERVER_SIDE_DIFF})
"""Remedies that change what the Application says, not what it renders."""
ANNOTATIONS = ("metadata", "annotations")
UNPROVEN = "unproven"
BLOCKING = frozenset({"comparison-failed", "sync-is-failing"})
"""Causes that keep everything else of an application from being seen or carried out."""


class Order(IntEnum):
    """What comes first: what unblocks others, then git, then Argo CD, then what waits for a person."""

    UNBLOCK = 0
    COMMIT = 1
    APPLICATION = 2
    REFRESH = 3
    SYNC = 4
    DELETE = 5
    MANUAL = 6
    ASK = 7


ORDERS: dict[StepKind, Order] = {
    "commit": Order.COMMIT,
    "application": Order.APPLICATION,
    "annotate": Order.APPLICATION,
    "refresh": Order.REFRESH,
    "sync": Order.SYNC,
    "delete": Order.DELETE,
    "manual": Order.MANUAL,
    "ask": Order.ASK,
}


def batches(offers: Iterable[Offer]) -> dict[BatchKey, list[Offer]]:
    """Offers by step, in the order of the steps; what needs no step is left out."""
    gathered: dict[BatchKey, list[Offer]] = {}
    for offer in offers:
        if offer.group.choice.kind is not RemedyKind.NOTHING:
            gathered.setdefault(_key(offer), []).append(offer)
    return dict(sorted(gathered.items(), key=lambda entry: entry[0]))


def _key(offer: Offer) -> BatchKey:
    kind = step_kind(offer)
    order = Order.UNBLOCK if kind == "commit" and offer.cause in BLOCKING else ORDERS[kind]
    remedy = offer.group.choice.kind.value
    if kind == "commit" and offer.edit is not None:
        repo = offer.edit.repo
        return order, kind, (repo, tracked(offer.home, repo), str(rank(offer)), remedy, offer.cause, apart(offer))
    if kind == "annotate":
        return order, kind, (offer.named, remedy, offer.cause, str(sorted(annotations_of(offer.group.choice).items())))
    if kind in ("ask", "manual"):
        return order, kind, (offer.named, remedy, offer.cause)
    return order, kind, (offer.named,)


def apart(offer: Offer) -> str:
    """Keeps what a program may do apart from what it may not: safe and proven ("") stands first."""
    if offer.proof is None or offer.proof.why_not:
        return UNPROVEN
    return "" if offer.group.choice.safety is Safety.SAFE else offer.group.choice.safety.value


def rank(offer: Offer) -> int:
    """What is carried out unasked comes first, what is not proven last: no edit stands on one that is left out."""
    how = apart(offer)
    return 2 if how == UNPROVEN else 1 if how else 0


def step_kind(offer: Offer) -> StepKind:
    """What carries an offer out. An edit without a place, or that would show a secret, is a question to a person."""
    remedy, edit = offer.group.choice.kind, offer.edit
    if remedy is not RemedyKind.ASK and edit is not None and edit.file != APPLICATION:
        shows = edit.before == edit.after or unified(edit)
        return "commit" if shows else "ask"
    if remedy is not RemedyKind.ASK and edit is not None and not is_managed(offer.application):
        return "application"
    if remedy is RemedyKind.ANNOTATE and offer.item.target is ABSENT and annotations_of(offer.group.choice):
        return "annotate"
    if remedy is RemedyKind.GUARDED_DELETE and manual_reason(offer.item.key.kind):
        return "manual"
    return KINDS.get(remedy, "ask")


def of_application(choice: Choice) -> bool:
    """Whether a choice changes what the Application says, not what it renders."""
    return choice.kind in OPTIONS or bool(choice.marks)


def annotations_of(choice: Choice) -> dict[str, str]:
    """The annotations that a choice wants on an object; none where it wants anything else as well."""
    found = {str(c.path[-1]): c.value for c in choice.changes if c.path[:-1] == ANNOTATIONS and c.path}
    stated = {name: value for name, value in found.items() if isinstance(value, str)}
    return stated if len(stated) == len(choice.changes) else {}


def is_managed(application: Application) -> bool:
    """Whether a parent in git, an ApplicationSet or Helm writes the Application: a patch would not stay."""
    metadata = mapping(application.raw, "metadata")
    tracked_by = TRACKING_ID in mapping(metadata, "annotations")
    helm = text(metadata, "labels", "app.kubernetes.io/managed-by") == "Helm"
    return tracked_by or helm or bool(items(metadata, "ownerReferences"))


def tracked(application: Application, repo: str) -> str:
    """What an application tracks in a repository: a branch, a tag, a commit, or "HEAD"."""
    stated = (source.target_revision for source in application.sources if source.repo == repo)
    return next(stated, "") or "HEAD"
