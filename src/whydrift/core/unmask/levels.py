"""How bad a log line calls itself: the ways in which loggers write levels (syslog, klog, logfmt, JSON, pino …)."""

from __future__ import annotations

import json
import re
from enum import IntEnum


class Level(IntEnum):
    """How much a line weighs. PLAIN lines have no level; what is CALM says that nothing is wrong."""

    CALM = -1
    PLAIN = 0
    WARNING = 1
    ERROR = 3
    FATAL = 5


SPELLINGS = {
    Level.CALM: "trace trc trac debug dbg debu info inf information informational notice verbose log hint detail "
    "statement success finest finer fine config",
    Level.WARNING: "warn warning wrn",
    Level.ERROR: "error err eror erro severe fail failure",
    Level.FATAL: "fatal ftl fata critical crit panic pani emerg emergency alert dpanic",
}
CAPITALS = frozenset({"log", "hint", "detail", "statement", "finest", "finer", "fine", "config"})
"""Levels of PostgreSQL and java.util.logging that are everyday words unless they are written in capitals."""
WORDS = {word: level for level, words in SPELLINGS.items() for word in words.split()}
LEVEL_KEYS = tuple(
    ["level", "lvl", "severity", "levelname", "log.level", "@level", "loglevel", "log_level", "s", "Level", "LogLevel"]
)
ERROR_KEYS = ("error", "err", "exception", "exc_info", "stack", "stack_trace")
LETTERS = dict(zip("DINWEFCP", ("debug", "info", "notice", "warn", "error", "fatal", "critical", "panic"), strict=True))
LOGFMT = re.compile(r"(?:^|\s)(?:level|lvl|severity|loglevel)=\"?(\w+)", re.IGNORECASE)
KLOG = re.compile(r"([IWEF])(?:\d\d)?\d{4} \d\d:\d\d:\d\d")
STAMP = r"\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d\S*\s+"
LETTER = re.compile(r"(?:^|\s)\[?([DINWEFCP])[\],!]\s")
STAMPED_LETTER = re.compile(STAMP + r"(?:[^\s\[\]]+\s+){0,2}?(?:\[([DINWEF])\]|([DINWEF])(?:!| \|))\s")
STAMPED_WORD = re.compile(STAMP + r"([a-z]{3,13})\s")
MARK = re.compile(r"\s{0,4}(?:([\u274c\u2716-\u2718\u2a2f])|\u26a0)")
"""A cross, or the sign of a warning, in a level's place."""
BRACKETED = re.compile(r"[\[(<|]\s*(\w{3,13})\s*[\])>|:]")
SPELLED = re.compile(r"(?<![\w./=-])([A-Z]{3,13})(?=[\s:\]|)>]|\[\d|-(?!\w)|$)")
AT_START = re.compile(
    r"(?:\[?[\w./:-]{1,40}\]?:?\s+){0,2}?(?:npm |yarn |PHP )?(\w+)!?(?: error)?(?:\[\d+\])?\s*:\s", re.IGNORECASE
)
BARE = re.compile(r"(?:npm ERR!|ERR!|E:)\s")
HEAD = 110
"""Where a level stands, if a line has one: within its first characters."""


def level_of(line: str) -> Level:
    """How bad a line calls itself."""
    stripped = line.lstrip("\ufeff").strip()
    if stripped.startswith("{"):
        found = _json_level(stripped)
        if found is not None:
            return found
    logfmt = LOGFMT.search(stripped)
    if logfmt:
        return WORDS.get(logfmt.group(1).lower(), Level.PLAIN)
    head = stripped[:HEAD]
    klog = KLOG.match(head)
    if klog:
        return WORDS[LETTERS[klog.group(1)].lower()]
    return _spelled(head)


def _spelled(head: str) -> Level:
    """A level that stands as a word, in brackets, as one letter or a mark, or before a colon at the start."""
    words = [*BRACKETED.findall(head), *SPELLED.findall(head)]
    levels = [WORDS[word.lower()] for word in words if word.lower() in WORDS and _meant(word)]
    if levels:
        return levels[0]
    letter = LETTER.match(head) or STAMPED_LETTER.match(head)
    if letter:
        return WORDS[LETTERS[next(filter(None, letter.groups()))]]
    if BARE.match(head):
        return Level.ERROR
    mark = MARK.match(head)
    if mark:
        return Level.ERROR if mark.group(1) else Level.WARNING
    start = STAMPED_WORD.match(head) or AT_START.match(head + " ")
    return _at_start(head, start) if start else Level.PLAIN


def _meant(word: str) -> bool:
    """Whether a word is a level as it is written."""
    return word.isupper() or word.lower() not in CAPITALS


def _at_start(head: str, start: re.Match[str]) -> Level:
    """The level that begins a line; a calm one only where nothing but a time or a bracket stands before it."""
    word = start.group(1)
    level = WORDS.get(word.lower(), Level.PLAIN) if _meant(word) else Level.PLAIN
    calm_words = level is Level.CALM and re.search(r"[A-Za-z]{2}", head[: start.start(1)])
    return Level.PLAIN if calm_words else level


def _json_level(line: str) -> Level | None:
    """The level of a line that is a JSON object; None where the line is none or states none."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    wrapped = record.get("record")  # CloudNativePG: the server's own record inside its manager's
    if isinstance(wrapped, dict) and isinstance(wrapped.get("error_severity"), str):
        return WORDS.get(wrapped["error_severity"].lower(), Level.PLAIN)
    for key in LEVEL_KEYS:
        stated = record.get(key)
        if isinstance(stated, dict):
            stated = stated.get("name")
        if isinstance(stated, str) and stated:
            return WORDS.get(LETTERS.get(stated, stated).lower(), Level.PLAIN)
        if isinstance(stated, int) and not isinstance(stated, bool):
            return _number(stated, record)
    return Level.ERROR if any(record.get(key) for key in ERROR_KEYS) else Level.PLAIN


def _number(stated: int, record: dict[str, object]) -> Level:
    """A level as a number: syslog's 0-7 (0 is worst), else pino's and bunyan's 10-60 (60 is worst).

    Go's logr writes how verbose a calm record is (0 is the least), and none for an error.
    """
    if stated < 8 and (stated == 0 or "caller" in record):
        return Level.CALM
    if stated < 8:
        return (
            Level.FATAL if stated < 3 else Level.ERROR if stated == 3 else Level.WARNING if stated == 4 else Level.CALM
        )
    return (
        Level.FATAL if stated >= 60 else Level.ERROR if stated >= 50 else Level.WARNING if stated >= 40 else Level.CALM
    )
