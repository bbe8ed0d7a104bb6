"""Who asks: on loopback anybody, else whom a trusted proxy names, or who holds a token of a file."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from whydrift.core.model.hosts import is_this_machine
from whydrift.errors import UsageError
from whydrift.web.reader import Asking, Denied

LONGEST_NAME = 256
SHORTEST_TOKEN = 20
CHALLENGE = 'Bearer realm="whydrift", Basic realm="whydrift", charset="UTF-8"'
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Authentication(Protocol):
    """Says who asks."""

    def who(self, asking: Asking) -> str | Denied:
        """Their name ("" where nobody has one), or why they are nobody."""


class Loopback:
    """Anybody on this machine. The host must be this machine's: a page elsewhere cannot give its own name to it."""

    def __init__(self, hosts: Sequence[str] = ()) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)

    def who(self, asking: Asking) -> str | Denied:
        """Anybody whose request names a loopback host (DNS rebinding names another)."""
        host = host_of(asking.header("host"))
        if host in self._hosts or is_this_machine(host):
            return ""
        return Denied(421, "this page answers to localhost only; behind a name it needs --base-url and authentication")


class ProxyHeader:
    """Whom a proxy names in a header; only from the addresses of that proxy."""

    def __init__(self, header: str, proxies: Sequence[str]) -> None:
        self._header = header.lower()
        self._proxies = networks(proxies)

    def trusts(self, peer: str) -> bool:
        """Whether an address is that of a trusted proxy."""
        return any(peer_in(peer, network) for network in self._proxies)

    def who(self, asking: Asking) -> str | Denied:
        """The name in the header."""
        if not self.trusts(asking.peer):
            return Denied(403, "this page is reached through its proxy only")
        name = asking.header(self._header)
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            return Denied(401, "the proxy names no user")
        return name


class TokenFile:
    """Who holds one of the tokens of a file: as bearer, or as the password of any user (Basic).

    A token a line; empty lines and those that begin with # count for nothing. Read again when the file changes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] = (0, 0, 0)
        self._digests: tuple[bytes, ...] = ()
        self._read()

    def who(self, asking: Asking) -> str | Denied:
        """Which token somebody holds, as a name; all are compared, in constant time."""
        given = token_of(asking.header("authorization"))
        if not given:
            return Denied(401, "a token is needed: as bearer, or as the password of any user", CHALLENGE)
        self._read_again()
        digest = hashlib.sha256(given.encode("utf-8", "replace")).digest()
        held = [hmac.compare_digest(digest, known) for known in self._digests]
        if not any(held):
            return Denied(401, "this token is not known here", CHALLENGE)
        return f"token {held.index(True) + 1}"

    def _read_again(self) -> None:
        """Take over a changed file; one that cannot be used leaves what was known."""
        try:
            self._read()
        except UsageError:
            return

    def _read(self) -> None:
        try:
            about = self._path.stat()
            stamp = (about.st_mtime_ns, about.st_ino, about.st_size)
            if stamp == self._stamp:
                return
            lines = [line.strip() for line in self._path.read_text().splitlines()]
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{self._path}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from error
        tokens = [line for line in lines if line and not line.startswith("#")]
        if not tokens or any(len(token) < SHORTEST_TOKEN for token in tokens):
            raise UsageError(f"{self._path}: a token of {SHORTEST_TOKEN} characters or more a line is needed")
        self._digests = tuple(hashlib.sha256(token.encode()).digest() for token in tokens)
        self._stamp = stamp


class Anybody:
    """Nobody is asked for a name: what they may see is decided by their token elsewhere."""

    def who(self, asking: Asking) -> str | Denied:
        """Nobody's name."""
        return ""


def token_of(authorization: str) -> str:
    """The token of an `Authorization` header: a bearer's, or the password of Basic; "" where there is none."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def host_of(header: str) -> str:
    """The host of a `Host` header, without port and brackets, in small letters."""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def networks(stated: Sequence[str]) -> tuple[Network, ...]:
    """Networks (CIDR) or addresses. UsageError names the one that is none."""
    found: list[Network] = []
    for one in stated:
        try:
            found.append(ipaddress.ip_network(one, strict=False))
        except ValueError as error:
            raise UsageError(f"--trusted-proxy {one}: no address and no network") from error
    return tuple(found)


def peer_in(peer: str, network: Network) -> bool:
    """Whether an address is of a network; an IPv4 address that came over IPv6 is that of IPv4."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address) in network
