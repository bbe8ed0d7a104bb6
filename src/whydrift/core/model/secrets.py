"""Masking: values that may be secret are replaced where they enter, so that nothing after can leak them.

A masked value is a token made with a key of this run: equal values have equal tokens, so "same" or "changed" is still
known, and comparisons still work; the value cannot be had back.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import msgspec

from whydrift.core.model.secret_names import END, MARK, password_name, secret_name, secret_value, words_of
from whydrift.core.model.secret_parts import Parts
from whydrift.core.model.secret_text import masked_text
from whydrift.core.model.values import Json, JsonObject, is_object
from whydrift.errors import SourceError

SECRETS = ("Secret", "SecretList")
REFERENCES = frozenset(
    {
        "secretKeyRef", "configMapKeyRef", "remoteRef", "secretRef", "secretStoreRef", "valueFrom", "matchLabels",
        "labels", "selector", "tokenSecretRef", "passwordSecretRef", "existingSecret",
    }
)  # fmt: skip
"""Below these stand names of things, not their values; token formats are masked there all the same."""
STRUCTURE = frozenset({"managedFields", "ownerReferences"})
"""Paths and identities only."""
NAMES_INSIDE = re.compile(
    r"(?i)(?:name|namespace|key|ref|path|file|url|type|kind|user|username|provider|audience|issuer|field|mode|policy)s?$"
)
"""Keys below a password that say where it is or whose it is."""
SECRET_IN_JSON = re.compile(r"\"kind\"\s*:\s*\"Secret(?:List)?\"")
PLAIN = "plain"
ONE = 100
"""What remembering a text takes beside its characters."""
LONG = 4096
"""The longest texts that are remembered to hide nothing."""
FLAG = re.compile(r"--?(?P<name>[\w.-]+)")


@dataclass(frozen=True)
class Masker:
    """Replaces secret-looking values of decoded JSON. `key` is random for each run and never in what it writes."""

    key: bytes

    def token(self, value: str) -> str:
        """The token that stands for a value."""
        digest = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), key=self.key, digest_size=9)
        return f"{MARK}{digest.hexdigest()}{END}"

    def mask(self, value: Json) -> Json:
        """The same value with everything secret-looking replaced; SourceError where it is nested too deeply."""
        try:
            return self._mask(value)
        except RecursionError as error:
            raise SourceError("an answer is nested too deeply to be read") from error

    def text(self, value: str) -> str:
        """A text with what is secret in it replaced: token formats, `password: …` in any notation, JSON inside it."""
        if len(value) < 4 or value in _HARMLESS:
            return value
        if _bracketed(value):
            return _embedded(self, value)
        found = masked_text(value, self.token)
        if found == value and len(value) <= LONG:
            _HARMLESS.keep(value)
        return found

    def read(self, content: bytes) -> Json:
        """JSON bytes as a masked value; parts that are spelled alike are one value. Raises as `Parts` does."""
        return _parts(self).read(content)[0]

    def _mask(self, value: Json) -> Json:
        if type(value) is dict:
            return self._object(value)
        if type(value) is str:
            return self.text(value)
        return self._list(value) if type(value) is list else value

    def _list(self, value: list[Json]) -> list[Json]:
        """Each item; what follows a flag like `--password` in a list of arguments is its value."""
        found = [self._mask(item) for item in value]
        for place, item in enumerate(value[1:], start=1):
            before = value[place - 1]
            flag = FLAG.fullmatch(before) if isinstance(before, str) and before[:1] == "-" else None
            if flag and isinstance(item, str) and item[:1] != "-":
                found[place] = self._login(item) if flag["name"] in ("u", "user") else self._named(flag["name"], item)
        return found

    def _login(self, value: str) -> Json:
        """`user:password`, as curl takes it."""
        return self.token(value) if ":" in value else value

    def _object(self, value: JsonObject) -> JsonObject:
        if not self.by_keys(value):
            return self._by_others(value)
        return {
            key: (part if (kind := type(part)) is bool or (kind is str and part in _HARMLESS) else self._mask(part))
            if key in _PLAIN_KEYS
            else self.entry(key, part)
            for key, part in value.items()
        }

    def by_keys(self, value: JsonObject) -> bool:
        """Whether each key of an object says by itself how what stands below it is masked."""
        if value.get("kind") in SECRETS or "remoteRef" in value:
            return False
        return _secret_pair(value) is None

    def _by_others(self, value: JsonObject) -> JsonObject:
        """An object that says by one key what others hold."""
        kind = value.get("kind")
        if kind == "Secret":
            return {key: self._secret_part(key, part) for key, part in value.items()}
        if kind == "SecretList" and isinstance(rows := value.get("items"), list):
            return {**value, "items": [self._object({**row, "kind": "Secret"}) for row in rows if is_object(row)]}
        stated = _secret_pair(value)
        if stated is not None:
            return {key: self._paired(stated, key, part) for key, part in value.items()}
        return {
            key: part if key == "secretKey" and "remoteRef" in value else self.entry(key, part)
            for key, part in value.items()
        }

    def _paired(self, stated: str, key: str, part: Json) -> Json:
        """`{name: DB_PASSWORD, value: …}`: an environment variable, a Helm parameter, a plugin's parameter."""
        return self._below(stated, part) if key in ("value", "string", "array", "map") else self.entry(key, part)

    def plain(self, key: str) -> bool:
        """Whether a key says nothing of what stands below it."""
        return _meaning(key) is PLAIN

    def entry(self, key: str, part: Json) -> Json:
        """What stands below a key of an object."""
        match _meaning(key):
            case "reference":
                return self._formats(part)
            case "structure":
                return part
            case "secret":
                return self._below(key, part)
            case _:
                return self._mask(part)

    def _below(self, name: str, part: Json) -> Json:
        """What stands under a secret name: a value, several, or (under a password) whatever is below."""
        if isinstance(part, str):
            return self._named(name, part)
        if isinstance(part, list) and words_of(name)[-1:] not in (("secret",), ("auth",)):
            return [self._below(name, item) for item in part]
        if is_object(part) and password_name(name):
            return {
                key: self.entry(key, item) if NAMES_INSIDE.search(key) or key in REFERENCES else self._below(name, item)
                for key, item in part.items()
            }
        number = isinstance(part, int | float) and not isinstance(part, bool)
        return self.token(repr(part)) if number and password_name(name) else self._mask(part)

    def _named(self, name: str, value: str) -> Json:
        return self.token(value) if secret_value(name, value) else self.text(value)

    def _formats(self, part: Json) -> Json:
        """Below a reference, names are no secrets; token formats are."""
        if is_object(part):
            return {key: self._formats(item) for key, item in part.items()}
        if isinstance(part, list):
            return [self._formats(item) for item in part]
        return self.text(part) if isinstance(part, str) else part

    def _secret_part(self, key: str, part: Json) -> Json:
        if key in ("data", "stringData"):
            return self._hidden(part)
        if key == "metadata" and is_object(part) and is_object(notes := part.get("annotations")):
            applied = {name: self._applied(name, note) for name, note in notes.items()}
            return {**{name: self.entry(name, item) for name, item in part.items()}, "annotations": applied}
        return self.entry(key, part)

    def _applied(self, name: str, note: Json) -> Json:
        """An annotation of a Secret; a copy of the Secret that cannot be read is hidden as a whole."""
        if isinstance(note, str) and ("applied" in name or "original" in name) and not _decoded(note):
            return self._hidden(note)
        return self.entry(name, note)

    def _hidden(self, value: Json) -> Json:
        """Everything below, but Argo CD's own mask (plus signs) and what is masked already."""
        if is_object(value):
            return {name: self._hidden(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._hidden(item) for item in value]
        if value is None or isinstance(value, bool) or (isinstance(value, str) and _hidden_already(value)):
            return value
        return self.token(value if isinstance(value, str) else repr(value))


@lru_cache(65536)
def _meaning(key: str) -> str:
    """What a key says of what stands below it; the same few thousand keys come again and again."""
    if key in REFERENCES:
        return "reference"
    if key in STRUCTURE:
        return "structure"
    if secret_name(key) or key[-4:].lower() == "auth":
        return "secret"
    _PLAIN_KEYS.keep(key)
    return PLAIN


def _secret_pair(value: JsonObject) -> str | None:
    """The secret name that an object states for what its other keys hold."""
    stated = value.get("name") or value.get("key")
    return stated if isinstance(stated, str) and secret_name(stated) and "operator" not in value else None


class _Remembered(set[str]):
    """Texts that come again and again: as many as fit into so many characters, then it begins anew."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = self._left = most

    def keep(self, text: str) -> None:
        """Add one."""
        self._left -= len(text) + ONE
        if self._left < 0:
            self.clear()
            self._left = self._most - len(text) - ONE
        self.add(text)


_HARMLESS = _Remembered(8 * 1024**2)
"""What hides nothing, and is no JSON."""
_PLAIN_KEYS = _Remembered(2 * 1024**2)
"""Keys that say nothing of what stands below them."""


@lru_cache(4)
def _parts(masker: Masker) -> Parts:
    return Parts(masker)


@lru_cache(64)
def _embedded(masker: Masker, stated: str) -> str:
    """JSON inside a text (last-applied, Argo CD's states); spelled as before where nothing is hidden.

    Argo CD's side of a live object has the same text as the object.
    """
    try:
        found, hides = _parts(masker).read(stated.encode("utf-8", "surrogatepass"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _undecoded(masker, stated)
    return msgspec.json.encode(found).decode() if hides else stated


def _undecoded(masker: Masker, stated: str) -> str:
    """A text that looks like JSON, and cannot be read as one (or not by its parts)."""
    parsed = _decoded(stated)
    if parsed is None:
        return masker.token(stated) if SECRET_IN_JSON.search(stated) else masked_text(stated, masker.token)
    hidden = masker.mask(parsed)
    return stated if hidden == parsed else msgspec.json.encode(hidden).decode()


def _bracketed(value: str) -> bool:
    """Whether a text looks like JSON."""
    stripped = value.strip()
    return stripped[:1] in ("{", "[") and stripped[-1:] in ("}", "]")


def _decoded(stated: str) -> Json:
    """JSON in a text; None where it is none."""
    try:
        return cast(
            Json, msgspec.json.decode(stated.encode("utf-8", "surrogatepass"))
        )  # decode gives plain JSON values
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _hidden_already(value: str) -> bool:
    return not value or set(value) == {"+"} or MARK in value


def masked(value: object) -> bool:
    """Whether a value is, or holds, a token that stands for a secret."""
    return isinstance(value, str) and MARK in value
