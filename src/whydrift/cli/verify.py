"""`whydrift verify`."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import click
import msgspec

from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.looks import look
from whydrift.cli.options import connection_options, output_option
from whydrift.cli.requests import connection_of
from whydrift.core.model.plan import Plan
from whydrift.core.model.trouble import Unmask
from whydrift.core.report.verification import Verification, mends, verification_text, verified
from whydrift.core.select import Selection
from whydrift.errors import UsageError
from whydrift.settings import Connection

PERIOD = re.compile(r"(\d{1,5})([smh])")
SECONDS = {"s": 1, "m": 60, "h": 3600}
PAUSE = 10


@click.command("verify")
@click.argument("plan", metavar="plan.json")
@click.option("--wait", default="", metavar="TIME", help="Look again until all of it converged: 90s, 10m, 1h at most.")
@connection_options
@output_option("text", "json")
@click.pass_context
def command(ctx: click.Context, /, plan: str, wait: str, **options: object) -> None:
    """Did it converge, is it left, did it come back, and who wrote it then?

    Exit codes: 0 all converged, 1 something is left or came back, 3 something was not read.
    """
    from whydrift.adapters.files.plans import read_plan
    from whydrift.cli.terminal import line_width, wants_colour
    from whydrift.core.report.words import Ink, count

    connection = connection_of(options)
    end = time.monotonic() + _seconds(wait)
    if wait and connection.recording is not None:
        raise UsageError("--wait: a recording stays as it is")
    planned = read_plan(Path(plan))
    found = run_interruptibly(_look(planned, plan, connection))
    while found.exit_code and time.monotonic() < end:
        done = sum(step.became == "converged" for step in found.steps)
        _say(f"{done} of {count(len(found.steps), 'step')} converged; looks again for {end - time.monotonic():.0f} s")
        time.sleep(min(PAUSE, max(end - time.monotonic(), 0)))
        found = run_interruptibly(_look(planned, plan, connection))
    _say("")
    if options["output"] == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    else:
        sys.stdout.write(verification_text(found, Ink(wants_colour(str(options["colour"]))), line_width()))
    sys.stdout.flush()
    ctx.exit(found.exit_code)


def _say(line: str) -> None:
    """Say how far it is, on a terminal only."""
    from whydrift.cli.terminal import over_the_last_line

    if sys.stderr.isatty():
        over_the_last_line(line)


def _seconds(stated: str) -> float:
    """A period in seconds, 0 for none. UsageError where it is none, or longer than an hour."""
    found = PERIOD.fullmatch(stated)
    if stated and found is None:
        raise UsageError(f"--wait {stated}: a time is 90s, 10m or 1h")
    seconds = int(found[1]) * SECONDS[found[2]] if found else 0
    if seconds > SECONDS["h"]:
        raise UsageError(f"--wait {stated}: an hour at most")
    return seconds


async def _look(plan: Plan, name: str, connection: Connection) -> Verification:
    """The applications of a plan as they are now, held against it."""
    names = tuple(application.named for application in plan.applications)
    hidden = not all(field.shown for step in plan.steps for field in step.fields)
    unmask = Unmask.EVERYWHERE if any(map(mends, plan.steps)) else Unmask.NOWHERE
    found = await look(connection, Selection(names), hidden, unmask=unmask)
    by_name = {application.selector: application for application in found.applications}
    return Verification(plan=name, read=found.about, steps=verified(plan, by_name), gaps=found.about.gaps)
