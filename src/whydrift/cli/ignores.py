"""`whydrift ignores`: the audit of every ignore rule."""

from __future__ import annotations

import sys
from contextlib import aclosing
from dataclasses import dataclass

import click
import msgspec

from whydrift import wiring
from whydrift.cli.answering import read_answer
from whydrift.cli.documents import write_pieces
from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.known import require_known
from whydrift.cli.options import connection_options, output_option, selection_options
from whydrift.cli.requests import connection_of, fail_on_of, selection_of
from whydrift.cli.terminal import Progress, page_width, wants_colour
from whydrift.core.audit import Ledger
from whydrift.core.model.audit import FAULTS, IgnoresAnswer
from whydrift.core.model.facts import Gap
from whydrift.core.report.ignores_outputs import ignores_html, ignores_junit, ignores_sarif
from whydrift.core.report.ignores_text import (
    FAIL_ON,
    ignores_exit_code,
    ignores_markdown,
    ignores_text,
    ignores_tsv,
)
from whydrift.core.report.shield import shielded_audit
from whydrift.core.report.tally import Tally
from whydrift.core.report.words import Ink
from whydrift.core.select import Selection
from whydrift.settings import Connection
from whydrift.usecases.audit import audit
from whydrift.usecases.scan import Read

EPILOG = """\b
Exit codes (2 wins over 1, 1 over 3, 3 over 0):
  0  no rule hides a real change, keeps a release away, or is without effect
  1  one does (--fail-on changes it)
  2  the command could not do its work: usage, connection, permission
  3  it answered, but an application could not be read
"""


@dataclass(frozen=True)
class Audit:
    """What to audit and how to say it."""

    connection: Connection
    selection: Selection
    output: str
    colour: str
    fail_on: frozenset[str]


@click.command("ignores", epilog=EPILOG)
@click.argument("apps", nargs=-1, metavar="[[INSTANCE:][NAMESPACE/]NAME]...")
@connection_options
@selection_options
@output_option("text", "json", "md", "tsv", "html", "sarif", "junit")
@click.option(
    "--fail-on",
    default=",".join(FAIL_ON),
    show_default=True,
    metavar="LIST",
    help=f"Any of these found makes the exit code 1, '' for none: {', '.join(FAULTS)}.",
)
@click.pass_context
def command(ctx: click.Context, /, apps: tuple[str, ...], **options: object) -> None:
    """Audit the ignore rules: which hide a real change, keep a release away, match nothing, or are too wide.

    Rules of applications and of the settings, pointer by pointer. Rules of the settings are judged where the whole
    fleet is looked at.
    """
    fail_on = fail_on_of(options)
    require_known("--fail-on", sorted(fail_on), FAULTS, "word", f"it takes {', '.join(FAULTS)}")
    request = Audit(
        connection=connection_of(options),
        selection=selection_of(options, apps),
        output=str(options["output"]),
        colour=str(options["colour"]),
        fail_on=fail_on,
    )
    ctx.exit(run_interruptibly(_audit(request)))


async def _audit(request: Audit) -> int:
    source = wiring.open_source(request.connection)
    try:
        answer = await audited(source, request.selection)
    finally:
        await source.close()
    _print(shielded_audit(answer, source.masker), request)
    return ignores_exit_code(answer, request.fail_on)


async def audited(source: wiring.Opened, selection: Selection) -> IgnoresAnswer:
    """The audit of the rules of the selected applications; its sentences were not shielded yet."""
    read, progress = Read(), Progress()
    ledger = Ledger(complete=selection == Selection())
    analysis = wiring.analysis(source.settings, hidden=True)
    chosen = selection.chooses()
    stream = audit(source.answers, analysis, source.reader, chosen, read)
    async with aclosing(stream) as audited:
        async for found in audited:
            ledger.add(found.audit)
            progress.show(ledger.applications, found.application.name)
            if found.not_read:
                read.gaps.append(Gap(f"application {found.application.name}", found.not_read))
    progress.clear()
    chosen.require()
    about = read_answer(source, read, Tally(newest=ledger.newest))
    ledger.complete = ledger.complete and about.complete
    rules = ledger.answers()
    return IgnoresAnswer(read=about, summary=ledger.summary(rules), rules=rules, not_proven=tuple(ledger.not_proven))


def _print(answer: IgnoresAnswer, request: Audit) -> None:
    match request.output:
        case "json":
            sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        case "md":
            sys.stdout.write(ignores_markdown(answer))
        case "tsv":
            sys.stdout.write(ignores_tsv(answer))
        case "html":
            write_pieces(ignores_html(answer))
        case "sarif":
            write_pieces(ignores_sarif(answer))
        case "junit":
            write_pieces(ignores_junit(answer, request.fail_on))
        case _:
            sys.stdout.write(ignores_text(answer, Ink(wants_colour(request.colour)), page_width()))
    sys.stdout.flush()
