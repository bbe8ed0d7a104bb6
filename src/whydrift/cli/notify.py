"""`whydrift notify`: try a route, silence what is known, and see what became of messages."""

from __future__ import annotations

import getpass
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.kept import now, open_store
from whydrift.cli.options import store_option
from whydrift.cli.spans import up_to
from whydrift.core.model.notice import Delivery, Matcher, Outgoing
from whydrift.core.model.times import spelled
from whydrift.errors import UsageError, WhydriftError
from whydrift.settings import Settings, read_settings

if TYPE_CHECKING:
    from whydrift.ports.watching import Store

LONGEST = timedelta(days=366)
UNSENT = (Delivery.WAITING, Delivery.REFUSED, Delivery.DROPPED)
ALL = 100_000
"""Messages that are looked through, the newest."""
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
    outcome = run_interruptibly(try_channel(channel_of(stated, os.environ), system_clock().now()))
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
    """The newest messages: waiting, sent, refused with what the receiver answered, or dropped, and why."""
    from whydrift.core.notice.listing import messages_json, messages_text

    with open_store(store) as kept:
        found = kept.messages(limit)
    click.echo(json.dumps(messages_json(found)) if output == "json" else messages_text(found))


@command.command("resend")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--route", default="", metavar="NAME", help="All of this route.")
@click.option("--list", "listing", is_flag=True, help="Only list them: all that wait, were refused or dropped.")
@store_option
@as_listed
def resend(keys: tuple[str, ...], route: str, listing: bool, store: str, output: str) -> None:
    """Send messages again that were refused or dropped, and now what waits for its time; under the same keys.

    KEY is a message's key, or how it begins, as `--list` shows it. `watch` and `serve` send them.
    """
    from whydrift.core.notice.listing import messages_json, messages_text

    if not (keys or route or listing):
        raise UsageError("which messages: keys, --route NAME, or --list to see them")
    with open_store(store) as kept:
        found = unsent(kept, keys, route)
        number = 0 if listing else kept.resend([message.id for message in found], now())
    if listing:
        text = messages_text(found) if found else "every message was sent"
        click.echo(json.dumps(messages_json(found)) if output == "json" else text)
        return
    busy = f", {len(found) - number} are being sent just now" if number < len(found) else ""
    click.echo(f"{number} messages wait to be sent again{busy}")
    for name in sorted({message.notice.route for message in found} - {each.name for each in _settings().routes}):
        click.echo(f"route {name}: not in these settings; whoever states it sends them, and after a day nobody does")


def unsent(store: Store, keys: tuple[str, ...], route: str) -> list[Outgoing]:
    """Messages that were not sent, by how their keys begin, or all of them. UsageError for a key that none has."""
    found = store.messages(ALL, UNSENT, route)
    for key in keys:
        if not any(message.notice.key.startswith(key) for message in found):
            raise UsageError(f"{key}: no message with that key was not sent: `whydrift notify resend --list`")
    return [message for message in found if not keys or message.notice.key.startswith(keys)]


@command.command("drop")
@click.argument("route")
@click.option("--reason", default="given up by hand", show_default=True, help="What `notify messages` says of it.")
@store_option
def drop(route: str, reason: str, store: str) -> None:
    """Give up the messages that wait for a route, and what is held back for it: it was deleted, or renamed.

    What no settings state for a day is dropped by itself. `notify resend` takes messages up again.
    """
    with open_store(store) as kept:
        number = kept.drop(route, reason, now())
    click.echo(f"route {route}: {number} messages that waited are dropped")


def ends_at(stated: str, now: datetime) -> datetime:
    """When a silence ends. UsageError for what is no time, over already, or more than a year away."""
    end = up_to(stated, "--until", now)
    if not now < end <= now + LONGEST:
        raise UsageError(f"--until {stated}: it must lie between now and a year from now")
    return end


def _settings() -> Settings:
    return read_settings(os.environ, Path.home(), Path.cwd())
