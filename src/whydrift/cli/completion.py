"""`whydrift completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def command(ctx: click.Context, /, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash:  whydrift completion bash > ~/.local/share/bash-completion/completions/whydrift
    zsh:   whydrift completion zsh > "${fpath[1]}/_whydrift"
    fish:  whydrift completion fish > ~/.config/fish/completions/whydrift.fish
    """
    from whydrift.cli import whydrift

    completion = get_completion_class(shell)
    assert completion is not None, "click knows every shell that is offered"
    click.echo(completion(whydrift, {}, "whydrift", "_WHYDRIFT_COMPLETE").source())
