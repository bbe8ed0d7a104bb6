"""`whydrift notify`: try a route, silence what is known, and see what became of messages."""

from __future__ import annotations

import asyncio
import getpass
import json
import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from whydrift.cli.kept import now, open_store
from whydrift.cli.options import store_option
from whydrift.core.model.notice import Matcher
from whydrift.core.model.times import spelled
from whydrift.errors import UsageError, WhydriftError
from whydrift.settings import Settings, read_settings

if TYPE_CHECKING:
    pass

SPAN = re.compile(r"(\d{1,5})([mhd])")
MINUTES = {"m": 1, "h": 60, "d": 1440}
LONGEST = timedelta(days=366)
WHERE = "[[routes]] of your own whydrift.toml (docs/notifications.md)"


as_listed = click.option(
    "-o", "--output", default="text", type=click.Choice(("text", "json")), show_default=True, help="Output format."
)


@click.group("notify")
def command() -> None:
    """Who is told what: try a route, silence what is known, see what became of messages.

    Routes stand in your own whydrift.toml; `watch` makes the messages and sends them.
    """


@command.command("test")
@click.argument("route")
def try_route(route: str) -> None:
    """Send one example message on a route, and say whether the receiver took it.

    An alert or an issue that it opens is resolved or closed at once.
    """
    from whydrift.ports.watching import Sent
    from whydrift.usecases.try_route import try_channel
    from whydrift.wiring.telling import channel_of, system_clock

    stated = next((each for each in _settings().routes if each.name == route), None)
    if stated is None:
        names = ", ".join(each.name for each in _settings().routes)
        raise UsageError(f"no route {route}: {'the settings have ' + names if names else 'none is stated'}, in {WHERE}")
    outcome = asyncio.run(try_channel(channel_of(stated, os.environ), system_clock().now()))
    if not isinstance(outcome, Sent):
        raise WhydriftError(f"route {route}: {outcome.why}")
    click.echo(f"route {route}: the receiver took the example message")


@command.command("silence")
@click.option("--cause", "causes", multiple=True, metavar="GLOB", help="About this cause.")
@click.option("--side", "sides", multiple=True, metavar="GLOB", help="About this side.")
@click.option("--app", "apps", multiple=True, metavar="[INSTANCE:][NAMESPACE/]NAME", help="About this application.")
@click.option("--project", "projects", multiple=True, metavar="GLOB", help="About this project.")
@click.option("--team", "teams", multiple=True, metavar="GLOB", help="About this team.")
@click.option("--label", "labels", multiple=True, metavar="KEY=GLOB", help="About applications with this label.")
@click.option("--until", required=True, metavar="WHEN", help="Its end: 7d, 12h, 30m, 2027-01-31 or a time (RFC 3339).")
@click.option("--reason", required=True, help="Why nobody needs to be told.")
@click.option("--by", default="", metavar="NAME", help="Who says so.  [default: you]")
@store_option
def silence(until: str, reason: str, by: str, store: str, **about: tuple[str, ...]) -> None:
    """Tell nobody of what is known, until an end, with a reason. What is there still at the end is told then."""
    from whydrift.core.notice.listing import said_of
    from whydrift.usecases.announce import concerned

    matcher = Matcher(
        causes=about["causes"],
        sides=about["sides"],
        projects=about["projects"],
        teams=about["teams"],
        applications=about["apps"],
        labels=about["labels"],
    )
    if matcher == Matcher() or not reason.strip():
        raise UsageError("a silence names what it is about (--cause, --app …; '*' is everything), and why")
    begin = datetime.now(UTC)
    end = ends_at(until, begin)
    with open_store(store) as kept:
        number = kept.silence(matcher, reason.strip(), by or getpass.getuser(), spelled(begin), spelled(end))
        meant = concerned(kept, matcher)
    click.echo(f"silence {number}: {said_of(matcher)}, until {spelled(end)}; {meant} that are there now")


@command.command("unsilence")
@click.argument("number", metavar="ID", type=int)
@store_option
def unsilence(number: int, store: str) -> None:
    """End a silence now: what it held back, and is there still, is told."""
    with open_store(store) as kept:
        if not kept.unsilence(number, now()):
            raise UsageError(f"no silence {number} holds: `whydrift notify silences` lists them")
    click.echo(f"silence {number} has ended")


@command.command("silences")
@click.option("--all", "everything", is_flag=True, help="Also those that have ended.")
@store_option
@as_listed
def silences(everything: bool, store: str, output: str) -> None:
    """The silences that hold: what is not told, until when, who said so and why."""
    from whydrift.core.notice.listing import silences_json, silences_text

    at = now()
    with open_store(store) as kept:
        found = kept.silences("" if everything else at)
    click.echo(json.dumps(silences_json(found)) if output == "json" else silences_text(found, at))


@command.command("messages")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="The newest so many.")
@store_option
@as_listed
def messages(limit: int, store: str, output: str) -> None:
    """The newest messages: waiting, sent, or refused with what the receiver answered."""
    from whydrift.core.notice.listing import messages_json, messages_text

    with open_store(store) as kept:
        found = kept.messages(limit)
    click.echo(json.dumps(messages_json(found)) if output == "json" else messages_text(found))


def ends_at(stated: str, now: datetime) -> datetime:
    """When a silence ends. UsageError for what is no time, over already, or more than a year away."""
    try:
        end = _end(stated, now)
    except ValueError as error:
        raise UsageError(f"--until {stated}: 7d, 12h, 30m, a date (2027-01-31) or a time (RFC 3339)") from error
    if not now < end <= now + LONGEST:
        raise UsageError(f"--until {stated}: it must lie between now and a year from now")
    return end


def _end(stated: str, now: datetime) -> datetime:
    span = SPAN.fullmatch(stated)
    if span:
        return now + timedelta(minutes=int(span[1]) * MINUTES[span[2]])
    if len(stated) == len("2027-01-31"):  # the last day, to its end
        return datetime.combine(date.fromisoformat(stated) + timedelta(days=1), datetime.min.time(), UTC)
    end = datetime.fromisoformat(stated)
    return end.replace(tzinfo=end.tzinfo or UTC).astimezone(UTC)


def _settings() -> Settings:
    return read_settings(os.environ, Path.home(), Path.cwd())
