"""`whydrift explain`."""

from __future__ import annotations

from dataclasses import replace

import click

from whydrift.cli.answering import answer
from whydrift.cli.options import FORMATS, connection_options, difference_options, fail_on_option, output_option
from whydrift.cli.requests import request_of
from whydrift.core.model.trouble import Unmask
from whydrift.core.select import Selection


@click.command("explain")
@click.argument("app", metavar="[INSTANCE:][NAMESPACE/]NAME")
@click.argument("objects", nargs=-1, metavar="[KIND/NAME]...")
@click.option("--hidden", is_flag=True, help="Also what differs and Argo CD does not show.")
@connection_options
@difference_options
@output_option(*FORMATS)
@fail_on_option()
@click.pass_context
def command(ctx: click.Context, /, app: str, objects: tuple[str, ...], **options: object) -> None:
    """Every field of an application that differs: both sides, the cause, its proof, which side is right."""
    request = replace(
        request_of(options, Selection((app,))),
        objects=objects,
        hidden=bool(options["hidden"]),
        whole=True,
        unmask=Unmask.UNWELL,
    )
    ctx.exit(answer(request))
