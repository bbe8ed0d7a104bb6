"""`whydrift record`."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.options import connection_options, selection_options
from whydrift.cli.requests import connection_of, selection_of
from whydrift.cli.terminal import over_the_last_line
from whydrift.core.model.trouble import Unmask
from whydrift.core.report.words import count, shortened
from whydrift.core.select import Chosen, Selection
from whydrift.errors import UsageError
from whydrift.settings import Connection
from whydrift.usecases.record import Recorded

if TYPE_CHECKING:
    from whydrift.adapters.files.writer import RecordingSource

LEFT_OUT = "repositories are left out, because they cannot be masked: record --git writes what is read of them"


@click.command("record")
@click.argument("apps", nargs=-1, metavar="[[INSTANCE:][NAMESPACE/]NAME]...")
@click.option("-o", "--output", required=True, metavar="FOLDER|FILE.zip", help="Where to write it.")
@click.option("--git", "with_git", is_flag=True, help="Also what is read of repositories: as it is, UNMASKED.")
@connection_options
@selection_options
@click.pass_context
def command(ctx: click.Context, /, apps: tuple[str, ...], output: str, with_git: bool, **options: object) -> None:
    """Write everything that is read into a folder or .zip, masked; every command takes it with --from.

    Interrupted? The same command goes on where it stopped. Values of Secrets and secret-looking values never get in,
    unless --git adds repositories that hold them: their files and histories are written as they are.
    """
    selection = selection_of(options, apps)
    done, unread = run_interruptibly(_record(connection_of(options), selection, Path(output), with_git))
    says = f"{output}: {count(done.applications, 'application')}, {done.drifting} not Synced"
    click.echo(f"{says}; {count(unread, 'answer')} could not be read (recording.json names them)" if unread else says)
    ctx.exit(0)


async def _record(connection: Connection, selection: Selection, output: Path, with_git: bool) -> tuple[Recorded, int]:
    from whydrift import wiring
    from whydrift.adapters.files.writer import masker_of
    from whydrift.usecases.record import places, record
    from whydrift.usecases.workbench import Workbench
    from whydrift.wiring import recording

    if with_git and connection.no_git:
        raise UsageError("--git and --no-git exclude each other")
    zipped = output.suffix == ".zip"
    folder = output.with_name(f"{output.name}.part") if zipped else output
    begun = folder.exists()
    masker = masker_of(folder)
    chosen, opened = selection.chooses(), wiring.open_source(connection)
    opened.masker = masker
    read_at = opened.read_at
    try:
        recorder = recording.recorder(opened, folder)
        analysis = replace(wiring.analysis(opened.settings, hidden=True), unmask=Unmask.EVERYWHERE)
        noted = recording.noted_repositories(opened) if with_git else None
        bench = None if noted is None else Workbench(wiring.renderer(opened))
        done = await record(recorder, analysis, opened.reader, chosen, _progress, bench)
        _require(chosen, folder, begun)
        repositories = {"notes": [LEFT_OUT]} if noted is None else {"git": await recording.bundles(noted, recorder)}
        recorder.finish({**_about(recorder, read_at), **await places(recorder), **repositories})
    finally:
        await opened.close()
    if zipped:
        recording.pack(folder, output)
        shutil.rmtree(folder)
    return done, len(recorder.unread)


def _about(recorder: RecordingSource, read_at: str) -> dict[str, object]:
    """What `recording.json` says of the recording itself."""
    from whydrift.adapters.files.recording import SCHEMA

    return {
        "schema": SCHEMA,
        "at": read_at,
        "by": f"whydrift {version('whydrift')}",
        "from": recorder.name,
        "masked": "values of Secrets, secret-looking values, known token formats",
        "resumed": recorder.resumed > 0,
    }


def _require(chosen: Chosen, folder: Path, begun: bool) -> None:
    """UsageError where names chose nothing; then nothing is kept that this run began."""
    try:
        chosen.require()
    except UsageError:
        if not begun:
            shutil.rmtree(folder)
        raise


def _progress(so_far: Recorded, name: str) -> None:
    if sys.stderr.isatty():
        over_the_last_line(f"{so_far.applications} applications … {shortened(name, 50)}")
