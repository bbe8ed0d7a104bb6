"""May they read, and what: authentication, and what Argo CD itself shows to the user's own token."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import unquote_plus

from whydrift.core.model.finding import ApplicationName
from whydrift.ports import Refused
from whydrift.ports.visibility import Visibility
from whydrift.ports.watching import Later
from whydrift.web.authentication import CHALLENGE, Authentication, Loopback, token_of
from whydrift.web.reader import Asking, Denied, Reader

COOKIE = "argocd.token"
LONGEST_TOKEN = 32_768
MOST_CHUNKS = 20
TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
KEPT = 30.0
"""Seconds for which what a token may see is taken as known."""
MOST_KEPT = 1_000
Answer = frozenset[ApplicationName] | Refused | Later


class Access:
    """Lets readers in. With a visibility, everybody sees what their own Argo CD token sees, and nothing else."""

    def __init__(self, authentication: Authentication, visibility: Visibility | None = None) -> None:
        self.authentication = authentication
        self._seen = Remembered(visibility) if visibility is not None else None

    async def reader(self, asking: Asking) -> Reader | Denied:
        """Who asks, with what they may see; or why they may see nothing."""
        name = self.authentication.who(asking)
        if isinstance(name, Denied):
            return name
        if self._seen is None:
            return Reader(name, everything=isinstance(self.authentication, Loopback))
        token = argocd_token(asking)
        if not token:
            return Denied(401, "log in to Argo CD first: what you may see is what it shows to you", CHALLENGE)
        return _reader(name, await self._seen.visible(token), self._seen.key_of(token).hex())


def _reader(name: str, found: Answer, key: str) -> Reader | Denied:
    match found:
        case Refused():
            says = "Argo CD does not take your token (any more): log in to it again"
            return Denied(401, says, CHALLENGE)
        case Later():
            return Denied(503, "Argo CD cannot be asked what you may see: try again soon", wait=10)
        case _:
            return Reader(name, found, _fingerprint(found), key=key)


def _fingerprint(visible: frozenset[ApplicationName]) -> str:
    """The same for the same set of applications."""
    digest = hashlib.sha256()
    for name in sorted(visible):
        digest.update("\0".join(name).encode("utf-8", "surrogatepass") + b"\1")
    return digest.hexdigest()


class Remembered:
    """What tokens may see, asked once in a while: each known by a keyed hash, the token itself is not kept."""

    def __init__(self, visibility: Visibility, clock: Callable[[], float] = time.monotonic) -> None:
        self._visibility = visibility
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, tuple[float, asyncio.Future[Answer]]] = OrderedDict()

    async def visible(self, token: str) -> Answer:
        """What the holder of a token may see, at most KEPT seconds old; asked once at a time for each token."""
        key = self.key_of(token)
        known = self._known.get(key)
        if known is None or self._clock() - known[0] > KEPT:
            known = (self._clock(), asyncio.ensure_future(self._ask(key, token)))
            self._known[key] = known
            self._known.move_to_end(key)
            while len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
        return await asyncio.shield(known[1])

    def key_of(self, token: str) -> bytes:
        """What tells tokens apart, and tells nothing of them."""
        return hashlib.blake2b(token.encode(), key=self._key).digest()

    async def _ask(self, key: bytes, token: str) -> Answer:
        """Ask; an outage is not remembered."""
        found: Answer = Later("it was not asked")
        try:
            found = await self._visibility.visible(token)
        finally:
            if isinstance(found, Later):
                self._known.pop(key, None)
        return found


def argocd_token(asking: Asking) -> str:
    """The user's token: as bearer, or in Argo CD's cookie, which a long one shares out over several.

    The first then says how many (`3:…`), as util/http JoinCookies of Argo CD has it.
    """
    token = token_of(asking.header("authorization")) or _from_cookies(asking.header("cookie"))
    return token if len(token) <= LONGEST_TOKEN and TOKEN.fullmatch(token) else ""


def _from_cookies(header: str) -> str:
    try:
        jar = SimpleCookie(header)
    except CookieError:
        return ""
    found = {name: unquote_plus(morsel.value) for name, morsel in jar.items() if name.startswith(COOKIE)}
    number, colon, first = found.get(COOKIE, "").partition(":")
    if not colon:
        return number
    if not (number.isascii() and number.isdigit() and int(number) <= MOST_CHUNKS):
        return ""
    return first + "".join(found.get(f"{COOKIE}-{place}", "") for place in range(1, int(number)))
