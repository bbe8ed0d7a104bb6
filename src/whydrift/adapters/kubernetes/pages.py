"""Lists that come in pages: joined into the one answer that the server would give without a limit."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

LIMIT = "500"
"""Objects on a page, as kubectl asks for (kubectl get --chunk-size)."""


class Metadata(msgspec.Struct):
    """The part of a list's metadata that says whether it goes on."""

    more: str = msgspec.field(name="continue", default="")
    remainingItemCount: int = 0


class Page(msgspec.Struct):
    """One page, its items still bytes."""

    apiVersion: str
    kind: str
    metadata: msgspec.Raw = msgspec.Raw(b"{}")
    items: list[msgspec.Raw] | None = None


class NotAPage(Exception):
    """An answer that is no list of Kubernetes, or one that is cut off; the message says which."""


_PAGE = msgspec.json.Decoder(Page)
_METADATA = msgspec.json.Decoder(Metadata)


def next_page(content: bytes) -> str:
    """The token of the page after this one, "" where it is the last. NotAPage where it is no whole page of a list."""
    try:
        page = _PAGE.decode(content)
        metadata = _METADATA.decode(page.metadata)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotAPage("the answer is no list of Kubernetes, or it ends in the middle") from error
    if not page.kind.endswith("List"):
        raise NotAPage(f"the answer is no list, but a {page.kind[:40]}")
    if metadata.remainingItemCount > 0 and not metadata.more:
        raise NotAPage("the list is cut off, and the server does not say where it goes on")
    return metadata.more


def joined(pages: Sequence[bytes]) -> bytes:
    """All items under the envelope of the last page, which says that nothing follows; a single page as it came."""
    if len(pages) == 1:
        return pages[0]
    decoded = [_PAGE.decode(page) for page in pages]
    last = decoded[-1]
    head = msgspec.json.encode({"kind": last.kind, "apiVersion": last.apiVersion})[:-1]
    items = b",".join(bytes(item) for page in decoded for item in page.items or [])
    return head + b',"metadata":' + bytes(last.metadata) + b',"items":[' + items + b"]}"
