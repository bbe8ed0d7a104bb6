"""Puts limits on itself and becomes a tool: `python -I -S launch.py SECONDS BYTES OUTPUT TOOL ARGUMENT…`.

Run as a file in an interpreter of its own, so that no code runs between fork and exec of a program with threads. It
imports nothing but what Python itself is made of.
"""

import os
import resource
import sys

OPEN_FILES = 1024


def limit(what: int, most: int) -> None:
    """Lower one limit, never above what is already forbidden."""
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def main(seconds: str, memory: str, output: str, *tool: str) -> None:
    """Limit processor time, memory and the size of any file that is written; no core files. Then become the tool."""
    limit(resource.RLIMIT_CPU, int(seconds))
    limit(resource.RLIMIT_AS, int(memory))
    limit(resource.RLIMIT_FSIZE, int(output))
    limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    limit(resource.RLIMIT_CORE, 0)
    try:
        os.execv(tool[0], tool)
    except OSError as error:
        sys.exit(f"it cannot be started: {error.strerror}")


if __name__ == "__main__":
    main(*sys.argv[1:])
