"""Error bodies as each API writes them."""

from __future__ import annotations

import json

from whydrift.ports import Api

GRPC_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 409: 6, 429: 8, 500: 2, 501: 12, 503: 14, 504: 4}
REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 429: "TooManyRequests", 501: "NotRecorded"}


def refusal(api: Api, status: int, message: str) -> bytes:
    """An error body as each API writes it."""
    if api is Api.ARGOCD:
        body: dict[str, object] = {"error": message, "code": GRPC_CODES.get(status, 2), "message": message}
    else:
        reason = REASONS.get(status, "InternalError")
        body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "reason": reason}
        body["code"] = status
    return json.dumps(body).encode()
