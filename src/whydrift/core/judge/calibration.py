"""Is our comparison Argo CD's? Each object that was read is compared again; what we say of it is held against its row.

Only where both say the same may a proof rest on comparing again with something changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from whydrift.core.compare.applications import status_of
from whydrift.core.compare.objects import ObjectComparison, compare_unmasked, sent_to_dry_run
from whydrift.core.compare.pairing import Pair
from whydrift.core.compare.terms import DryRun, Strategy, Terms
from whydrift.core.compare.tracking import is_self_referenced
from whydrift.core.explain.strategy import compared_server_side
from whydrift.core.judge.situation import Situation
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import DRY_RUN
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict
from whydrift.core.model.values import ABSENT, JsonObject, is_object, same
from whydrift.core.model.versions import FIRST, not_calibrated_release
from whydrift.errors import NotComparable, NotReplayed


class Agreement(StrEnum):
    """What came out of comparing an object again. Only `AGREES` makes a replay of the comparison a proof.

    `NOT_REPLAYED`: the same question could not be asked; `NOT_CALIBRATED`: this Argo CD is older than what we know.
    """

    AGREES = "agrees"
    DISAGREES = "disagrees"
    NOT_REPLAYED = "not replayed"
    NOT_CALIBRATED = "not calibrated"


@dataclass(frozen=True, slots=True)
class Calibration:
    """One object, compared again; `why` says what stands against it, "" where it agrees.

    `strategy` is how it was compared; None where it does not agree, or is there on one side only.
    """

    key: ObjectKey
    agreement: Agreement
    why: str = ""
    strategy: Strategy | None = None


def calibrations(
    situation: Situation, chosen: Callable[[ObjectSnapshot], bool] = lambda item: True
) -> Iterator[Calibration]:
    """Compare the chosen objects again, as far as Argo CD has a verdict on them."""
    for item in situation.snapshot.objects or ():
        if item.compared and item.verdict in (Verdict.SYNCED, Verdict.OUT_OF_SYNC) and chosen(item):
            yield calibrated(item, situation)


def sent_to_server(item: ObjectSnapshot, situation: Situation) -> JsonObject | None:
    """What a dry run of an object applies: what a server-side comparison of Argo CD sends; None for Secrets."""
    if not is_object(item.target) or (item.key.group, item.key.kind) == ("", "Secret"):
        return None
    try:
        return sent_to_dry_run(item.target, item.live if is_object(item.live) else item.target, situation.terms)
    except NotComparable:
        return None


def calibrated(item: ObjectSnapshot, situation: Situation) -> Calibration:
    """One object, compared again on the terms of its application."""
    release = situation.terms.settings.release
    if release < FIRST:
        return Calibration(item.key, Agreement.NOT_CALIBRATED, not_calibrated_release(release))
    if item.target is ABSENT and item.live is ABSENT:
        return Calibration(item.key, Agreement.NOT_REPLAYED, "neither side was read")
    server_side, terms = compared_server_side(situation.application, item), situation.terms
    if server_side != terms.server_side:
        terms = replace(terms, server_side=server_side)
    try:
        return _held_against(item, situation.application, terms, situation.facts(item.key).maybe(DRY_RUN))
    except NotReplayed as error:
        return Calibration(item.key, Agreement.NOT_REPLAYED, str(error))
    except NotComparable as error:
        return _disagrees(item, terms, f"compared again, it cannot be compared: {error}")


def _held_against(item: ObjectSnapshot, application: Application, terms: Terms, dry_run: DryRun | None) -> Calibration:
    target, live = (side if is_object(side) else None for side in (item.target, item.live))
    found: ObjectComparison | None = None
    if target is not None and live is not None:
        found = compare_unmasked(target, live, terms, dry_run)
    ours = ""
    if is_self_referenced(live, target, application.instance_name, terms.settings.tracking):
        ours = status_of(Pair(target, live), found, application)
    if ours == item.verdict:
        return Calibration(item.key, Agreement.AGREES, strategy=found.strategy if found else None)
    return _disagrees(item, terms, f"compared again, it is {ours or 'left out'}; Argo CD says {item.verdict.value}")


def _disagrees(item: ObjectSnapshot, terms: Terms, why: str) -> Calibration:
    """A verdict that is not Argo CD's, unless what was compared is known to be not what Argo CD compared."""
    if terms.structured and terms.knowledge.schemas.type_of(item.api_version, item.key.kind) is None:
        return Calibration(item.key, Agreement.NOT_REPLAYED, "a structured merge needs the schema of the kind")
    if (item.key.group, item.key.kind) == ("", "Secret"):
        return Calibration(item.key, Agreement.NOT_REPLAYED, "the values of a Secret are masked")
    if terms.server_side and is_object(item.target) and is_object(item.live):
        sent = sent_to_dry_run(item.target, item.live, terms)
        if not same(sent, item.target):
            return Calibration(item.key, Agreement.NOT_REPLAYED, "the dry run was made of git's own text")
    return Calibration(item.key, Agreement.DISAGREES, why)
