"""Chat, mail and paging through Apprise, which says only whether it worked: the reason is taken from its log.

Apprise blocks: each message is sent in a thread of its own, which is left alone when it takes too long.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from whydrift.adapters.http.words import one_line
from whydrift.core.model.finding import Severity, What
from whydrift.core.model.notice import Line, Notice
from whydrift.core.notice.message import PLAIN, body, title
from whydrift.core.report.words import shortened
from whydrift.errors import UsageError
from whydrift.ports import Refused
from whydrift.ports.watching import Delivered, Later, Sent

if TYPE_CHECKING:
    from apprise import NotifyBase

SECONDS = 60.0
"""For one message; Apprise's own timeouts are shorter, but count for each connection."""
STATUS = re.compile(r"error[=:]\s*(\d{3})\b")
PASSING = frozenset({408, 425, 429})
SHORTEST_SECRET = 5
ROOM = 8
"""Bytes between title and text, where a receiver has no title."""
SHORTEST_TEXT = 200
"""Bytes in which a text says more than the title does."""


class Chat:
    """One Apprise address. UsageError where Apprise does not know it; its text is never told."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._plugin = _plugin(url)
        self._busy = False

    async def send(self, notice: Notice) -> Delivered:
        """Send one message, as plain text that fits."""
        if self._busy:
            return Later("the message before is still on its way")
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        outcome: list[Delivered] = []

        def run() -> None:
            try:
                outcome.append(self._notify(notice))
            finally:
                self._busy = False
                with suppress(RuntimeError):  # nobody waits any more: the loop is closed
                    loop.call_soon_threadsafe(done.set)

        self._busy = True
        threading.Thread(target=run, name=f"notify {notice.route}", daemon=True).start()
        try:
            async with asyncio.timeout(SECONDS):
                await done.wait()
        except TimeoutError:
            return Later(f"no answer within {SECONDS:.0f} s")
        return outcome[0] if outcome else Later("the receiver's part of Apprise broke off")

    async def remind(self, lines: Sequence[Line]) -> Delivered:
        """Nothing: who reads has read it."""
        return Sent()

    def _notify(self, notice: Notice) -> Delivered:
        """In the thread: hand the message to Apprise, and read its log."""
        heading, text = fitted(notice, self._plugin.title_maxlen, self._plugin.body_maxlen)
        with _Log() as log:
            try:
                sent = self._plugin.notify(title=heading, body=text, notify_type=_kind(notice), body_format="text")
            except Exception as error:  # 140 receivers by as many hands: one that raises must not end the watch
                return Later(f"Apprise failed ({type(error).__name__})")
        return Sent() if sent else _failed(log.lines, self._url)


def fitted(notice: Notice, title_most: int, body_most: int) -> tuple[str, str]:
    """Title and text of a message for a receiver that takes so many characters of each; none of it is split."""
    heading = title(notice)
    room = body_most - (0 if title_most else len(heading.encode()) + ROOM)
    if room < SHORTEST_TEXT:
        return "", shortened(heading, body_most)
    return shortened(heading, title_most or len(heading)), body(notice, PLAIN, room)


def _plugin(url: str) -> NotifyBase:
    try:
        from apprise import Apprise, AppriseAsset
    except ImportError as error:
        raise UsageError("apprise needs whydrift[notify]: pip install 'whydrift[notify]'") from error
    asset = AppriseAsset(
        app_id="whydrift",
        app_desc="whydrift",
        app_url="",
        async_mode=False,
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
    )
    with _Log():
        plugin = Apprise.instantiate(url, asset=asset)
    if plugin is None:
        raise UsageError("url: no address that Apprise knows, or one that lacks something")
    return plugin


def _kind(notice: Notice) -> str:
    """Apprise's word for how much it hurts."""
    there = {line.severity for line in notice.lines if line.what != What.GONE}
    if not there:
        return "success"
    if there & {Severity.BROKEN, Severity.LOSES}:
        return "failure"
    return "warning" if there - {Severity.NOISE} else "info"


def _failed(said: Sequence[str], url: str) -> Delivered:
    """What a failure means: a 3xx or 4xx that Apprise tells of refuses the message, all else is tried again."""
    secrets = [part for part in re.split(r"[/:@?&=]+", url) if len(part) >= SHORTEST_SECRET]
    why = one_line("; ".join(said) or "Apprise gives no reason", (url, *secrets))
    statuses = {int(status) for line in said for status in STATUS.findall(line)}
    final = statuses and all(300 <= status < 500 and status not in PASSING for status in statuses)
    return Refused(why, min(statuses)) if final else Later(why)


class _Log(logging.Handler):
    """What Apprise warns of in this thread; nothing of it goes anywhere else."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning of this thread."""
        if record.thread == self._thread:
            self.lines.append(record.getMessage())

    def __enter__(self) -> _Log:
        logger = logging.getLogger("apprise")
        logger.propagate = False
        logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)
