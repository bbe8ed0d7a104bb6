"""Alertmanager's API v2: an alert for a cause in an application, firing while it is there, resolved when it is gone.

Source: github.com/prometheus/alertmanager api/v2/openapi.yaml (postAlerts), types.Alert :: Merge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from whydrift.adapters.http.sending import Request
from whydrift.adapters.notify.posting import endpoint_of, judged, post
from whydrift.core.model.finding import SEVERITIES, Severity
from whydrift.core.model.notice import Line, Notice
from whydrift.core.model.times import spelled
from whydrift.core.model.values import Json, JsonObject
from whydrift.core.notice.message import PLAIN, full, neutral
from whydrift.ports.watching import Delivered, Sent

ALERTS = "/api/v2/alerts"
NAME = "WhydriftDrift"
HOLDS = timedelta(hours=24)
"""How long an alert fires without being said again: an outage of whydrift, or of the way there, resolves nothing."""
AT_ONCE = 200
"""Alerts in one request."""


class Alertmanager:
    """Posts alerts to one Alertmanager; a secret is its bearer token."""

    def __init__(self, url: str, secret: str, environ: Mapping[str, str]) -> None:
        token = (("Authorization", f"Bearer {secret}"),) if secret else ()
        self._endpoint = endpoint_of(url.rstrip("/").removesuffix(ALERTS), token, environ)

    async def send(self, notice: Notice) -> Delivered:
        """Say for each line what is there now, and what no longer is."""
        now = datetime.now(UTC)
        return await self._post([alert for line in notice.lines for alert in alerts_of(line, now)])

    async def remind(self, lines: Sequence[Line]) -> Delivered:
        """Say again what is there, and resolve nothing: an Alertmanager that was restarted has forgotten it."""
        now = datetime.now(UTC)
        return await self._post([_alert(line, line.worst, now, fires=True) for line in lines])

    async def _post(self, alerts: list[Json]) -> Delivered:
        for start in range(0, len(alerts), AT_ONCE):
            request = Request("POST", ALERTS, alerts[start : start + AT_ONCE])
            outcome = judged(await post(self._endpoint, request), self._endpoint)
            if not isinstance(outcome, Sent):
                return outcome
        return Sent()


def alerts_of(line: Line, now: datetime) -> list[JsonObject]:
    """The alerts of one cause in one application: firing as much as it hurts, resolved as much as it does not.

    An alert that never fired and is resolved makes no noise there.
    """
    return [_alert(line, severity, now, line.left != 0 and severity is line.worst) for severity in SEVERITIES]


def _alert(line: Line, severity: Severity, now: datetime, fires: bool) -> JsonObject:
    begun = min(datetime.fromisoformat(line.since), now) if line.since else now
    return {
        "labels": _labels(line, severity),
        "annotations": _annotations(line),
        "startsAt": spelled(begun),
        "endsAt": spelled(now + HOLDS if fires else now),
        **({"generatorURL": line.link} if line.link else {}),
    }


def _labels(line: Line, severity: Severity) -> JsonObject:
    """What tells alerts apart; never an object."""
    application = line.application
    stated = {
        "alertname": NAME,
        "app": application.name,
        "app_namespace": application.namespace,
        "argocd": application.instance,
        "cause": line.cause,
        "severity": severity.value,
        "project": line.project,
        "team": line.team,
    }
    return {name: neutral(value)[:200] for name, value in stated.items() if value}


def _annotations(line: Line) -> JsonObject:
    summary = f"{line.application}: {line.title or line.cause}"
    return {
        "summary": neutral(summary),
        "description": full(line, PLAIN),
        "command": neutral(line.command),
    }
