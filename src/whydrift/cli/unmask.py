"""`whydrift unmask`: what is broken now, behind the noise."""

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
from whydrift.cli.looks import is_recording, read_answer_file
from whydrift.cli.options import connection_options, output_option, selection_options
from whydrift.cli.requests import connection_of, selection_of
from whydrift.cli.terminal import Progress, page_width, wants_colour
from whydrift.core.model.triage import SCHEMA, Answer, ApplicationAnswer, ReadAnswer
from whydrift.core.model.trouble import Unmask
from whydrift.core.report.shield import shielded
from whydrift.core.report.tally import Tally
from whydrift.core.report.unmask_text import unmask_exit_code, unmask_markdown, unmask_text, unmask_tsv
from whydrift.core.report.words import Ink
from whydrift.core.select import Selection
from whydrift.settings import Connection
from whydrift.usecases.scan import Read
from whydrift.usecases.unmask import place_of, unmasked

EPILOG = """\b
Exit codes (2 wins over 1, 1 over 3, 3 over 0):
  0  nothing is broken
  1  something is
  2  the command could not do its work: usage, connection, permission
  3  nothing broken was seen, but an application, pods or logs could not be read
"""
ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True)
class Wanted:
    """What to look at and how to say it. `since` is a recording or an answer of an earlier look, "" without."""

    connection: Connection
    selection: Selection
    output: str
    colour: str
    since: str


@dataclass(frozen=True)
class Found:
    """What a look found."""

    applications: list[ApplicationAnswer]
    about: ReadAnswer
    tally: Tally


@click.command("unmask", epilog=EPILOG)
@click.argument("apps", nargs=-1, metavar="[[INSTANCE:][NAMESPACE/]NAME]...")
@click.option(
    "--since", default="", metavar="FILE", help="A recording or a JSON answer of an earlier look: what is new?"
)
@connection_options
@selection_options
@output_option("text", "json", "jsonl", "md", "tsv", "html", "sarif", "junit")
@click.pass_context
def command(ctx: click.Context, /, apps: tuple[str, ...], **options: object) -> None:
    """What is broken now, whatever Argo CD calls it, with the first line that says why and where in git to look.

    Crash loops, failing probes, out of memory, images, Secrets, Jobs, volumes, certificates, addresses. What recovered
    is not broken.
    """
    wanted = Wanted(
        connection=connection_of(options),
        selection=selection_of(options, apps),
        output=str(options["output"]),
        colour=str(options["colour"]),
        since=str(options["since"]),
    )
    found = run_interruptibly(_find(wanted))
    _print(wanted, found)
    ctx.exit(unmask_exit_code(found.applications, found.about.gaps))


async def _find(wanted: Wanted) -> Found:
    earlier = await _earlier(wanted.since) if wanted.since else []
    return await _look(wanted.connection, wanted.selection, earlier)


async def _look(connection: Connection, selection: Selection, earlier: list[ApplicationAnswer]) -> Found:
    source = wiring.open_source(connection)
    read, tally, progress = Read(), Tally(), Progress()
    found: list[ApplicationAnswer] = []
    analysis = replace(wiring.analysis(source.settings, hidden=False), unmask=Unmask.EVERYWHERE, read_at=source.read_at)
    before = {place_of(application): application for application in earlier}
    chosen = selection.chooses()
    try:
        stream = unmasked(source.answers, analysis, source.reader, chosen, read, before)
        async with aclosing(stream) as answers:
            async for application in answers:
                progress.show(len(found) + 1, application.name)
                found.append(shielded(application, source.masker))
                tally.add(found[-1])
        progress.clear()
    finally:
        await source.close()
    chosen.require()
    return Found(found, read_answer(source, read, tally), tally)


async def _earlier(name: str) -> list[ApplicationAnswer]:
    """What was broken at an earlier look: a JSON answer as it says, a recording looked at again."""
    if is_recording(name):
        return (await _look(Connection(recording=name), Selection(), [])).applications
    return read_answer_file(name)


def _print(wanted: Wanted, found: Found) -> None:
    out = sys.stdout
    match wanted.output:
        case "json":
            answer = Answer(read=found.about, summary=found.tally.summary(), applications=tuple(found.applications))
            out.buffer.write(ENCODER.encode(answer) + b"\n")
        case "jsonl":
            out.buffer.writelines(ENCODER.encode(application) + b"\n" for application in found.applications)
            last = {"schema": SCHEMA, "read": found.about, "summary": found.tally.summary()}
            out.buffer.write(ENCODER.encode(last) + b"\n")
        case "md":
            out.write(unmask_markdown(found.applications, found.about.gaps))
        case "tsv":
            out.write(unmask_tsv(found.applications))
        case "html" | "sarif" | "junit":
            broken = frozenset({"broken"})
            how = Document(wanted.output, "What is broken now", broken, nothing="Nothing is broken.")
            write_document(how, lambda: iter(found.applications), found.about, found.tally)
        case _:
            ink = Ink(wants_colour(wanted.colour))
            out.write(unmask_text(found.applications, found.about.gaps, ink, page_width()))
    out.flush()
