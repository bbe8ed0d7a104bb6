"""`whydrift postmortem`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from whydrift.errors import UsageError


@click.command("postmortem")
@click.argument("plan", metavar="plan.json")
@click.option("--verified", default="", metavar="FILE", help="What became of it: `whydrift verify plan.json -o json`.")
@click.pass_context
def command(ctx: click.Context, /, plan: str, verified: str) -> None:
    """A Markdown page for the follow-up: what was changed by hand, by whom, when, what was adopted, what is open."""
    from whydrift.adapters.files.plans import read_plan
    from whydrift.core.report.postmortem import postmortem
    from whydrift.core.report.verification import SCHEMA, Verification

    planned = read_plan(Path(plan))
    found: Verification | None = None
    if verified:
        try:
            found = msgspec.json.decode(Path(verified).read_bytes(), type=Verification)
        except OSError as error:
            raise UsageError(f"{verified}: {error.strerror or error}") from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{verified} is not what `whydrift verify -o json` wrote: {error}") from error
        if found.schema != SCHEMA:
            raise UsageError(f"{verified} is a {found.schema}, this whydrift takes {SCHEMA}")
    sys.stdout.write(postmortem(planned, found))
    sys.stdout.flush()
    ctx.exit(0)
