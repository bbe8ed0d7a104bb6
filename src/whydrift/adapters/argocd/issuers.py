"""Whose token it is: what it says of itself, and which issuer an Argo CD trusts. Nothing is verified here.

Argo CD verifies; this only says whom a token may be shown to, so that no Argo CD is told one that is meant for another.
"""

from __future__ import annotations

import base64
import binascii
from typing import NamedTuple

import msgspec

LOCAL = "argocd"
"""The issuer of every Argo CD's own accounts (util/session SessionManagerClaimsIssuer): it does not say of which."""
DEX = "/api/dex"
"""Where an Argo CD's own Dex issues tokens, below its address (util/settings IssuerURL)."""


class Stated(NamedTuple):
    """What a token says of itself: who issued it, and for which clients."""

    issuer: str
    clients: frozenset[str]


class _Claims(msgspec.Struct):
    iss: str = ""
    aud: str | list[str] = ""


def stated(token: str) -> Stated | None:
    """What a JWT says of itself; None where it is none, or says nothing."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        claims = msgspec.json.decode(payload, type=_Claims)
    except (binascii.Error, ValueError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    clients = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    return Stated(claims.iss, frozenset(filter(None, clients))) if claims.iss else None


class _Oidc(msgspec.Struct):
    issuer: str = ""
    clientID: str = ""
    cliClientID: str = ""


class Settings(msgspec.Struct):
    """What an Argo CD shows of its settings to everybody, for its login page."""

    url: str = ""
    oidcConfig: _Oidc | None = None
    dexConfig: dict[str, msgspec.Raw] | None = None

    @property
    def issuer(self) -> str:
        """Whose tokens it trusts besides its own accounts', "" where there is nobody."""
        if self.oidcConfig is not None and self.oidcConfig.issuer:
            return self.oidcConfig.issuer
        return self.url.rstrip("/") + DEX if self.dexConfig is not None and self.url else ""

    @property
    def clients(self) -> frozenset[str]:
        """The clients as which it is known to that issuer."""
        oidc = self.oidcConfig
        return frozenset() if oidc is None else frozenset(filter(None, (oidc.clientID, oidc.cliClientID)))
