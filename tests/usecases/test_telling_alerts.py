"""Alerts as Alertmanager would hold them: what is there fires, and nothing is resolved while it is there."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.looks import field
from tests.receivers import Got, Receiver
from tests.serving import serving
from tests.usecases.telling import Desk, channel

from whydrift.adapters.notify import posting
from whydrift.core.model.finding import SEVERITIES, ApplicationName, Severity
from whydrift.core.model.notice import Line, Matcher, Notice
from whydrift.core.notice.lines import Telling
from whydrift.ports.watching import Delivered, Notifier, Wanted
from whydrift.usecases.announce import Channel, standing_lines
from whydrift.usecases.deliver import remind

APPLICATIONS = [ApplicationName("", "argocd", name) for name in ("shop", "cart")]
JUDGED = [
    ("person-edits-live", "cluster", Severity.ATTENTION),
    ("person-edits-live", "cluster", Severity.LOSES),
    ("unexplained", "ask", Severity.UNEXPLAINED),
    ("schema-defaults-field", "equivalent", Severity.NOISE),
]
FAULTS = ["200", "200", "200", "500", "429:1", "reset", "lost"]


class Alert(NamedTuple):
    """What tells alerts apart."""

    app: str
    cause: str
    severity: str


class Alertmanager:
    """What was posted, as Alertmanager holds it: the newest word on each alert counts."""

    def __init__(self) -> None:
        self.firing: set[Alert] = set()

    def take(self, got: Got) -> set[Alert]:
        """Take a request; the alerts that it resolved."""
        before = set(self.firing)
        for each in got.body:
            labels = each["labels"]
            alert = Alert(labels["app"], labels["cause"], labels["severity"])
            fires = datetime.fromisoformat(each["endsAt"]) > datetime.now(UTC)
            self.firing = self.firing | {alert} if fires else self.firing - {alert}
        return before - self.firing


def there(desk: Desk, least: Severity) -> set[Alert]:
    """What is there, by the store: each cause of each application, as much as it hurts."""
    worst: dict[tuple[str, str], Severity] = {}
    for finding in desk.store.findings(Wanted(limit=1000)):
        place, severity = (finding.application.name, finding.found.cause), finding.found.severity
        if SEVERITIES.index(severity) <= SEVERITIES.index(least):
            worst[place] = min(worst.get(place, severity), severity, key=SEVERITIES.index)
    return {Alert(*place, severity.value) for place, severity in worst.items()}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SILENCE", 0.3)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("least", [Severity.NOISE, Severity.UNEXPLAINED], ids=str)
def test_what_fires_is_what_is_there(seed: int, least: Severity, tmp_path: Path) -> None:
    chance, alertmanager = random.Random(seed), Alertmanager()
    with serving(Receiver()) as receiver:
        desk = Desk(tmp_path, [channel(receiver, "alertmanager", match=(Matcher(severity=least),))])
        for _ in range(25):
            found = [field(f"/{n}", cause=c, side=s, severity=v) for n, (c, s, v) in _some(chance)]
            desk.see(*found, application=chance.choice(APPLICATIONS))
            if chance.random() < 0.6:
                receiver.script.append(chance.choice(FAULTS))
            if chance.random() < 0.7:
                desk.tell()
                _take(receiver, alertmanager, there(desk, least))
                desk.clock.pass_(chance.choice([1, 20, 4000]))
        receiver.script.clear()
        desk.tell_until_sent()
        _take(receiver, alertmanager, there(desk, least))
        assert alertmanager.firing == there(desk, least)
        desk.clock.pass_(1000)
        said = standing_lines(desk.store, desk.channels[0].route, Telling(), desk.clock.now(), 300)
        assert {Alert(e.application.name, e.cause, e.worst.value) for e in said} == alertmanager.firing


def _some(chance: random.Random) -> list[tuple[int, tuple[str, str, Severity]]]:
    return [(n, chance.choice(JUDGED)) for n in range(4) if chance.random() < 0.5]


def _take(receiver: Receiver, alertmanager: Alertmanager, now: set[Alert]) -> None:
    """What was posted since; an alert that is there is never resolved."""
    for got in receiver.taken:
        assert not alertmanager.take(got) & now, "a false resolved"
    receiver.got.clear()


def test_labels_count_for_what_is_there_too(tmp_path: Path) -> None:
    with serving(Receiver()) as receiver:
        match = (Matcher(labels=("team=shop",), applications=("argocd/sh*",)),)
        desk = Desk(tmp_path, [channel(receiver, "alertmanager", match=match)])
        desk.see(field(), field("/b"), labels={"team": "shop"})
        desk.see(field(), labels={"team": "shop"})
        desk.tell()
        alertmanager = Alertmanager()
        _take(receiver, alertmanager, set())
        assert alertmanager.firing == {Alert("shop", "person-edits-live", "attention")}
        desk.clock.pass_(1000)
        said = standing_lines(desk.store, desk.channels[0].route, Telling(), desk.clock.now(), 300)
        assert [(line.application.name, line.left) for line in said] == [("shop", 1)]


def test_what_is_held_back_is_not_reminded_of(tmp_path: Path) -> None:
    with serving(Receiver()) as receiver:
        desk = Desk(tmp_path, [channel(receiver, "alertmanager")])
        now = desk.clock.now()
        desk.store.silence(Matcher(causes=("unexplained",)), "known", "me", now, "2026-12-01T00:00:00Z")
        desk.see(field(), field("/b", cause="unexplained"))
        desk.tell()
        desk.clock.pass_(1000)
        said = standing_lines(desk.store, desk.channels[0].route, Telling(), desk.clock.now(), 300)
        assert [line.cause for line in said] == ["person-edits-live"]
        desk.see(field("/c"), field())
        young = standing_lines(desk.store, desk.channels[0].route, Telling(), desk.clock.now(), 300)
        assert [line.left for line in young] == [1], "what is new is told first"


@dataclass
class Slow:
    """A way to a receiver on which something happens before a reminder arrives."""

    to: Notifier
    meanwhile: Callable[[], None]

    async def send(self, notice: Notice) -> Delivered:
        return await self.to.send(notice)

    async def remind(self, lines: Sequence[Line]) -> Delivered:
        await asyncio.to_thread(self.meanwhile)
        return await self.to.remind(lines)


def test_a_reminder_that_arrives_after_the_end_leaves_nothing_firing(tmp_path: Path) -> None:
    """Whichever process sends which of them."""
    with serving(Receiver()) as receiver:
        desk = Desk(tmp_path, [channel(receiver, "alertmanager")])
        alertmanager = Alertmanager()
        desk.see(field(), field("/b", cause="unexplained"))
        desk.tell()
        desk.clock.pass_(1000)

        def went() -> None:
            desk.see(field("/b", cause="unexplained"))
            desk.tell()

        (real,) = desk.channels
        late = Channel(real.route, Slow(real.notifier, went))
        assert asyncio.run(remind(desk.store, late, Telling(), desk.clock)) == ""
        _take(receiver, alertmanager, set())
        assert {alert.cause for alert in alertmanager.firing} == {"unexplained"}
