"""Why Argo CD could not compare: where that is to be mended."""

from __future__ import annotations

from whydrift.core.explain.conditions import FAILED
from whydrift.core.explain.failures import Failure, classify, decisive
from whydrift.core.model.explanation import Side
from whydrift.core.model.remedy import Choice, RemedyKind, Safety
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.faults import fault
from whydrift.core.remedy.choices.people import WAY_BACK
from whydrift.core.remedy.choices.usual import asked

ASKED = frozenset(
    {
        Failure.SILENT,
        Failure.ADMISSION,
        Failure.AUTH,
        Failure.UNREACHABLE,
        Failure.TIMEOUT,
        Failure.HEALTH,
        Failure.KIND,
        Failure.UNKNOWN,
    }
)
"""What no edit mends: somebody has to look at a cluster, at credentials, or at who changed what."""


def not_compared(case: Case) -> Choice:
    """Mend the fault where the message says that it is; ask where no edit helps."""
    if not case.difference.shown:
        return asked(case, "Argo CD never compared it: what somebody changed has to be looked at", WAY_BACK)
    message = next((message for kind, message in case.application.conditions if kind in FAILED), "")
    failure = classify(message)
    if case.side is Side.ASK or failure in ASKED:
        return Choice(RemedyKind.ASK, case.because, Safety.MANUAL)
    place, at = fault(failure, message, case)
    why = f"{failure.says}: {decisive(message)}"
    return Choice(RemedyKind.GIT_SET, why, Safety.MANUAL, place=place, at=at)
