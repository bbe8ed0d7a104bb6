"""`whydrift demo`."""

from __future__ import annotations

import asyncio

import click

from whydrift.adapters.forks import beside
from whydrift.cli.answering import Request, text_of
from whydrift.core.select import Selection
from whydrift.demo import FLEET
from whydrift.settings import Connection

INTRODUCTION = """\
A recorded fleet: a third of it has been red for months, and nobody reads the column any more.
No cluster, no network, no configuration. Every command reads it with --from demo.

$ whydrift scan --unmask --from demo
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
    asyncio.run(_tour())
    click.echo(
        "\nYours: whydrift scan --unmask      (your argocd login and kubeconfig are used; nothing is ever written)"
    )
    ctx.exit(0)


async def _tour() -> None:
    """Tell one answer after the other; those that come later are found out beside the first."""
    other = beside(text_of)
    ask = text_of if other is None else other.ask
    try:
        later = [
            asyncio.create_task(ask(_request(Selection((name,)), objects, whole=True))) for name, objects, _ in NEXT
        ]
        click.echo(await text_of(_request(Selection())), nl=False)
        for (name, objects, says), told in zip(NEXT, later, strict=True):
            click.echo(f"\n$ whydrift explain {' '.join((name, *objects))} --from demo      # {says}\n")
            click.echo(await told, nl=False)
    finally:
        if other is not None:
            await other.close()


def _request(selection: Selection, objects: tuple[str, ...] = (), whole: bool = False) -> Request:
    return Request(Connection(recording="demo"), selection, objects=objects, whole=whole, unmask=not whole)
