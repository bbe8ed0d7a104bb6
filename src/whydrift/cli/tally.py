"""`whydrift tally`."""

from __future__ import annotations

import asyncio
import sys

import click
import msgspec

from whydrift.cli.looks import is_recording, look, read_answer_file
from whydrift.cli.options import connection_options, output_option
from whydrift.cli.requests import connection_of
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.report.looks import Look, exit_code_of, tallied, tally_text
from whydrift.core.report.words import Ink
from whydrift.core.select import Selection
from whydrift.settings import Connection


@click.command("tally")
@click.argument("looks", nargs=-1, required=True, metavar="ANSWER|RECORDING...")
@click.option("--now", is_flag=True, help="The last look is now: at live servers, or what --from names.")
@click.option("--hidden", is_flag=True, help="Recordings and now: also what differs and Argo CD does not show.")
@connection_options
@output_option("text", "json")
@click.pass_context
def command(ctx: click.Context, /, looks: tuple[str, ...], now: bool, hidden: bool, **options: object) -> None:
    """Before and after: what was fixed, what is new, what came back, and what is left by name.

    Looks in their order: JSON answers (scan -o json) or recordings. With one look, or --now, the last one is made now;
    --dry-run then tells of what is left whether the server itself sees a change.

    Exit codes: 0 nothing new, 1 something is new or came back, 3 something was not read.
    """
    from whydrift.cli.answering import page_width, wants_colour

    connection = connection_of(options)
    found = [Look(name, asyncio.run(_earlier(name, hidden))) for name in looks]
    if now or len(looks) == 1:
        name = connection.recording or "now"
        found.append(Look(name, asyncio.run(_looked(connection, hidden))))
    answer = tallied(found)
    if options["output"] == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(answer)) + b"\n")
    else:
        sys.stdout.write(tally_text(answer, Ink(wants_colour(str(options["colour"]))), page_width()))
    sys.stdout.flush()
    ctx.exit(exit_code_of(answer))


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
