"""Receivers of messages, each behind `ports.watching.Notifier`.

Border: sends what it is given, once an attempt; who is told what and when is decided in core/notice.
"""

from __future__ import annotations

from collections.abc import Mapping

from whydrift.errors import UsageError
from whydrift.ports.watching import Notifier


def open_notifier(to: str, url: str, secret: str, project: str, issue: str, environ: Mapping[str, str]) -> Notifier:
    """What sends messages to a receiver of a kind. UsageError where it cannot, without a secret or an address in it."""
    match to:
        case "apprise":
            from whydrift.adapters.notify.chat import Chat

            return Chat(url)
        case "webhook":
            from whydrift.adapters.notify.webhook import Webhook

            return Webhook(url, secret, environ)
        case "alertmanager":
            from whydrift.adapters.notify.alertmanager import Alertmanager

            return Alertmanager(url, secret, environ)
        case "github" | "gitlab":
            from whydrift.adapters.notify.issues import issues_of

            return issues_of(to, url, secret, project, issue, environ)
        case _:
            raise UsageError(f"to: {to}: apprise, webhook, alertmanager, github or gitlab")
