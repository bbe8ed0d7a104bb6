"""Texts and places as SARIF 2.1.0 takes them."""

from __future__ import annotations

from whydrift.core.report.words import plain

UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def text(said: str) -> str:
    """A message: braces are doubled (SARIF 3.11.5), and nothing in it is a link (3.11.6) or a control character."""
    return plain(said).replace("{", "{{").replace("}", "}}").replace("](", "] (")


def relative_uri(path: str) -> str:
    """A path as a relative URI: everything but unreserved characters is encoded, and it never leads upwards."""
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    encoded = "/".join(parts).encode("utf-8", "surrogatepass")
    return "".join(chr(byte) if byte in UNRESERVED else f"%{byte:02X}" for byte in encoded) or "."
