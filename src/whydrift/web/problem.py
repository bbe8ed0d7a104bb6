"""What went wrong, as a page for people and as JSON for programs; never what is behind it."""

from __future__ import annotations

import msgspec
from starlette.responses import Response
from starlette.types import Scope

from whydrift.web.reader import Denied
from whydrift.web.rendering import render

API = "/api/"


class ProblemAnswer(msgspec.Struct, frozen=True):
    """What an API says where it has no answer."""

    status: int
    error: str


def problem(denied: Denied, scope: Scope) -> Response:
    """The answer to a request that gets none."""
    headers = {}
    if denied.challenge:
        headers["www-authenticate"] = denied.challenge
    if denied.wait:
        headers["retry-after"] = str(denied.wait)
    if denied.status == 405:
        headers["allow"] = "GET, HEAD"
    if API in scope["path"]:
        body = msgspec.json.encode(ProblemAnswer(denied.status, denied.says))
        return Response(body, denied.status, headers, "application/json")
    about = {"status": denied.status, "says": denied.says}
    shown = render("problem.html", about, scope.get("root_path", ""))
    return Response(shown, denied.status, headers, "text/html")
