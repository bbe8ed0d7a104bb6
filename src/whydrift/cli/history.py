"""`whydrift history`."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click
import msgspec

from whydrift.cli.kept import now, open_store
from whydrift.cli.options import output_option, store_option
from whydrift.cli.spans import back_to
from whydrift.core.model.history import HistoryAnswer
from whydrift.core.model.times import spelled
from whydrift.core.select import unmatched

if TYPE_CHECKING:
    from whydrift.core.model.finding import Event
    from whydrift.core.model.watched import Known
    from whydrift.ports.watching import Store

FLAPS = "flaps"
DELETED = 50_000
"""Events among which it is looked for those of an application that is no longer there."""


@click.command("history")
@click.argument("app", default="", metavar="[[INSTANCE:][NAMESPACE/]NAME | flaps]")
@click.option("--since", default="30d", show_default=True, metavar="WHEN", help="30d, 12h, 2w, a date or a time.")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1, 100_000), help="At most so many rows.")
@store_option
@output_option("text", "json", "tsv", "md")
def command(app: str, since: str, limit: int, store: str, output: str, colour: str) -> None:
    """What happened, newest first: what is new, came back, changed and went, why, and by whom.

    Of the fleet, or of an application. `history flaps` tells what comes and goes, and who fights over it; an
    application of that name is written NAMESPACE/flaps. `watch` and `serve` keep what is told here.
    """
    at = now()
    first = spelled(back_to(since, "--since", datetime.fromisoformat(at)))
    with open_store(store) as kept:
        answer = _flaps(kept, first, at, limit) if app == FLAPS else _history(kept, app, first, at, limit)
    sys.stdout.write(_told(answer, app == FLAPS, output, colour))


def _flaps(store: Store, since: str, at: str, limit: int) -> HistoryAnswer:
    from whydrift.core.history.answers import flap_answer

    flaps = store.flaps(since, limit=limit)
    return HistoryAnswer(since, at, (), (), len(flaps) == limit, tuple(map(flap_answer, flaps)))


def _history(store: Store, app: str, since: str, at: str, limit: int) -> HistoryAnswer:
    """What happened to the fleet, or to the applications of a name."""
    from whydrift.core.history.answers import event_answer, known_answer

    known = [one for one in store.applications() if not app or one.application.fits(app)]
    events = _events(store, app, known, since, limit + 1)
    if app and not known and not events:
        raise unmatched(app)
    return HistoryAnswer(
        since=since,
        at=at,
        applications=tuple(map(known_answer, known)),
        events=tuple(map(event_answer, events[:limit])),
        more=len(events) > limit,
    )


def _events(store: Store, app: str, known: list[Known], since: str, limit: int) -> list[Event]:
    """The newest events, of all applications or of those; of one that was deleted among all that happened."""
    if not app or not known:
        recent = store.recent(limit=DELETED if app else limit)
        return [event for event in recent if event.at >= since and (not app or event.application.fits(app))]
    found = [event for one in known for event in store.timeline(one.application, since, limit)]
    return sorted(found, key=lambda event: (event.at, event.id), reverse=True)[:limit]


def _told(answer: HistoryAnswer, flaps: bool, output: str, colour: str) -> str:
    from whydrift.cli.terminal import page_width, wants_colour
    from whydrift.core.report.history_text import flaps_text, history_markdown, history_text, history_tsv
    from whydrift.core.report.words import Ink

    match output:
        case "json":
            return msgspec.json.format(msgspec.json.encode(answer)).decode() + "\n"
        case "tsv":
            return history_tsv(answer, flaps)
        case "md":
            return history_markdown(answer, flaps)
        case _:
            tell = flaps_text if flaps else history_text
            return tell(answer, Ink(wants_colour(colour)), page_width())
