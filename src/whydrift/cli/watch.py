"""`whydrift watch`."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.lines import Lines
from whydrift.cli.options import connection_options, selection_options, store_option
from whydrift.cli.requests import connection_of, selection_of
from whydrift.cli.spans import Span
from whydrift.core.model.trouble import Unmask
from whydrift.core.select import Selection
from whydrift.settings import Connection, Settings, read_settings

if TYPE_CHECKING:
    from whydrift.core.model.application import Application
    from whydrift.core.model.triage import ApplicationAnswer
    from whydrift.ports.watching import Store
    from whydrift.usecases.watch.asking import Asking
    from whydrift.usecases.watch.attend import How
    from whydrift.usecases.watch.status import Status


@dataclass(frozen=True)
class Asked:
    """What the command line asks for; `every` and `settle` are seconds, None where they are not stated.

    `output` is text, jsonl or none.
    """

    connection: Connection
    selection: Selection
    settings: Settings
    every: int | None
    settle: int
    hidden: bool
    unmask: Unmask
    output: str
    colour: str


@click.command("watch")
@click.argument("apps", nargs=-1, metavar="[[INSTANCE:][NAMESPACE/]NAME]...")
@click.option("--every", type=Span(), metavar="TIME", help="Look at all of it so often; 1h, or as the settings say.")
@click.option(
    "--settle", type=Span(), metavar="TIME", help="Quiet before messages are sent; 60s, or as the settings say."
)
@store_option
@click.option("--once", is_flag=True, help="Look once and end; with --every, only at what changed or is older.")
@click.option("--no-hidden", is_flag=True, help="Not what differs and Argo CD does not show.")
@click.option("--no-unmask", is_flag=True, help="Not what is broken behind the noise.")
@connection_options
@selection_options
@click.option(
    "-o", "--output", default="text", type=click.Choice(("text", "jsonl")), show_default=True, help="Output format."
)
@click.option(
    "--color", "colour", default="auto", type=click.Choice(("auto", "always", "never")), help="Colour the text."
)
@click.pass_context
def command(ctx: click.Context, /, apps: tuple[str, ...], **options: object) -> None:
    """Keep looking: follow Applications as they change, keep what is found, tell the routes of the settings.

    A line for each thing that happens: new, returned, changed or gone. An unchanged fleet costs nearly nothing. With
    --from, a recording is looked at once, into a store that is thrown away unless --store names one.
    """
    settings = read_settings(os.environ, Path.home(), Path.cwd())
    every, settle = options["every"], options["settle"]
    asked = Asked(
        connection=connection_of(options),
        selection=selection_of(options, apps),
        settings=settings,
        every=every if isinstance(every, int) else None,
        settle=settle if isinstance(settle, int) else settings.watch.settle,
        hidden=not options["no_hidden"],
        unmask=Unmask.NOWHERE if options["no_unmask"] else Unmask.EVERYWHERE,
        output=str(options["output"]),
        colour=str(options["colour"]),
    )
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # how a pod is asked to end
    run_interruptibly(_watch(asked, str(options["store"]), once=bool(options["once"])))
    ctx.exit(0)


async def _watch(asked: Asked, url: str, once: bool) -> None:
    from whydrift import wiring
    from whydrift.usecases.watch.status import Status

    recorded = asked.connection.recording is not None
    with tempfile.TemporaryDirectory(prefix="whydrift-watch-") as folder:
        thrown_away = recorded and not url
        settings = replace(asked.settings, state=Path(folder)) if thrown_away else asked.settings
        store = await asyncio.to_thread(wiring.open_store, settings, url)
        try:
            await (look_once(asked, store) if once or recorded else keep_watch(asked, store, Status()))
        finally:
            store.close()


def how_of(asked: Asked, every: float) -> How:
    """What to watch, and how to look."""
    from whydrift import wiring
    from whydrift.cli.answering import residuals_of
    from whydrift.usecases.watch.attend import How

    analysis = replace(wiring.analysis(asked.settings, asked.hidden), unmask=asked.unmask)
    mark: Callable[[ApplicationAnswer], ApplicationAnswer] = residuals_of(asked.connection).marked
    return How(asked.selection.chooses(), analysis, mark, every)


async def look_once(asked: Asked, store: Store) -> None:
    """Look once. What is not listed any more is gone, where the list is proven to be whole."""
    from whydrift import wiring
    from whydrift.usecases.scan import Read, scan
    from whydrift.usecases.watch.once import Once
    from whydrift.usecases.workbench import Workbench
    from whydrift.wiring.telling import system_clock

    opened = wiring.open_source(asked.connection)
    read, lines = Read(), Lines(asked.output, asked.colour)
    at = opened.read_at or system_clock().now()
    how = how_of(asked, float(asked.every or 0))  # whose answers are older than that is looked at
    analysis = replace(how.analysis, read_at=opened.read_at)

    def scanned(chosen: Callable[[Application], bool]) -> AsyncGenerator[ApplicationAnswer, None]:
        share = None if asked.selection.names else wiring.share(opened)
        return scan(opened.answers, analysis, opened.reader, chosen, read, Workbench(), share)

    look = Once(store, how, opened.masker, at)
    try:
        looked = await look.look(scanned, lambda seen, events: lines.tell(events))
        if not (read.gaps or opened.gaps):
            await look.forget_gone(lambda name, events: lines.tell(events))
    finally:
        await opened.close()
    asked.selection.require(look.listed)
    lines.say(f"{looked} of {len(look.listed)} applications looked at, {lines.told} events")
    for gap in (*read.gaps, *opened.gaps):
        lines.say(f"not read: {gap.what}: {gap.why}")
    await _tell_once(asked, store)


async def _tell_once(asked: Asked, store: Store) -> None:
    """Tell the routes of the settings what happened; a recording is of another time, and nobody is told of it."""
    from whydrift.usecases.deliver import tell_once
    from whydrift.wiring.telling import channels_of, system_clock, telling_of

    if asked.connection.recording is None:
        channels, words = channels_of(asked.settings), telling_of(asked.settings)
        await tell_once(store, channels, words, system_clock(), asked.settle)


async def keep_watch(asked: Asked, store: Store, status: Status, asking: Asking | None = None) -> None:
    """Watch until Ctrl-C, and tell the routes of the settings beside; `status` says how it goes.

    With `asking`, others look: this process follows, and tells.
    """
    from whydrift.usecases.deliver import Pace, keep_telling
    from whydrift.wiring.telling import channels_of, system_clock, telling_of
    from whydrift.wiring.watching import watcher

    lines = Lines(asked.output, asked.colour)
    every = float(asked.settings.watch.full if asked.every is None else asked.every)
    channels, words = channels_of(asked.settings), telling_of(asked.settings)
    pace = Pace(settle=asked.settle, group=float(asked.settings.watch.group))
    watching = watcher(asked.connection, asked.settings, store, how_of(asked, max(every, 1.0)), lines.tell)
    watching.status, watching.asking = status, asking
    await first_to_end(
        watching.run(),
        lines.show(status),
        keep_telling(store, channels, words, system_clock(), pace, lines.say, lambda: status.caught_up),
    )


async def first_to_end(*work: Coroutine[None, None, None]) -> None:
    """Run all of it until one ends, as none does by itself: then all end, and its failure is raised."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
