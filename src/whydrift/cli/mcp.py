"""`whydrift mcp`: the reading commands as MCP tools."""

from __future__ import annotations

import os
from importlib.metadata import version

import click

from whydrift.cli.options import connection_options
from whydrift.cli.requests import connection_of, words_of
from whydrift.errors import UsageError


@click.command("mcp")
@click.option(
    "--timeout",
    default=300.0,
    show_default=True,
    type=click.FloatRange(min=1),
    metavar="SECONDS",
    help="How long one command may take.",
)
@connection_options
@click.pass_context
def command(ctx: click.Context, /, timeout: float, **options: object) -> None:
    """The reading commands as MCP tools on standard input and output, so that an assistant quotes proofs.

    Read only: scan, explain, guard, unmask, hidden, ignores, ls, causes, doctor. Masked like everything else. Options
    and environment say where all of them read; an assistant cannot change that. In an assistant's configuration:

    \b
      {"mcpServers": {"whydrift": {"command": "whydrift", "args": ["mcp"]}}}
    """
    try:
        from whydrift.cli.assistant import Assistant, server
    except ModuleNotFoundError as error:
        raise UsageError("`mcp` needs whydrift[mcp]: pip install 'whydrift[mcp]'") from error
    connection = connection_of(options)
    environ = {**os.environ, "WHYDRIFT_PROMETHEUS": connection.prometheus}
    server(Assistant(words_of(connection), timeout, environ), version("whydrift")).run("stdio")
    ctx.exit(0)
