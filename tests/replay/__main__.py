"""Serve a recording by hand: python -m tests.replay FOLDER|ZIP [--port N] [--token T] [--root P] [--tls] [--fault F]"""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from pathlib import Path

from tests.replay import faults
from tests.replay.server import CERTIFICATES, Replay


def main() -> None:
    """Serve until Ctrl-C; then say how many requests came."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.replay", description=faults.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recording", type=Path, help="a folder or a .zip")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--token", default="", help="ask for this bearer token")
    parser.add_argument("--root", default="", help="serve below this path")
    parser.add_argument("--tls", action="store_true", help=f"serve https, with the CA {CERTIFICATES / 'ca.crt'}")
    parser.add_argument("--paced", action="store_true", help="take as long as a real Argo CD")
    parser.add_argument("--fault", action="append", default=[], type=faults.Fault.parse, metavar="FAULT")
    given = parser.parse_args()
    replay = Replay(
        given.recording,
        token=given.token,
        root=given.root,
        faults=given.fault,
        certificate="server" if given.tls else "",
        port=given.port,
        paced=given.paced,
    )
    sys.stderr.write(f"Argo CD    {replay.url}\nKubernetes {replay.kubernetes_url}\n")
    with suppress(KeyboardInterrupt):
        replay.serve()
    sys.stderr.write(f"\n{len(replay.seen)} requests, {replay.most_running} at a time\n")


if __name__ == "__main__":
    main()
