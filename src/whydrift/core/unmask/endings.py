"""How a run ends that no logger levels: what a program says as it gives up, and that somebody told it to stop."""

from __future__ import annotations

import re
from collections.abc import Sequence

from whydrift.core.unmask.levels import Level, level_of

PREFIX = (
    r"\W{0,4}(?:\[?(?:\w{3} )?[\d/.:TZ,+ -]{8,40}\]?\s+(?:[IWEF] \| |[\w.-]+\s+\| )?)?"
    r"(?:(?!(?i:error|fatal|failed))[\w./-]{1,40}(?:\[[\d:]+\])?: (?:line \d+: )?){0,3}"
)
"""A time, and the names of programs, that stand before what is said."""
FAILURE = re.compile(
    PREFIX + r"(?i:(?:an? )?(?:[a-z]+ )?(?:error|exception|failure)\b(?! (?:rate|page|handler|log|budget))"
    r"|fail(?:ed|ing|ure)?\b|cannot\b|can(?: ?no|')t\b|could(?: not|n't)\b|unable to\b"
    r"|(?:it (?:was|is) )?not possible\b|(?:\w+ ){0,3}is already (?:running|in use)\b"
    r"|(?:you )?must\b|missing\b|invalid\b|no such\b|abort(?:ed|ing)\b|refus(?:ed|ing)\b|unknown\b|unexpected\b"
    r"|illegal\b|not (?:found|allowed|enough|supported)\b|insufficient\b)"
)
"""A sentence that begins with what failed."""
ERRNO = re.compile(
    r"(?i): (?:too many open files(?: in system)?|no such (?:file or directory|device(?: or address)?|process)"
    r"|permission denied|operation not (?:permitted|supported)|is a directory|not a directory|file exists"
    r"|device or resource busy|argument list too long|invalid argument|text file busy|input/output error|eof"
    r"|read-only file ?system|no space left on device|connection refused|cannot allocate memory|bad address.*"
    r"|resource temporarily unavailable|directory not empty|file too large|unexpected eof)\.?(?: \(\d+\))?$"
)
"""The end of a line that names what the system answered (strerror of glibc and musl, Go's syscall.Errno)."""
FAILED_IN_RECORD = re.compile(r"[\]:|\t\"=>-]\s*(?i:fail(?:ed|ure)|cannot|can't|could not|unable to|error)\b(?!=)")
"""A message of a logger that begins with what failed."""
NEGATIVE = re.compile(
    r"(?i)\b(?:no|not|never|nothing|without|denied|refused|invalid|expired|missing|unknown|illegal|killed|abort\w*"
    r"|dumped|fault|trap|err(?:or|ors)?|fail\w*|cannot|unable|must|require[sd]?|too|wrong|bad|fatal|\w+n't)\b"
)
"""Words without which a last line is only the last that was written."""
MENDED = re.compile(
    r"(?i)\b(?:fall(?:ing|s)? back|(?:using|use) (?:the )?(?:defaults?|no-op)|ignor(?:ed|ing)|skip(?:ped|ping)"
    r"|retry(?:ing)?|try(?:ing)? again|reconnecting|continuing|harmless|will be created|creating (?:it|one))\b"
)
"""What went wrong and was got over."""
SIGNALLED = re.compile(
    r"(?i)\b(?:received|caught|got|handling|trapped)\b[^\n]{0,40}?(?:\bsig(?:term|int|quit)\b"
    r"|\b(?:os )?signal\b[^\n]{0,30}\b(?:terminated|interrupt|term|quit|15|2)\b|\"?(?:terminated|interrupt)\"? signal"
    r"|\bos signal\b|\b(?:fast|smart) shutdown request)"
    r"|\bsignal \(?(?:15|2|3)\)? (?:received|caught)|\bsignal (?:\d+ \()?sig(?:term|int|quit)\)?"
    r"|\bsig(?:term|int|quit)\b[^\n]{0,20}\b(?:received|caught)"
    r"|\bsignal=(?:terminated|interrupt|sigterm)"
)
"""A signal that asks to stop arrived."""
CALM_AFTER = 3
"""Calm records that may follow a program's last words: what it puts away."""
GRACEFUL = re.compile(r"(?i)\bgraceful(?:ly)? (?:shut|stop|exit|terminat)")
"""A run that ends in good order, whoever asked for it."""


def says_failure(line: str) -> bool:
    """Whether a line that has no level says that something failed, and not that it was got over."""
    return (FAILURE.match(line) is not None or ERRNO.search(line) is not None) and MENDED.search(line) is None


def record_says_failure(line: str) -> bool:
    """Whether a record's message says that something failed, whatever its level."""
    return FAILED_IN_RECORD.search(line) is not None and MENDED.search(line) is None


def says_why(line: str) -> bool:
    """Whether a run's last line says anything of why it ended."""
    return NEGATIVE.search(line) is not None


def last_said(lines: Sequence[str], recorded: Sequence[bool], most: int) -> int:
    """Where the last lines begin that no logger wrote: at most `most` lines, and a few calm records, come after."""
    place, calm = len(lines), 0
    while place and len(lines) - place < most:
        if recorded[place - 1] and lines[place - 1].strip():
            calm += 1
            if calm > CALM_AFTER or level_of(lines[place - 1]) is not Level.CALM:
                break
        place -= 1
    return place


def told_to_stop(lines: Sequence[str], levels: Sequence[Level]) -> int | None:
    """Where a log says that a signal to stop arrived; None where none did."""
    pairs = enumerate(zip(lines, levels, strict=True))
    return next((n for n, (line, level) in pairs if level < Level.ERROR and SIGNALLED.search(line)), None)


def ends_in_order(lines: Sequence[str], levels: Sequence[Level]) -> bool:
    """Whether a log says that its run ends in good order."""
    return any(level < Level.ERROR and GRACEFUL.search(line) for line, level in zip(lines, levels, strict=True))
