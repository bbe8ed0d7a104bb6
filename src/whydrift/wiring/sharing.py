"""Who shares the work of a scan: processes that read a recording themselves, or ask this one for what is live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whydrift.adapters.files.recording import Recording

if TYPE_CHECKING:
    from whydrift.core.model.application import Application
    from whydrift.core.model.triage import ApplicationAnswer
    from whydrift.usecases.scan import Share
    from whydrift.wiring import Opened


def share(opened: Opened) -> Share[ApplicationAnswer] | None:
    """What spreads the work over all cores; None where there is one, or processes cannot be forked."""
    from whydrift.adapters.forks import Forks, cores
    from whydrift.usecases.facts import application_question
    from whydrift.usecases.lending import Lender, borrow
    from whydrift.usecases.spread import Spread
    from whydrift.usecases.triage import AT_ONCE

    recording, number = opened.answers, cores()
    if number < 2:
        return None

    def ended() -> None:
        for close in opened.closing:
            close()

    if isinstance(recording, Recording):
        files = recording.files

        def weigh(application: Application) -> int:
            return recording.size(application_question(application, "/managed-resources"))

        return lambda explain: Spread(
            explain,
            recording.asked,
            lambda work, reader: Forks(work, number, lambda ask: files.reopen(), ended),
            at_once=max(number, AT_ONCE),
            weigh=weigh,
        )
    each = max(2, AT_ONCE // number)  # what is live is waited for: as many at a time by all of them together
    return lambda explain: Spread(
        explain,
        set(),
        lambda work, reader: Forks(work, number, lambda ask: borrow(reader, ask), ended, Lender(reader).answer, each),
        at_once=number * each,
    )
