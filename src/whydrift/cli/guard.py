"""`whydrift guard`: may this be synced without reverting somebody's work? An exit code for pipelines."""

from __future__ import annotations

import sys
from contextlib import aclosing
from dataclasses import dataclass, replace

import click
import msgspec

from whydrift import wiring
from whydrift.cli.answering import read_answer
from whydrift.cli.documents import Document, write_document
from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.options import connection_options, output_option, selection_options
from whydrift.cli.requests import connection_of, selection_of
from whydrift.cli.terminal import Progress, page_width, wants_colour
from whydrift.core.model.triage import Answer, ApplicationAnswer, ReadAnswer
from whydrift.core.report.guard_text import guard_markdown, guard_text
from whydrift.core.report.guard_verdict import guard_exit_code, guard_verdict
from whydrift.core.report.shield import shielded
from whydrift.core.report.tally import Tally
from whydrift.core.report.unread import unread_lines
from whydrift.core.report.words import Ink
from whydrift.core.select import Selection
from whydrift.settings import Connection
from whydrift.usecases.scan import Read, scan

EPILOG = """\b
Exit codes (2 wins over 1, 1 over 3, 3 over 0):
  0  safe: every effect is known, and none loses what somebody wants
  1  not safe, or bound to fail (it says what refuses it)
  2  the command could not do its work: usage, connection, permission
  3  not known
"""


@dataclass(frozen=True)
class Guarded:
    """What to guard and how to say it."""

    connection: Connection
    selection: Selection
    output: str
    colour: str
    revision: str


@click.command("guard", epilog=EPILOG)
@click.argument("apps", nargs=-1, required=True, metavar="[INSTANCE:][NAMESPACE/]NAME...")
@click.option("--revision", default="", metavar="SHA", help="The effects of syncing that revision, not the newest one.")
@connection_options
@selection_options
@output_option("text", "json", "md", "html", "sarif", "junit")
@click.pass_context
def command(ctx: click.Context, /, apps: tuple[str, ...], **options: object) -> None:
    """May these applications be synced without reverting somebody's work? The exit code says it."""
    guarded = Guarded(
        connection=connection_of(options),
        selection=selection_of(options, apps),
        output=str(options["output"]),
        colour=str(options["colour"]),
        revision=str(options["revision"]),
    )
    ctx.exit(run_interruptibly(_guard(guarded)))


async def _guard(guarded: Guarded) -> int:
    source = wiring.open_source(guarded.connection)
    try:
        return await _guard_from(source, guarded)
    finally:
        await source.close()


async def _guard_from(source: wiring.Opened, guarded: Guarded) -> int:
    read, tally, progress = Read(), Tally(), Progress()
    analysis = replace(wiring.analysis(source.settings, hidden=True), revision=guarded.revision, read_at=source.read_at)
    found: list[ApplicationAnswer] = []
    chosen = guarded.selection.chooses()
    async with aclosing(scan(source.answers, analysis, source.reader, chosen, read)) as stream:
        async for application in stream:
            progress.show(len(found) + 1, application.name)
            found.append(shielded(application, source.masker))
            tally.add(found[-1])
    progress.clear()
    chosen.require()
    _print(guarded, found, tally, read_answer(source, read, tally))
    return guard_exit_code(guard_verdict(application) for application in found)


def _print(guarded: Guarded, found: list[ApplicationAnswer], tally: Tally, about: ReadAnswer) -> None:
    match guarded.output:
        case "json":
            answer = Answer(read=about, summary=tally.summary(), applications=tuple(found))
            sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        case "md":
            sys.stdout.write(guard_markdown(found, about, guarded.revision))
        case "html" | "sarif" | "junit":
            how = Document(guarded.output, "May this be synced?", effects=True, nothing="A sync changes nothing.")
            write_document(how, lambda: iter(found), about, tally)
        case _:
            ink, width = Ink(wants_colour(guarded.colour)), page_width()
            for application in found:
                sys.stdout.write(guard_text(application, ink, width, guarded.revision))
            unread = unread_lines(about, tally.unseen, (), ink)  # below: the first line is the verdict
            sys.stdout.write("\n".join([*unread, ""]) if unread else "")
    sys.stdout.flush()
