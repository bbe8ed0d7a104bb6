"""`whydrift accept`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.looks import look
from whydrift.cli.options import connection_options
from whydrift.cli.requests import connection_of
from whydrift.core.model.accepted import Accepted
from whydrift.core.model.triage import ApplicationAnswer, DifferenceAnswer, ObjectAnswer
from whydrift.core.select import Selection
from whydrift.errors import UsageError
from whydrift.settings import Connection

DAYS = re.compile(r"(\d{1,4})d")
LONGEST_DAYS = 366
Match = tuple[ApplicationAnswer, ObjectAnswer, DifferenceAnswer]


@click.command("accept")
@click.argument("app", metavar="[[INSTANCE:][NAMESPACE/]NAME]")
@click.argument("named", metavar="KIND/NAME")
@click.argument("path", default="", metavar="[PATH]")
@click.option("--reason", required=True, help="Why it is lived with.")
@click.option("--owner", required=True, help="Who answers for it: a person or a team.")
@click.option("--until", required=True, metavar="DATE|DAYSd", help="The last day: 2027-01-31, or 30d; a year at most.")
@click.option("--file", "place", default="", metavar="FILE", help="Instead of ./whydrift-accepted.toml.")
@connection_options
def command(
    app: str, named: str, path: str, reason: str, owner: str, until: str, place: str, **options: object
) -> None:
    """Live with a difference, by name: reason, owner, and until when; in whydrift-accepted.toml, which you commit.

    PATH is a field as explain shows it, or a JSON pointer; without it the whole object. Accepted differences
    are counted apart and do not make the exit code 1; expired ones are reported.
    """
    from whydrift.adapters.files.accepted import FILE, add_accepted

    today = datetime.now(UTC).date()
    end = _until(until, today)
    if not reason.strip() or not owner.strip():
        raise UsageError("a residual has a reason and an owner: both must say something")
    found = run_interruptibly(_find(connection_of(options), app, named, path))
    application, item, difference = found
    one = Accepted(
        application=application.selector,
        object=item.id,
        namespace=item.namespace,
        path=difference.path if path else "",
        reason=reason.strip(),
        owner=owner.strip(),
        since=today.isoformat(),
        until=end.isoformat(),
    )
    file = Path(place or FILE)
    add_accepted(file, one)
    about = f"{item.id} {one.path}".rstrip()
    click.echo(f"{file}: {about} of {one.application} is accepted until {one.until}. Commit the file.")


def _until(stated: str, today: date) -> date:
    """The last day. UsageError for one that is no date, over already, or more than a year away."""
    days = DAYS.fullmatch(stated)
    try:
        end = today + timedelta(days=int(days[1])) if days else date.fromisoformat(stated)
    except ValueError as error:
        raise UsageError(f"--until {stated}: neither a date (2027-01-31) nor days (30d)") from error
    if not today <= end <= today + timedelta(days=LONGEST_DAYS):
        raise UsageError(f"--until {stated}: it must lie between today and a year from now")
    return end


async def _find(connection: Connection, app: str, named: str, path: str) -> Match:
    """The one difference that is meant. UsageError where there is none, with what there is."""
    from whydrift.cli.narrowing import names

    selection = Selection((app,))
    applications = (await look(connection, selection, hidden=True)).applications
    selection.require(applications)
    matches = [
        (application, item, difference)
        for application in applications
        if isinstance(application.objects, tuple)
        for item in application.objects
        if names(item, named)
        for difference in item.differences
        if path in ("", difference.path, difference.field)
    ]
    return _only(matches, f"{app} {named} {path}".rstrip(), whole=not path)


def _only(matches: list[Match], meant: str, whole: bool) -> Match:
    objects = {(a.namespace, a.name, o.id, o.namespace) for a, o, _ in matches}
    if not matches:
        raise UsageError(f"nothing differs in {meant}: `whydrift explain` and `whydrift hidden` show what does")
    if len(objects) > 1 or (len(matches) > 1 and not whole):
        listed = ", ".join(sorted({f"{a.name} {o.id} {'' if whole else d.path}".rstrip() for a, o, d in matches})[:5])
        raise UsageError(f"{meant} is not one difference, but several: {listed}")
    return matches[0]
