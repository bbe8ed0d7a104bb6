"""Options and environment → a connected source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from whydrift.adapters.argocd.login import Login, find_login
from whydrift.adapters.argocd.options import ArgocdOptions
from whydrift.adapters.argocd.port_forward import forward
from whydrift.adapters.argocd.refusals import NOT_PLAIN, ONLY_GRPC, Judge
from whydrift.adapters.argocd.source import ArgocdSource
from whydrift.adapters.http.client import Client
from whydrift.adapters.http.endpoint import Advice, Endpoint, Tls, is_loopback
from whydrift.adapters.http.pace import Pace, Patience
from whydrift.adapters.http.proxies import proxy_for
from whydrift.errors import SourceError

ADVICE = Advice(
    unknown_authority="give its CA with ARGOCD_OPTS='--server-crt FILE' (or --insecure, which trusts anybody)",
    wrong_name="use a name that it holds, or ARGOCD_OPTS=--insecure, which trusts anybody",
    not_tls="give its address as http://HOST:PORT, or set ARGOCD_OPTS=--plaintext",
    not_plain=NOT_PLAIN,
    client_certificate="set ARGOCD_OPTS='--client-crt FILE --client-crt-key FILE'",
    not_http=ONLY_GRPC,
)
DEFAULT_PORTS = {"http": 80, "https": 443}
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def connect(options: ArgocdOptions, environ: Mapping[str, str], home: Path) -> ArgocdSource:
    """The Argo CD that the user is logged in to; nothing is asked yet, save for a port-forward.

    CoreMode where no API server runs. SourceError where there is no login, it expired, or a file cannot be read.
    """
    login = find_login(options, environ, home)
    tls = _tls(login)
    headers = _headers(login)
    server, notes, tunnel = login.server, login.notes, None
    stated = login.options
    if stated.forwarded:
        tunnel = forward(stated, environ)
        server, notes = tunnel.address, (*notes, tunnel.note)
    url = _url(login, server)
    endpoint = Endpoint(
        url=url,
        headers=headers,
        tls=tls,
        proxy=proxy_for(url, environ),
        compress=tunnel is not None or not is_loopback(url),
        advice=ADVICE,
    )
    pace = Pace(stated.at_once, Patience(stated.retries) if stated.retries else None)
    judge = Judge(endpoint.host, login.renewal, endpoint.secrets)
    return ArgocdSource(Client(endpoint, pace), judge, notes, tunnel)


def _url(login: Login, server: str) -> str:
    """The base URL of an address as `argocd` takes it (host, host:port) or a browser shows it (https://host/root)."""
    plain = login.options.plaintext if login.options.plaintext is not None else login.context.plaintext
    try:
        parts = urlsplit(server if "://" in server else f"{'http' if plain else 'https'}://{server}")
        port = f":{parts.port}" if parts.port not in (None, DEFAULT_PORTS.get(parts.scheme)) else ""
    except ValueError as error:
        raise SourceError(f"not an address of a server: {server!r}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise SourceError("not an address of a server: give HOST, HOST:PORT or https://HOST/PATH, without credentials")
    root = login.options.root_path if login.options.root_path is not None else login.context.root_path
    path = parts.path.strip("/") or root.strip("/")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}" + (f"/{path}" if path else "")


def _tls(login: Login) -> Tls:
    options, context = login.options, login.context
    insecure = options.insecure if options.insecure is not None else context.insecure
    certificate, key = context.certificate, context.key
    if bool(options.client_crt) != bool(options.client_crt_key):
        raise SourceError("--client-crt and --client-crt-key belong together: give both")
    if options.client_crt and options.client_crt_key:
        certificate, key = _read(options.client_crt), _read(options.client_crt_key)
    return Tls(
        # No certificate names a forwarded port; the way itself is trusted (as apiclient.go NewClient does).
        insecure=insecure or options.forwarded,
        authorities=_read(options.server_crt) if options.server_crt else context.authorities,
        certificate=certificate,
        key=key,
    )


def _read(path: str) -> str:
    try:
        return Path(path).expanduser().read_text("ascii")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: not PEM") from error
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error


def _headers(login: Login) -> tuple[tuple[str, str], ...]:
    """The headers of every request. Argo CD takes its token from a cookie too, where a proxy needs Authorization."""
    headers = [("User-Agent", f"whydrift/{version('whydrift')}")]
    for stated in login.options.headers:
        name, colon, value = stated.partition(":")
        if not colon or not HEADER_NAME.fullmatch(name.strip()) or not _printable(value):
            raise SourceError("a --header is not of the form NAME: VALUE in ASCII")
        headers.append((name.strip(), value.strip()))
    if not _printable(login.token) or " " in login.token:
        raise SourceError("the token holds characters that no token has: was it copied as a whole, on one line?")
    taken = any(name.lower() == "authorization" for name, _ in headers)
    if login.token:
        headers.append(
            ("Cookie", f"argocd.token={login.token}") if taken else ("Authorization", f"Bearer {login.token}")
        )
    return tuple(headers)


def _printable(value: str) -> bool:
    return value.isascii() and (value.isprintable() or not value)
