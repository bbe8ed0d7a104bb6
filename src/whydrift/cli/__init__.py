"""The command line: one module a command, imported when it is chosen. Arguments → use case → report → exit code."""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module

import click

from whydrift.commands import COMMANDS, SUMMARY, help_text, program
from whydrift.errors import UsageError, WhydriftError

SELDOM = (100_000, 20, 50)
"""When to look for cycles of garbage: decoding in bulk makes many objects and hardly any cycle."""


class Commands(click.Group):
    """Lists every command without importing any; imports the one that is chosen."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order in which one needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        gc.set_threshold(*SELDOM)
        command = import_module(f"whydrift.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        gc.freeze()
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names; a word that is near one is told which."""
        if args and args[0] not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            ctx.fail(f"No such command {args[0]!r}.{f' Is it {near[0]!r}?' if near else ''}")
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """The page that is also shown without importing click."""
        return help_text(ctx.command_path).rstrip()


@click.group(
    cls=Commands, help=SUMMARY, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="whydrift", message="%(prog)s %(version)s")
def whydrift() -> None:
    """Everything is said by the commands."""


def main() -> None:
    """Run the command line; every failure is one line on stderr and an exit code, never a traceback."""
    if sys.platform == "win32":
        click.echo("whydrift runs on Linux and macOS; on Windows run it inside WSL", err=True)
        sys.exit(2)
    sys.exit(_run(program(sys.argv[0])))


def _run(name: str) -> int:
    try:
        code = whydrift.main(prog_name=name, standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        return _interrupted()
    except BrokenPipeError:
        return _nothing_more(0)
    except (click.exceptions.Exit, click.ClickException, WhydriftError, OSError, MemoryError) as failure:
        return _exit_code(failure, name)
    except Exception as failure:
        return _fail(_unforeseen(failure))
    return code if isinstance(code, int) else 0


def _exit_code(failure: Exception, name: str) -> int:
    """One line on stderr for a failure, and its exit code."""
    match failure:
        case click.exceptions.Exit():
            return failure.exit_code
        case click.UsageError():
            place = failure.ctx.command_path if failure.ctx else name
            return _fail(f"{failure.format_message()} Try '{place} --help'.")
        case click.ClickException():
            return _fail(failure.format_message())
        case UsageError():
            return _fail(f"{failure}. Try '{name} --help'.")
        case OSError():
            return _nothing_more(_fail(f"{failure.filename or 'output'}: {failure.strerror or failure}"))
        case MemoryError():
            return _fail("out of memory: select fewer applications")
        case _:
            return _fail(str(failure))


def _unforeseen(failure: Exception) -> str:
    """A mistake of whydrift's own, in a line that can be reported: what, and where."""
    import traceback

    last = traceback.extract_tb(failure.__traceback__)[-1]
    where = f"{last.filename.rpartition('/')[2]}:{last.lineno}"
    return f"whydrift met something that it did not expect ({type(failure).__name__} at {where}): please report it"


def _fail(message: str) -> int:
    """One line, without control characters and without the secrets that a message may quote."""
    from whydrift.core.model.secrets import Masker
    from whydrift.core.report.words import plain

    said = Masker(os.urandom(16)).text(" ".join(message.split()))
    click.echo(f"error: {plain(said)}", err=True)
    return 2


def _interrupted() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    click.echo("interrupted", err=True)
    return _nothing_more(130)


def _nothing_more(code: int) -> int:
    """Give up what is still to be written: whoever reads the output has seen enough, or cannot take it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code
