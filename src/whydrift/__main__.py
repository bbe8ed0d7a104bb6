"""`whydrift`, `python -m whydrift`, `kubectl whydrift`: start the command line."""

from __future__ import annotations

from whydrift.cli import main

if __name__ == "__main__":
    main()
