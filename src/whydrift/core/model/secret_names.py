"""Which keys, variables, parameters and flags hold a secret, by their names; and which values under them do not."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache

MARK = "\u27e6masked:"
END = "\u27e7"
TOKEN = re.compile(f"{MARK}[0-9a-f]+{END}")
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
ENDINGS = ("password", "passwd", "passphrase", "passcode", "secret", "credential", "token")
ALONE = frozenset({"pass", "pwd", "pw", "salt", "dsn", "psk", "bearer", "jwt"})
KEYS = frozenset(
    {
        "access", "account", "admin", "api", "auth", "client", "cookie", "encrypt", "encryption", "hmac", "license",
        "master", "private", "secret", "session", "shared", "signing", "ssh", "storage", "tls",
    }
)  # fmt: skip
"""What stands before "key" where the key is a secret one."""
NAMED_ELSEWHERE = frozenset({"existing", "pull", "tls", "ca", "cert", "certificate", "password"})
"""What stands before "secret" where the value names a Secret: existingSecret, imagePullSecret."""
COUNTED = frozenset({"max", "min", "num", "total", "input", "output", "prompt", "completion", "context"})
"""What stands before "tokens" where they are counted, not told."""
HASHES = frozenset({"checksum", "digest", "hash", "sha", "md", "fingerprint"})
HASH = re.compile(r"(?:sha\d+[:-])?[0-9a-fA-F]{7,128}")
PLAIN = frozenset({"", "true", "false", "null", "none", "yes", "no", "~"})
REFERENCE = re.compile(
    r"\$\([A-Za-z_][\w.-]*\)|\$\{[A-Za-z_][\w.]*\}|\$[A-Z_][A-Z0-9_]+|\$[a-z][\w-]*(?:[.:][\w.-]+)+"
    r"|\{\{[^\"'`]*\}\}|<path:[^>]*>|ref\+[a-z]+://\S+|vault:\S+#\S+|op://\S+|\++"
)
"""Values that stand for another: $(VAR), ${VAR}, $dex.github.clientSecret, {{ .Values.x }}; Argo CD's mask, ++++."""


@lru_cache(16384)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, lower-case, singular at the end, without a trailing number: dbPasswords2 → db, password."""
    words = [word.lower() for word in WORDS.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    if words and words[-1] != "pass":
        words[-1] = words[-1].removesuffix("s")
    return tuple(words)


@lru_cache(16384)
def secret_name(name: str) -> bool:
    """Whether what is kept under this name is a secret: `DB_PASSWORD`, `clientSecret`, `api-key`; not `secretName`."""
    words = words_of(name)
    if not words:
        return False
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last == "secret":
        return before not in NAMED_ELSEWHERE
    if last == "token":
        return before not in COUNTED
    return last in ALONE or last.endswith(ENDINGS) or _secret_key(words)


def _secret_key(words: tuple[str, ...]) -> bool:
    """A key that opens something, a connection string, a kubeconfig's client-key-data."""
    if words[-2:] in (("connection", "string"), ("key", "base")) or words[-3:] in (
        ("client", "key", "data"),
        ("client", "key", "datum"),
    ):
        return True
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    joined = last.removesuffix("key")
    return (last == "key" and before in KEYS) or (joined != last and joined in KEYS)


def password_name(name: str) -> bool:
    """Whether it is a password of all secrets: then numbers and whatever is kept below it are secret, too."""
    words = words_of(name)
    return bool(words) and words[-1].endswith(("password", "passwd", "passphrase", "pwd"))


def secret_value(name: str, value: str) -> bool:
    """Whether a value under a name is a secret: no reference, no digest, no yes or no."""
    if value.lower() in PLAIN or REFERENCE.fullmatch(value) or TOKEN.fullmatch(value):
        return False
    if words_of(name)[-1:] == ("auth",):
        return is_login(value)
    return secret_name(name) and not (HASHES & set(words_of(name)) and HASH.fullmatch(value))


def is_login(value: str) -> bool:
    """Whether it is `user:password` in base64, as in a Docker configuration's `auth`."""
    try:
        decoded = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(value) >= 4 and b":" in decoded and decoded.isascii()
