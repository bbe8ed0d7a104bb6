"""Safe words: what comes from a cluster or from git is made harmless before it is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap

import msgspec

from whydrift.core.model.triage import Value

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~@])")
FORMULA = ("=", "+", "-", "@")
SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
"""Control characters that everybody knows by another spelling."""


def plain(text: str) -> str:
    """Text for a terminal: control characters, escapes and direction marks are spelled out, never sent."""
    return CONTROL.sub(lambda found: SHORT.get(found.group(), f"\\u{ord(found.group()):04x}"), text)


def cell(text: str) -> str:
    """Text for a TSV cell: one line, no tab, and nothing that a spreadsheet would run."""
    safe = plain(text)
    return f"'{safe}" if safe.startswith(FORMULA) and len(safe) > 1 else safe


def markdown(text: str) -> str:
    """Text for Markdown: nothing in it is markup, a mention or HTML."""
    return MARKDOWN.sub(r"\\\1", plain(text))


def code(text: str) -> str:
    """Text as a Markdown code span, whatever backticks it holds."""
    safe = plain(text)
    ticks = fence(safe, least=1)
    pad = " " if "`" in safe else ""
    return f"{ticks}{pad}{safe}{pad}{ticks}"


def fence(text: str, least: int = 3) -> str:
    """Backticks that no run of backticks in a text can end."""
    return "`" * max(least, *(len(run) + 1 for run in re.findall("`+", text)), least)


def value(side: Value | msgspec.UnsetType, longest: int = 60) -> str:
    """A side's value in a line; – where it has none; "a masked value" for a secret."""
    if isinstance(side, msgspec.UnsetType):
        return "–"
    if isinstance(side, dict) and set(side) == {"masked"}:
        return f"masked ({side['masked']})"
    spelled = side if isinstance(side, str) and side else msgspec.json.encode(side).decode()
    safe = plain(spelled)
    return safe if len(safe) <= longest else f"{safe[: longest - 1]}…"


def teaching(manager: str) -> str:
    """The line that says in whydrift.toml, above its first table, that a field manager is a controller."""
    return f"managers.controllers = [{msgspec.json.encode(manager).decode()}]"


def count(number: int, noun: str) -> str:
    """`1 field`, `2 fields`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def plural(kind: str) -> str:
    """A kind for many: Deployments, Ingresses, NetworkPolicies."""
    if kind.endswith("s") and not kind.endswith("ss"):
        return kind
    if kind.endswith("y") and kind[-2:-1] not in tuple("aeiou"):
        return f"{kind[:-1]}ies"
    return f"{kind}es" if kind.endswith(("ss", "x", "ch", "sh")) else f"{kind}s"


def under_one_root(fields: Sequence[str]) -> str:
    """Fields in a line, what they share told once: `spec.data[].remoteRef.{key, version}`."""
    if len(fields) < 2:
        return "".join(fields)
    steps = [field.split(".") for field in fields]
    depth = 0
    while all(len(each) > depth + 1 and each[depth] == steps[0][depth] for each in steps):
        depth += 1
    root = ".".join(steps[0][:depth])
    ends = ", ".join(".".join(each[depth:]) for each in steps)
    return f"{root}.{{{ends}}}" if root else ends


def shortened(text: str, longest: int) -> str:
    """A text that fits, with … where it was cut."""
    safe = plain(text)
    return safe if len(safe) <= longest else f"{safe[: max(longest - 1, 1)]}…"


def wrapped(text: str, width: int, indent: str = "", most: int = 3) -> list[str]:
    """A text in lines that fit, later ones indented; with … where even `most` lines do not hold it."""
    return wrap(
        plain(text),
        max(width, len(indent) + 20),
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_on_hyphens=False,
        break_long_words=False,
        max_lines=most,
        placeholder=" …",
    )


def ending(text: str, longest: int) -> str:
    """A path that fits, cut at its beginning: its end is what people look for."""
    safe = plain(text)
    return safe if len(safe) <= longest else f"…{safe[len(safe) - longest + 1 :]}"


@dataclass(frozen=True, slots=True)
class Ink:
    """How emphasis is put on: terminal colours, or nothing."""

    colour: bool = False

    def _wrap(self, code: str) -> Callable[[str], str]:
        return lambda text: f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text

    def strong(self, text: str) -> str:
        """A heading, a name."""
        return self._wrap("1")(text)

    def alarm(self, text: str) -> str:
        """What needs action."""
        return self._wrap("31;1")(text)

    def quiet(self, text: str) -> str:
        """What may be skipped."""
        return self._wrap("2")(text)
