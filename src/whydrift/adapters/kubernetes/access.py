"""How one cluster is reached: what the configuration comes down to, and the error that says why it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Protocol
from urllib.parse import urlsplit

from whydrift.adapters.http.endpoint import Advice, Endpoint, Tls, is_loopback
from whydrift.adapters.http.proxies import proxy_for

ADVICE = Advice(
    unknown_authority="is certificate-authority in the kubeconfig that of this cluster?",
    wrong_name="tls-server-name in the kubeconfig says which name to expect",
    not_tls="its address in the kubeconfig must say http:",
    not_plain="its address in the kubeconfig must say https:",
    client_certificate="give client-certificate in the kubeconfig",
    not_http="is it an API server?",
)


class NoAccess(Exception):
    """A cluster cannot be asked; the message is one line that holds no secret."""


class Configuration(Protocol):
    """Where clusters are described: a kubeconfig, or the environment of a pod. Both methods may block."""

    label: str
    """What it is, for people."""
    renews: str
    """How a login that was refused is renewed, for people; {context} stands for the name of the context."""

    def load(self) -> None:
        """Read it. SourceError where it cannot be used at all."""

    def servers(self) -> Mapping[str, str]:
        """URL of the API server by name of the context; "" is the chosen one."""

    def namespace(self) -> str:
        """The namespace of the chosen context, "" where it states none."""

    def endpoint(self, context: str) -> Endpoint:
        """Address and credentials of one context, made anew at each call. NoAccess where there are none."""


def is_address(url: str) -> bool:
    """Whether a text is an API server's URL that may be shown: no credentials in it."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
        )
    except ValueError:
        return False


def endpoint(
    url: str,
    tls: Tls,
    authorization: str,
    environ: Mapping[str, str],
    proxy: str = "",
    more: Sequence[tuple[str, str]] = (),
) -> Endpoint:
    """The endpoint of an API server; the environment's proxy is used where the configuration names none."""
    if not is_address(url):
        raise NoAccess("its server is no URL of the form https://HOST[:PORT][/PATH], without credentials in it")
    headers = [("User-Agent", f"whydrift/{version('whydrift')}"), *more]
    if not (authorization.isascii() and authorization.isprintable()):
        raise NoAccess("the credentials hold characters that no token has: was it copied as a whole, on one line?")
    if authorization:
        headers.append(("Authorization", authorization))
    return Endpoint(
        url=url.rstrip("/"),
        headers=tuple(headers),
        tls=tls,
        proxy=proxy or proxy_for(url, environ),
        compress=not is_loopback(url),
        advice=ADVICE,
    )
