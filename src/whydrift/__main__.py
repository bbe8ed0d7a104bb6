"""`whydrift`, `python -m whydrift`, `kubectl whydrift`: start the command line."""

from __future__ import annotations

import os
import sys

from whydrift.commands import help_text, program


def main() -> None:
    """Run the command line. Ctrl-C ends the process like any other, but where `run_interruptibly` lets go first."""
    if sys.argv[1:] in ([], ["-h"], ["--help"]):
        sys.exit(_help())
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from whydrift.cli import main as run

    run()


def _help() -> int:
    """The first page, written at once; a reader that has seen enough of it is no failure."""
    try:
        os.write(1, help_text(program(sys.argv[0])).encode())
    except BrokenPipeError:
        return 0
    except OSError as error:
        sys.stderr.write(f"error: output: {error.strerror}\n")
        return 2
    return 0


if __name__ == "__main__":
    main()
