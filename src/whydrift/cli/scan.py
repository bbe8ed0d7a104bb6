"""`whydrift scan`."""

from __future__ import annotations

from dataclasses import replace

import click

from whydrift.cli.answering import answer
from whydrift.cli.options import (
    FORMATS,
    connection_options,
    difference_options,
    fail_on_option,
    output_option,
    selection_options,
)
from whydrift.cli.requests import request_of, selection_of
from whydrift.core.model.trouble import Unmask

LOOKED_FOR: dict[object, Unmask] = {None: Unmask.UNWELL, True: Unmask.EVERYWHERE, False: Unmask.NOWHERE}


@click.command("scan")
@click.argument("apps", nargs=-1, metavar="[[INSTANCE:][NAMESPACE/]NAME]...")
@click.option("--hidden", is_flag=True, help="Also what differs and Argo CD does not show (reads every application).")
@click.option(
    "--unmask/--no-unmask",
    default=None,
    help="What is broken: also in what Argo CD calls Healthy (reads every tree), or nowhere.  "
    "[default: in what Argo CD does not call well]",
)
@click.option("--no-sync", is_flag=True, help="Do not say what a sync would do: quicker for a very large fleet.")
@connection_options
@selection_options
@difference_options
@output_option(*FORMATS)
@fail_on_option()
@click.pass_context
def command(ctx: click.Context, /, apps: tuple[str, ...], **options: object) -> None:
    """Triage of the fleet: why does it differ, which side is right, what to read first.

    Names may hold globs: 'shop-*', 'argocd/shop'. Without any, the whole fleet.
    """
    request = replace(
        request_of(options, selection_of(options, apps)),
        hidden=bool(options["hidden"]),
        unmask=LOOKED_FOR[options["unmask"]],
        forecast=not options["no_sync"],
    )
    ctx.exit(answer(request))
