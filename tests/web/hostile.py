"""Names as nobody should give them, everywhere where somebody else gives names."""

from __future__ import annotations

from tests.looks import at, field, look, trouble
from tests.web.fleet import answered

from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import ApplicationName

SCRIPT = "<script>alert(1)</script>"
NAMES = (
    SCRIPT,
    "\"'><img src=x onerror=alert(1)>",
    "\u202egnp.exe\u2066",
    "x" * 10_000,
    "{{ 7*7 }}{% raw %}",
    "a\nSet-Cookie: b=c\r\n\r\n<u>",
    "../../etc/passwd",
    "javascript:alert(1)",
    "&lt;b&gt;&amp;",
    "'; DROP TABLE findings; --",
    "%2e%2e%2f?q=1#x",
    "\x1b[31mred\x07",
    "-",
)
MARKUP = ("<script>alert", "<img src=x", "<u>", "\u202e", "\u2066", "\x1b", "\x07")
"""What must never be in a page as it is."""


def hostile(store: SqlStore) -> list[ApplicationName]:
    """A store in which every word is one of those; the names of its applications."""
    names = [ApplicationName(name, name, name) for name in NAMES]
    for place, (name, word) in enumerate(zip(names, NAMES, strict=True)):
        about = {"cause": word, "side": "ask", "who": word, "why": word, "target": word, "live": word, "since": word}
        found = [
            field(f"/{word}", f"apps/{word}/{word}", **about, remedy=word, where=word, sync=word),
            field(f"/a{word}", f"apps/K/{word}", **about, severity="loses", sync=word),
            field(f"/b{word}", word, **about, accepted=word, shown=False),
            trouble(word, f"apps/K/{word}", word),
        ]
        said = {"project": word, "team": word, "sync": word, "health": word, "cluster": word, "revision": word}
        for minute, some in enumerate((found, [], found)):
            store.record(
                look(some, at(minute), name, **said, answer=answered(name, word), not_read=word if place % 2 else "")
            )
    return names
