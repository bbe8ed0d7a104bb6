"""The command line: one module a command, imported when it is chosen. Arguments → use case → report → exit code."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path

import click

from whydrift.errors import UsageError, WhydriftError

COMMANDS = {
    "demo": "the whole tour on a recorded fleet: no cluster, no network, no configuration",
    "ls": "one line per drifting object, from statuses only",
    "scan": "triage of the fleet: causes, patterns, what to read first",
    "explain": "every field of an application that differs: why, with proof",
    "unmask": "what is broken behind the noise: crash loops, and the first line that says why",
    "guard": "may this app be synced without reverting somebody's work? an exit code for pipelines",
    "hidden": "what differs and Argo CD does not show: hand edits, leftovers, values under ignore rules",
    "ignores": "audit of the ignore rules: dead, too wide, hiding a real change right now",
    "record": "write everything that is read, masked, into a folder or .zip",
    "causes": "what whydrift knows, with examples",
    "doctor": "can everything be reached; which permission is missing",
    "completion": "shell completion",
}
EPILOG = """\b
Exit codes (2 wins over 1, 1 over 3, 3 over 0):
  0    nothing needs attention
  1    something does: a difference on side git, cluster, ask or structure, or an unexplained one (--fail-on changes it)
  2    the command could not do its work: usage, connection, permission
  3    it answered, but an application was not read, or a difference stayed undecided for lack of a fact
  130  interrupted
"""


class Commands(click.Group):
    """Lists every command without importing any; imports the one that is chosen."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order in which one needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now; from then on Ctrl-C is answered, until then it just ends it all."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"whydrift.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command, from the table."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="whydrift", message="%(prog)s %(version)s")
def whydrift() -> None:
    """Why does it differ? For every field that differs between git and an Argo CD cluster: the cause, with proof."""


def main() -> None:
    """Run the command line; every failure is one line on stderr and an exit code, never a traceback."""
    if sys.platform == "win32":
        click.echo("whydrift runs on Linux and macOS; on Windows run it inside WSL", err=True)
        sys.exit(2)
    name = "kubectl whydrift" if Path(sys.argv[0]).name.startswith("kubectl-") else "whydrift"
    code = _run(name)
    signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # nothing is left that a second Ctrl-C could interrupt with a traceback
    sys.exit(code)


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
    last = traceback.extract_tb(failure.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    return f"whydrift met something that it did not expect ({type(failure).__name__} at {where}): please report it"


def _fail(message: str) -> int:
    """One line, without control characters and without the secrets that a message may quote."""
    from whydrift.core.model.secrets import Masker
    from whydrift.core.report.words import plain

    said = Masker(secrets.token_bytes(16)).text(" ".join(message.split()))
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
