"""`whydrift postmortem`."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command("postmortem")
@click.argument("plan", metavar="plan.json")
@click.option("--verified", default="", metavar="FILE", help="What became of it: `whydrift verify plan.json -o json`.")
@click.pass_context
def command(ctx: click.Context, /, plan: str, verified: str) -> None:
    """A Markdown page for the follow-up: what was changed by hand, by whom, when, what was adopted, what is open."""
    from whydrift.adapters.files.documents import read_document
    from whydrift.adapters.files.plans import read_plan
    from whydrift.core.report.postmortem import postmortem
    from whydrift.core.report.verification import SCHEMA, Verification

    planned = read_plan(Path(plan))
    found = read_document(Path(verified), Verification, SCHEMA, "whydrift verify -o json") if verified else None
    sys.stdout.write(postmortem(planned, found))
    sys.stdout.flush()
    ctx.exit(0)
