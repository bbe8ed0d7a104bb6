"""`whydrift demo`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from whydrift.cli.interrupts import run_interruptibly
from whydrift.core.model.trouble import Unmask
from whydrift.core.select import Selection
from whydrift.demo import FLEET
from whydrift.settings import Connection

if TYPE_CHECKING:
    from whydrift.cli.requests import Request

INTRODUCTION = """\
A recorded fleet: a third of it has been red for months, and nobody reads the column any more.
No cluster, no network, no configuration. Every command reads it with --from demo.

$ whydrift scan --from demo
"""
NEXT = (
    (
        "paperclip",
        ("ExternalSecret/paperclip-anthropic",),
        "sixteen objects in ten applications are red for this reason",
    ),
    ("root", ("Application/gitea",), "the app of apps, and what Argo CD leaves out of its children"),
    ("sympozium", (), "two applications claim one Namespace"),
)


@click.command("demo")
@click.option("--path", is_flag=True, help="Print where the recording is, and nothing else.")
@click.pass_context
def command(ctx: click.Context, /, path: bool) -> None:
    """The whole tour on a recorded fleet: 52 applications, 20 OutOfSync, seven reasons."""
    if path:
        click.echo(FLEET)
        return
    click.echo(INTRODUCTION)
    run_interruptibly(_tour())
    click.echo("\nYours: whydrift scan      (your argocd login and kubeconfig are used; nothing is ever written)")
    ctx.exit(0)


async def _tour() -> None:
    """Tell one answer after the other; those that come later are found out beside the first."""
    from whydrift.adapters.forks import beside
    from whydrift.cli.answering import texts_of

    async def tell_fleet() -> None:
        [text] = await texts_of([_request(Selection())])
        click.echo(text, nl=False)

    other = beside(texts_of)
    ask = texts_of if other is None else other.ask
    asked = [_request(Selection((name,)), objects, whole=True) for name, objects, _ in NEXT]
    try:
        _, found = await asyncio.gather(tell_fleet(), ask(asked))
    finally:
        if other is not None:
            await other.close()
    for (name, objects, says), text in zip(NEXT, found, strict=True):
        click.echo(f"\n$ whydrift explain {' '.join((name, *objects))} --from demo      # {says}\n")
        click.echo(text, nl=False)


def _request(selection: Selection, objects: tuple[str, ...] = (), whole: bool = False) -> Request:
    from whydrift.cli.requests import Request

    return Request(Connection(recording="demo"), selection, objects=objects, whole=whole, unmask=Unmask.UNWELL)
