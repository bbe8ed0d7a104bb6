"""`whydrift hidden`."""

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


@click.command("hidden")
@click.argument("apps", nargs=-1, metavar="[[INSTANCE:][NAMESPACE/]NAME]...")
@connection_options
@selection_options
@difference_options
@output_option(*FORMATS)
@fail_on_option("git,cluster,ask,structure,unexplained,broken")
@click.pass_context
def command(ctx: click.Context, /, apps: tuple[str, ...], **options: object) -> None:
    """What differs and Argo CD does not show: hand edits, leftovers, values under ignore rules; who, since when.

    Reads every selected application, also those that Argo CD calls Synced.
    """
    request = replace(
        request_of(options, selection_of(options, apps)),
        hidden=True,
        unseen=True,
        heading="What differs and Argo CD does not show",
    )
    ctx.exit(answer(request))
