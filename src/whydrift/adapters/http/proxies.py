"""Which proxy a URL goes through: HTTPS_PROXY, HTTP_PROXY and NO_PROXY as Go's net/http reads them.

Source: golang.org/x/net/http/httpproxy, documentation of `Config`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from whydrift.adapters.http.endpoint import is_loopback


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """The proxy's URL, or None: this machine is never reached through one."""
    scheme = urlsplit(url).scheme.upper()
    proxy = _setting(f"{scheme}_PROXY", environ)
    if not proxy or is_loopback(url) or _excluded(url, _setting("NO_PROXY", environ)):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _setting(name: str, environ: Mapping[str, str]) -> str:
    return (environ.get(name) or environ.get(name.lower()) or "").strip()


def _excluded(url: str, excluded: str) -> bool:
    parts = urlsplit(url)
    host, port = (parts.hostname or "").rstrip("."), parts.port or (443 if parts.scheme == "https" else 80)
    return any(_matches(entry.strip().lower(), host, port) for entry in excluded.split(",") if entry.strip())


def _matches(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    if "/" in entry:
        return _in_network(host, entry)
    name, colon, stated = entry.rpartition(":")
    if colon and stated.isdigit() and (":" not in name or name.endswith("]")):
        if int(stated) != port:
            return False
        entry = name
    entry = entry.strip("[]").removeprefix("*")
    return host.endswith(entry) if entry.startswith(".") else host == entry or host.endswith(f".{entry}")


def _in_network(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
