"""What pages load: one style sheet, htmx, an icon. Their addresses hold their hash, so that browsers may keep them.

htmx 4.0.1 and its extension hx-sse come from the npm package htmx.org (integrity
sha512-oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg==), files dist/htmx.min.js
and dist/ext/hx-sse.min.js, unchanged; VENDORED holds their SHA-256.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from whydrift.core.report.html_page import STYLE
from whydrift.web.headers import KEPT

TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
VENDORED = {
    "htmx.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    "hx-sse.min.js": "18ef2761356ec1fe0bb6d92612315b37517a7c1e9856b661c5ae81fef239d103",
}
NAMES = ("style.css", "page.js", "icon.svg")


@cache
def content_of(name: str) -> bytes:
    """The bytes of an asset. The style sheet begins with that of the report, whose parts the pages show.

    htmx and its extension are one: htmx does not wait for extensions that come later, and the page would not be live.
    """
    match name:
        case "style.css":
            return STYLE.encode() + b"\n" + file_of(name)
        case "page.js":
            return b"\n".join(map(file_of, VENDORED))
        case _:
            return file_of(name)


def file_of(name: str) -> bytes:
    """A file as it is in the package."""
    return files("whydrift.web").joinpath("static", name).read_bytes()


@cache
def address_of(name: str) -> str:
    """The address of an asset below the root."""
    return f"/static/{hashlib.sha256(content_of(name)).hexdigest()[:16]}/{name}"


async def asset(request: Request) -> Response:
    """An asset, at an address that holds its hash."""
    name = request.path_params["name"]
    if name not in NAMES or f"/static/{request.path_params['hash']}/{name}" != address_of(name):
        return Response(status_code=404)
    kind = TYPES[name.rpartition(".")[2]]
    return Response(content_of(name), headers={"cache-control": KEPT}, media_type=kind)
