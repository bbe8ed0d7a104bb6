"""One example message through a route: does the receiver take it?"""

from __future__ import annotations

import hashlib

import msgspec

from whydrift.core.model.finding import About, ApplicationName, FindingKey, Found, Severity, What
from whydrift.core.model.notice import Notice
from whydrift.core.notice.lines import Telling, line_of
from whydrift.core.notice.told import Told
from whydrift.ports.watching import Delivered, Sent
from whydrift.usecases.announce import Channel

EXAMPLE = Found(
    key=FindingKey(About.FIELD, "apps/Deployment/example", "example", "/spec/replicas"),
    field="spec.replicas",
    cause="person-edits-live",
    side="cluster",
    severity=Severity.LOSES,
    who="kubectl, scale",
    why="an example: nothing of it is true",
    target="3",
    live="5",
    remedy="adopt",
    where="apps/example/deployment.yaml:9",
    sync="scales from 5 to 3",
)
APPLICATION = ApplicationName("", "argocd", "whydrift-example")


async def try_channel(channel: Channel, now: str) -> Delivered:
    """Send an example, and take it back where the receiver keeps a state: what it answered."""
    outcome = await channel.notifier.send(_example(channel, What.NEW, now, left=1))
    if isinstance(outcome, Sent) and channel.route.apart:
        outcome = await channel.notifier.send(_example(channel, What.GONE, now, left=0))
    return outcome


def _example(channel: Channel, what: What, now: str, left: int) -> Notice:
    told = Told(what, APPLICATION, "default", "", EXAMPLE, now)
    line = msgspec.structs.replace(line_of([told], Telling()), left=left, worst=Severity.LOSES)
    key = hashlib.sha256(f"example {channel.route.name} {what} {now}".encode()).hexdigest()[:32]
    return Notice(key=key, route=channel.route.name, at=now, lines=(line,))
