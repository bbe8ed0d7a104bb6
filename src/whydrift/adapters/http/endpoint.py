"""Where requests go: address, headers, trust and proxy, and what to advise when it cannot be reached."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from urllib.parse import urlsplit

from whydrift.core.model.hosts import is_this_machine


@dataclass(frozen=True, slots=True)
class Tls:
    """Whom to trust and who we are. PEM texts; `authorities` are trusted beside the system's own.

    `server_name` is the name that the certificate must hold, where that is not the host's.
    """

    insecure: bool = False
    authorities: str = ""
    certificate: str = ""
    key: str = dataclass_field(default="", repr=False)
    server_name: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to try, in the words of one API's users: each completes a sentence about what went wrong."""

    unknown_authority: str = "trust its CA, or skip the check"
    wrong_name: str = "use a name that its certificate holds"
    not_tls: str = "use http instead of https"
    not_plain: str = "use https instead of http"
    client_certificate: str = "give a client certificate"
    not_http: str = "use a host that speaks HTTP/1.1"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One API: base URL (root path included, no slash at its end), headers of every request, TLS, proxy.

    `compress` asks for gzip. Measured with 200 applications on loopback: 0.68 s as it is, 0.86 s with gzip
    (reference/measured.md, speed of reading); 20.4 MB become 1.33 MB, so every slower network gains.
    """

    url: str
    headers: tuple[tuple[str, str], ...] = dataclass_field(default=(), repr=False)
    tls: Tls = Tls()
    proxy: str | None = dataclass_field(default=None, repr=False)
    compress: bool = True
    advice: Advice = Advice()

    @property
    def host(self) -> str:
        """Host and port, for people."""
        return urlsplit(self.url).netloc

    @property
    def nearest(self) -> str:
        """What is connected to, for people: the host, or the proxy on the way to it."""
        return f"the proxy {urlsplit(self.proxy).netloc.rpartition('@')[2]}" if self.proxy else self.host

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never appear in a message: header values and what follows `Bearer`, the proxy's password."""
        values = [value for name, value in self.headers if name.lower() not in PUBLIC_HEADERS]
        words = [word for value in values for word in value.replace("=", " ").split()]
        password = urlsplit(self.proxy).password if self.proxy else None
        return tuple(text for text in (*values, *words, password or "") if len(text) >= SHORTEST_SECRET)


PUBLIC_HEADERS = ("user-agent", "accept", "accept-encoding")
SHORTEST_SECRET = 4


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine: localhost, 127.0.0.0/8, ::1."""
    return is_this_machine(urlsplit(url).hostname or "")
