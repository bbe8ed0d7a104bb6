"""Until when a token is good, read off the token itself: its signature is the server's business."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime


def expires_at(token: str) -> datetime | None:
    """The `exp` of a JSON web token (RFC 7519 4.1.4), or None where it has none or is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        claims = json.loads(base64.urlsafe_b64decode(padded))
        return datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (binascii.Error, ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        return None
