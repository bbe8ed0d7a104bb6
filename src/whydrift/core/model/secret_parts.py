"""Reads JSON masked: large parts that are spelled alike are decoded and masked once, and are one value from then on.

The sides of an object, what git renders to and what was applied last state most of it in the same letters.
"""

from __future__ import annotations

from typing import Protocol, cast

import msgspec

from whydrift.core.model.values import Json, JsonObject

LARGE = 1024
"""Bytes of a part that is worth remembering."""
DEPTH = 4
"""How far below a text parts are looked for: each level reads the text below it once more."""
MOST = 4 * 1024**2
"""Bytes that are remembered."""
DECIDING = frozenset({"kind", "name", "key", "remoteRef", "operator"})
"""Keys whose values say how the others are masked."""
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


class Masks(Protocol):
    """What masks decoded values (`Masker`)."""

    def mask(self, value: Json) -> Json:
        """A value that stands where nothing says that it is a secret."""

    def by_keys(self, value: JsonObject) -> bool:
        """Whether an object is masked key by key, by what its DECIDING keys say."""

    def plain(self, key: str) -> bool:
        """Whether what stands below a key of such an object is masked as if it stood alone."""

    def entry(self, key: str, part: Json) -> Json:
        """What stands below any key of such an object."""


class Parts:
    """Texts as masked values. What cannot be decoded raises: DecodeError, UnicodeDecodeError or RecursionError."""

    def __init__(self, masks: Masks, large: int = LARGE) -> None:
        self._masks = masks
        self._large = large
        self._known: dict[bytes, tuple[Json, bool]] = {}
        self._left = MOST

    def read(self, content: bytes) -> tuple[Json, bool]:
        """The masked value of a JSON text, and whether anything in it was hidden."""
        return self._part(content, DEPTH)

    def _part(self, content: bytes, depth: int) -> tuple[Json, bool]:
        if len(content) < self._large:
            return self._whole(content)
        found = self._known.get(content)
        if found is None:
            found = self._parted(content, depth - 1) if depth else self._whole(content)
            self._remember(content, found)
        return found

    def _remember(self, content: bytes, found: tuple[Json, bool]) -> None:
        self._left -= len(content)
        if self._left < 0:
            self._known.clear()
            self._left = MOST - len(content)
        self._known[content] = found

    def _parted(self, content: bytes, depth: int) -> tuple[Json, bool]:
        """A value whose large parts are read one by one, as far as each is masked as if it stood alone."""
        first = content[:1]
        if first == b"{":
            return self._object(content, depth)
        if first == b"[":
            return self._list(content, depth)
        return self._whole(content)

    def _object(self, content: bytes, depth: int) -> tuple[Json, bool]:
        parts = _OBJECT.decode(content)
        large = {key for key, part in parts.items() if len(part) >= self._large and key not in DECIDING}
        large = {key for key in large if self._masks.plain(key)}
        small = {key: _decoded(part) for key, part in parts.items() if key not in large}
        if not large or not self._masks.by_keys(small):
            return self._whole(content)
        masked: JsonObject = {}
        hidden = False
        for key, part in parts.items():
            if key in large:
                masked[key], hides = self._part(bytes(part), depth)
            else:
                masked[key] = self._masks.entry(key, small[key])
                hides = masked[key] != small[key]
            hidden = hidden or hides
        return masked, hidden

    def _list(self, content: bytes, depth: int) -> tuple[Json, bool]:
        """A list; one of texts is read whole, since what follows a flag is masked for it."""
        parts = [bytes(part) for part in _LIST.decode(content)]
        if not all(part[:1] == b"{" for part in parts):
            return self._whole(content)
        found = [self._part(part, depth) for part in parts]
        return [masked for masked, _ in found], any(hides for _, hides in found)

    def _whole(self, content: bytes) -> tuple[Json, bool]:
        decoded = _decoded(content)
        masked = self._masks.mask(decoded)
        return masked, masked != decoded


def _decoded(content: bytes | msgspec.Raw) -> Json:
    return cast(Json, msgspec.json.decode(content))  # decode gives plain JSON values
