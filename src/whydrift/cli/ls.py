"""`whydrift ls`."""

from __future__ import annotations

import sys
from collections import Counter

import click

from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.options import connection_options, selection_options
from whydrift.cli.requests import connection_of, selection_of
from whydrift.core.report.words import cell, plain
from whydrift.errors import SourceError
from whydrift.ports import Api, Question
from whydrift.settings import Connection
from whydrift.usecases.fleet import LIST, content_of_list
from whydrift.usecases.inventory import Line, inventory


@click.command("ls")
@click.argument("apps", nargs=-1, metavar="[[INSTANCE:][NAMESPACE/]NAME]...")
@click.option("--hooks", is_flag=True, help="Also rows without a status: hooks, skipped objects.")
@click.option("--all", "everything", is_flag=True, help="Also Synced objects.")
@click.option("--wide", is_flag=True, help="Add columns: the object's status, the application's sync and health.")
@click.option(
    "--count", is_flag=True, help="One line an application: its sync, health, and how many objects are not Synced."
)
@connection_options
@selection_options
@click.pass_context
def command(ctx: click.Context, /, apps: tuple[str, ...], **options: object) -> None:
    """One line per drifting object: app, kind/name, namespace or "cluster". TSV, in the order of LC_ALL=C sort.

    Of several Argo CD instances each line ends with the one that it is of.

    Reads statuses only: one list for the whole fleet. A red application without a red object has a line of its own.
    """
    chosen = selection_of(options, apps).chooses()
    lists, missed = run_interruptibly(_lists(connection_of(options)))
    told: list[str] = []
    found = False
    for instance, content in lists.items():
        for lines in inventory(content, chosen, bool(options["hooks"]), bool(options["everything"]), instance):
            found = found or any(line.status in ("OutOfSync", "Unknown") for line in lines)
            told += _counted(lines) if options["count"] else _told(lines, bool(options["wide"]))
    chosen.require()
    sys.stdout.writelines(sorted(told, key=str.encode))
    sys.stdout.flush()
    for instance, why in missed.items():
        click.echo(f"error: {instance}: {plain(why)}", err=True)
    ctx.exit(1 if found else 3 if missed else 0)


async def _lists(connection: Connection) -> tuple[dict[str, bytes], dict[str, str]]:
    """The lists of Applications by instance ("" is the only one), and why those of others could not be read.

    SourceError where none can be read.
    """
    from whydrift import wiring

    source = wiring.open_answers(connection, list_only=True)
    lists: dict[str, bytes] = {}
    missed: dict[str, str] = {}
    try:
        for instance in source.instances():
            try:
                reply = await source.ask(Question(Api.ARGOCD, LIST, (), instance))
                lists[instance] = content_of_list(source, reply)
            except SourceError as error:
                missed[instance] = str(error)
    finally:
        await source.close()
    if not lists:
        raise SourceError(next(iter(missed.values())))
    return lists, missed


def _told(lines: list[Line], wide: bool) -> list[str]:
    return [
        _row(line, line.object, line.place, *((line.status, line.sync, line.health) if wide else ())) for line in lines
    ]


def _counted(lines: list[Line]) -> list[str]:
    if not lines:
        return []
    counts = Counter(line.status or "no status" for line in lines)
    numbers = ", ".join(f"{number} {status}" for status, number in counts.most_common())
    return [_row(lines[0], lines[0].sync, lines[0].health, numbers)]


def _row(line: Line, *columns: str) -> str:
    """A line of TSV; of several instances, it ends with its own."""
    return "\t".join(map(cell, (line.application, *columns, *([line.instance] if line.instance else [])))) + "\n"
