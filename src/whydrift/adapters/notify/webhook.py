"""A signed webhook: JSON by POST, with an HMAC over time and body, and a key that tells repetitions."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence

from whydrift.adapters.http.sending import Request
from whydrift.adapters.notify.posting import Headers, endpoint_of, judged, post
from whydrift.core.model.notice import Line, Notice
from whydrift.core.notice.message import as_json
from whydrift.ports.watching import Delivered, Sent


class Webhook:
    """Posts messages to one address; signs them where there is a secret."""

    def __init__(self, url: str, secret: str, environ: Mapping[str, str]) -> None:
        self._endpoint = endpoint_of(url, (), environ)
        self._secret = secret.encode()

    async def send(self, notice: Notice) -> Delivered:
        """Post one message."""
        request = Request("POST", "", as_json(notice))
        headers = (("Idempotency-Key", notice.key), ("X-Whydrift-Key", notice.key))
        signed = signature(self._secret, int(time.time()), request.content or b"") if self._secret else ()
        return judged(await post(self._endpoint, request, (*headers, *signed)), self._endpoint)

    async def remind(self, lines: Sequence[Line]) -> Delivered:
        """Nothing: who listens keeps what was said."""
        return Sent()


def signature(secret: bytes, at: int, body: bytes) -> Headers:
    """The headers that prove who sent a body, and when: HMAC-SHA256 over `AT.BODY`, AT in seconds since 1970."""
    made = hmac.new(secret, str(at).encode() + b"." + body, hashlib.sha256).hexdigest()
    return (("X-Whydrift-Timestamp", str(at)), ("X-Whydrift-Signature", f"sha256={made}"))
