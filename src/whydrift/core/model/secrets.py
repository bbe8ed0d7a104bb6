"""Masking: values that may be secret are replaced where they enter, so that nothing after can leak them.

A masked value is a token made with a key of this run: equal values have equal tokens, so "same" or "changed" is still
known, and comparisons still work; the value cannot be had back.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import cast

import msgspec

from whydrift.core.model.values import Json, JsonObject, is_object, text

MARK = "\u27e6masked:"
END = "\u27e7"
NAMES = re.compile(
    r"(pass(word|wd|phrase)?|pwd|secret|token|credential|bearer|htpasswd|salt|dsn|connection[-_.]?string"
    r"|(api|access|private|auth|signing|encryption|secret)[-_.]?key|client[-_.]?secret)s?$",
    re.IGNORECASE,
)
REFERENCES = frozenset(
    {
        "secretKeyRef", "configMapKeyRef", "remoteRef", "secretRef", "secretStoreRef", "valueFrom", "matchLabels",
        "labels", "selector", "tokenSecretRef", "passwordSecretRef", "existingSecret", "managedFields", "ownerReferences",
    }
)  # fmt: skip
FORMATS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}"
    r"|sk_live_\w{10,}|sk-[A-Za-z0-9_-]{20,}|AIza[\w-]{30,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,}|npm_\w{30,}|hvs\.[\w-]{20,}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,})"
    r"|(?<=://)[^\s/:@]*:[^\s/@]+(?=@)",
    re.DOTALL,
)
HASHES = re.compile(r"checksum|digest|sha\d|hash", re.IGNORECASE)
LINE = re.compile(
    r"(?im)^(?P<head>[ \t\-]*[\"']?[\w.\-]*(?:password|passwd|secret|token|api[-_.]?key|private[-_.]?key|credential)s?"
    r"[\"']?[ \t]*[:=][ \t]*)(?P<value>\S.*)$"
)
PLAIN = frozenset({"", "true", "false", "null", "none", "yes", "no"})


@dataclass(frozen=True)
class Masker:
    """Replaces secret-looking values of decoded JSON. `key` is random for each run and never written down."""

    key: bytes

    def token(self, value: str) -> str:
        """The token that stands for a value."""
        digest = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), key=self.key, digest_size=9)
        return f"{MARK}{digest.hexdigest()}{END}"

    def mask(self, value: Json) -> Json:
        """The same value with everything secret-looking replaced; shares what has nothing to hide."""
        if is_object(value):
            return self._object(value)
        if isinstance(value, list):
            return [self.mask(item) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def text(self, value: str) -> str:
        """A text with known token formats and `password: …` lines replaced."""
        if len(value) < 6:
            return value
        if value[0] in "{[" and value[-1] in "}]":
            return self._embedded(value)
        return self._plain_text(value)

    def _plain_text(self, value: str) -> str:
        value = FORMATS.sub(lambda found: self.token(found.group()), value)
        if "\n" in value or "=" in value or ": " in value:
            value = LINE.sub(self._line, value)
        return value

    def _line(self, found: re.Match[str]) -> str:
        secret = found["value"]
        harmless = secret.strip("\"', {[|>").lower() in PLAIN or MARK in secret
        return found[0] if harmless else found["head"] + self.token(secret)

    def _object(self, value: JsonObject) -> JsonObject:
        if value.get("kind") == "Secret" and value.get("apiVersion") == "v1":
            return {key: self._secret_part(key, part) for key, part in value.items()}
        if isinstance(value.get("value"), str) and NAMES.search(text(value, "name")):
            return {**value, "value": self._scalar(value["value"])}
        return {key: self._entry(key, part) for key, part in value.items()}

    def _entry(self, key: str, part: Json) -> Json:
        if key in REFERENCES:
            return part
        secret = isinstance(part, str) and NAMES.search(key) and not HASHES.search(key)
        return self._scalar(part) if secret else self.mask(part)

    def _scalar(self, value: Json) -> Json:
        secret = isinstance(value, str) and value.lower() not in PLAIN and not value.startswith((MARK, "$(", "${"))
        return self.token(value) if secret and isinstance(value, str) else value

    def _secret_part(self, key: str, part: Json) -> Json:
        if key in ("data", "stringData") and is_object(part):
            return {name: self._secret_value(value) for name, value in part.items()}
        return self._entry(key, part)

    def _secret_value(self, value: Json) -> Json:
        return (
            self.token(value)
            if isinstance(value, str) and value and set(value) != {"+"} and MARK not in value
            else value
        )

    def _embedded(self, stated: str) -> str:
        """JSON inside a text (last-applied, Argo CD's states, a dashboard); spelled as before where nothing is hidden."""
        try:
            parsed = cast(Json, msgspec.json.decode(stated))  # decode gives plain JSON values
        except (msgspec.DecodeError, RecursionError):
            return self._plain_text(stated)
        hidden = self.mask(parsed)
        return stated if hidden == parsed else msgspec.json.encode(hidden).decode()


def masked(value: object) -> bool:
    """Whether a value is, or holds, a token that stands for a secret."""
    return isinstance(value, str) and MARK in value
