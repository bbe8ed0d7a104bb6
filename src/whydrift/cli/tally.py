"""`whydrift tally`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import click
import msgspec

from whydrift.cli import kept
from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.looks import is_recording, look, read_answer_file
from whydrift.cli.options import connection_options, output_option, store_option
from whydrift.cli.requests import connection_of
from whydrift.cli.spans import back_to
from whydrift.core.model.times import spelled
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.report.looks import Look, exit_code_of, tallied, tally_text
from whydrift.core.report.words import Ink
from whydrift.core.select import Selection
from whydrift.errors import UsageError
from whydrift.settings import Connection

LONGEST = timedelta(days=400)
"""How far back it is looked for when keeping began."""


@click.command("tally")
@click.argument("looks", nargs=-1, metavar="ANSWER|RECORDING...")
@click.option("--since", default="", metavar="WHEN", help="Then and now by what `watch` keeps: 30d, 12h, 2w, a date.")
@store_option
@click.option("--now", is_flag=True, help="The last look is now: at live servers, or what --from names.")
@click.option("--hidden", is_flag=True, help="Recordings and now: also what differs and Argo CD does not show.")
@connection_options
@output_option("text", "json")
@click.pass_context
def command(
    ctx: click.Context, /, looks: tuple[str, ...], since: str, store: str, now: bool, hidden: bool, **options: object
) -> None:
    """Before and after: what was fixed, what is new, what came back, and what is left by name.

    Looks in their order: JSON answers (scan -o json) or recordings. With one look, or --now, the last one is made now;
    --dry-run then tells of what is left whether the server itself sees a change.

    --since tells how many findings were open then and are now, by severity, cause, team and project. It takes no looks.

    Exit codes: 0 nothing new, 1 something is new or came back, 3 something was not read.
    """
    from whydrift.cli.terminal import line_width, wants_colour

    if since or not looks:
        _since(since, looks, store, options)
        return
    connection = connection_of(options)
    found = [Look(name, run_interruptibly(_earlier(name, hidden))) for name in looks]
    if now or len(looks) == 1:
        name = connection.recording or "now"
        found.append(Look(name, run_interruptibly(_looked(connection, hidden))))
    answer = tallied(found)
    if options["output"] == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(answer)) + b"\n")
    else:
        sys.stdout.write(tally_text(answer, Ink(wants_colour(str(options["colour"]))), line_width()))
    sys.stdout.flush()
    ctx.exit(exit_code_of(answer))


def _since(since: str, looks: tuple[str, ...], store: str, options: Mapping[str, object]) -> None:
    """Print the fleet in numbers, then and now. UsageError where there are looks as well, or neither."""
    from whydrift.cli.terminal import line_width, wants_colour
    from whydrift.core.history.answers import count_answer
    from whydrift.core.history.progress import progress
    from whydrift.core.report.progress_text import progress_text

    if looks or not since:
        raise UsageError("tally takes looks (scan -o json, or recordings), or --since with what `watch` keeps")
    now = datetime.now(UTC)
    first = spelled(back_to(since, "--since", now))
    with kept.open_store(store) as there:
        began = next((day for day, _, _ in there.daily(spelled(now - LONGEST))), "")
        then = there.counts(max(first, f"{began}T23:59:59Z") if began > first[:10] else first)
        before, after = ([count_answer(count) for count in counts] for counts in (then, there.counts()))
    answer = progress(before, after, first, spelled(now), began)
    if options["output"] == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(answer)) + b"\n")
    else:
        sys.stdout.write(progress_text(answer, Ink(wants_colour(str(options["colour"]))), line_width()))
    sys.stdout.flush()


async def _earlier(name: str, hidden: bool) -> list[ApplicationAnswer]:
    if is_recording(name):
        return await _looked(Connection(recording=name), hidden)
    return read_answer_file(name)


async def _looked(connection: Connection, hidden: bool) -> list[ApplicationAnswer]:
    """All applications as they are now, with what is accepted today."""
    from whydrift.cli.answering import residuals_of

    residuals = residuals_of(connection)
    found = await look(connection, Selection(), hidden, forecast=connection.dry_run)
    return [residuals.marked(application) for application in found.applications]
