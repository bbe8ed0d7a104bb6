"""`whydrift`, `python -m whydrift`, `kubectl whydrift`: start the command line."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line. Until it is imported, Ctrl-C ends the process like any other, without a traceback."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from whydrift.cli import main as run

    run()


if __name__ == "__main__":
    main()
