"""What waits for a sync, for a refresh, or for somebody who makes the sync possible."""

from __future__ import annotations

from whydrift.core.explain.runs import is_run
from whydrift.core.explain.syncing import Refusal, classify, result_of
from whydrift.core.model.explanation import Side
from whydrift.core.model.remedy import Choice, Instead, RemedyKind
from whydrift.core.model.snapshot import Verdict
from whydrift.core.model.values import text
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.usual import asked, synced

DROP = Instead(RemedyKind.GIT_DROP, "this cluster never has it then")


def moved_ahead(case: Case) -> Choice:
    """Bring the commits to the cluster."""
    return synced("git is right and waits for a sync", Instead(RemedyKind.NOTHING, "it waits for the next sync"))


def held_by_window(case: Case) -> Choice:
    """Sync once the window lets it through."""
    why = f"a sync, once it is let through: {case.because}"
    return synced(why, Instead(RemedyKind.NOTHING, "an auto-sync brings it after the window"))


def missing(case: Case) -> Choice:
    """Make it again; ask where that runs something a second time or is not possible."""
    result = result_of(case.application, case.key)
    message = text(result, "message") if result is not None else ""
    if classify(message) is Refusal.KIND:
        return asked(case, f"the kind {case.key.kind} has to be installed first, or is not wanted here", DROP)
    if case.subject.object.verdict is Verdict.UNKNOWN:
        return asked(case, f"the project {case.application.project} has to permit {case.key.kind} first", DROP)
    if case.side is Side.ASK or is_run(case.subject):
        return asked(
            case, "it ran once: a sync makes it again and runs it again", Instead(RemedyKind.SYNC, "it runs again")
        )
    return synced(f"{case.because}; a sync makes it")


def stale(case: Case) -> Choice:
    """Let Argo CD look again."""
    return Choice(RemedyKind.REFRESH, f"Argo CD looks at git again: {case.because}")


def excluded(case: Case) -> Choice:
    """Ask: the exclusion is the whole Argo CD's."""
    return asked(case, f"Argo CD leaves {case.key.kind} alone on purpose: another way brings it, or git drops it", DROP)
