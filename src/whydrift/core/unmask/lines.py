"""The line of a log that says why a container is in trouble; what belongs to it is kept together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from whydrift.core.unmask.categories import category_of
from whydrift.core.unmask.levels import Level, level_of
from whydrift.core.unmask.stacks import CAUSED_BY, block_at, names_exception

LAST = 250
"""Lines that are looked at, from the end."""
RECENT = 40
"""Lines of a run that goes on which tell how it is now."""
BURST = 12
"""Candidates this many records apart belong to one failure."""
LONGEST = 2000
CONTINUED = 8
"""Lines that go on with a record, at most."""
COLOURS = re.compile(r"\x1b\[[\d;]*m")
BOXED = re.compile(r"(?m)^[\u2577\u2502\u2575] ?")
"""The frame that Terraform and OpenTofu draw around an error."""
RULED = re.compile(r"(?:^|[\]>])\s*[=*~-]{3,}$")
STAMPED = re.compile(
    r"\s{0,2}[\[(]?(?:\d{4}[-/]\d\d[-/]\d\d|\d\d:\d\d:\d\d|\w{3} +\d{1,2} \d\d:|\d{1,2}/\w{3}/\d{4}|time=|ts=|level="
    r"|[IWEF]\d{4} )"
    r"|\{\"|\[\w+\]\s|[DIWEF], \["
)
VACUOUS = re.compile(
    r"(?i)\b(?:giving up|exiting|abort(?:ing|ed)|shutting down|terminating|stopp(?:ed|ing)|bye"
    r"|exit(?:ed)? (?:with )?(?:code|status)"
    r"|command failed|errors? (?:above|occurred)|see (?:the )?(?:log|above|previous)|failed with exit"
    r"|application run failed"
    r"|failed to start|startup failed|unable to start|lifecycle|a complete log of this run|contains errors"
    r"|fatal assertion|boot failed|could not create the java virtual machine|a fatal exception has occurred)\b"
)
BARE_FAILURE = re.compile(r"(?i)\b(?:msg|message)\"?[=:]\s?\"(?:[\w-]+ ){1,3}failed\.?\"")
REASON_GIVEN = re.compile(r"(?i)\b(?:err|error|exception|cause|reason)\"?[=:]")
"""Keys of a structured line that say why, beside a message that only names what failed."""
RAN_OUT = re.compile(
    r"(?i)\b(?:(?:timed out|failed|could not) (?:\w+ )?wait\w*|wait\w*) for (?:\S+ )?(?:caches?|the condition)\b"
)
"""A wait that ran out: what went wrong meanwhile says more."""
STEP_FAILED = re.compile(r"\.{4,}\s.*\bFAIL(?:ED)?$")
"""A row of a list of steps."""
HEADING = re.compile(r"([*=#-])\1{2,} .*\w.* \1{3,}$")
NAMED_ALONE = re.compile(r"\s{0,4}(?:\w+[\\.:]+)+\w*(?:Exception|Error)\s*$")
"""The name of an exception on a line of its own, as console renderers write it: its message stands below."""
ROUTINE = re.compile(r"(?i)deprecat|\b(?:GET|POST|PUT|PATCH|DELETE|HEAD) /\S*(?: HTTP/[\d.]+)?\"? \d{3}\b")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Text that may say why, where it stands, and how much speaks for it."""

    place: int
    said: str
    weight: float


def line_that_says_why(log: str, still_running: bool = False) -> str:
    """What a log says went wrong, "" where it says nothing.

    A run that ended tells it at its end: the first of several alike. One that still runs repeats it: the last counts.
    """
    plain = BOXED.sub("", COLOURS.sub("", log))
    lines = [line[:LONGEST].rstrip() for line in plain.replace("\r\n", "\n").split("\n")][-LAST:]
    found = list(_candidates(lines[-RECENT:] if still_running else lines))
    if not found:
        return ""
    best = max(candidate.weight for candidate in found)
    alike = [candidate for candidate in found if candidate.weight == best]
    if still_running:
        return alike[-1].said[:LONGEST]
    last = alike[-1]
    return next(candidate for candidate in alike if last.place - candidate.place <= BURST).said[:LONGEST]


def last_words(log: str) -> str:
    """The last line of a run that died without calling anything an error; "" where its last words were calm."""
    lines = [line.strip() for line in BOXED.sub("", log).splitlines() if line.strip()]
    if not lines or level_of(lines[-1]) is Level.CALM or STAMPED.match(lines[-1]) or ROUTINE.search(lines[-1]):
        return ""
    return lines[-1][:LONGEST]


def _candidates(lines: Sequence[str]) -> Iterator[Candidate]:
    levels = [level_of(line) if line.strip() else Level.PLAIN for line in lines]
    begins = [_begins(line, level) for line, level in zip(lines, levels, strict=True)]
    place = 0
    while place < len(lines):
        block = block_at(lines, place, begins) if lines[place].strip() else None
        if block is None:
            candidate = _plain(lines, begins, place, levels[place])
            place += 1
        else:
            level = Level.WARNING if levels[place] in (Level.WARNING, Level.CALM) else Level.FATAL
            candidate = _weighed(place, block.said, level)
            place += len(block.lines)
        if candidate is not None:
            yield candidate


def _begins(line: str, level: Level) -> bool:
    """Whether a line begins a record of a logger: a time, a level, or JSON stands at its start."""
    indented = line[:1] in (" ", "\t")
    return (
        bool(line.strip())
        and not indented
        and CAUSED_BY.match(line) is None
        and not names_exception(line)
        and (STAMPED.match(line) is not None or level not in (Level.PLAIN, Level.FATAL))
    )


def _plain(lines: Sequence[str], begins: Sequence[bool], place: int, level: Level) -> Candidate | None:
    line = lines[place]
    if level is Level.CALM or not line.strip() or ROUTINE.search(line) or RULED.search(line):
        return None
    if level >= Level.ERROR and line.endswith((" :", "\t:")):
        below = _said_below(lines, begins, place)
        if below:
            return _weighed(place, below, level)
    if NAMED_ALONE.match(line):
        below = _next_paragraph(lines, place)
        return _weighed(place, below, Level.FATAL) if below else None
    if level is Level.PLAIN and category_of(line) is None:
        return None
    return _weighed(place, "\n".join([line, *_continued(lines, begins, place)]), level)


def _next_paragraph(lines: Sequence[str], place: int) -> str:
    """The lines after an empty one, up to the next empty one, a few at most."""
    if lines[place + 1 : place + 2] != [""]:
        return ""
    start = next((n for n in range(place + 1, len(lines)) if lines[n].strip()), len(lines))
    return "\n".join(takewhile(str.strip, lines[start : start + 5])).strip()


def _said_below(lines: Sequence[str], begins: Sequence[bool], place: int) -> str:
    """The message of a record whose own line holds none, as Spring Boot's failure analysis: what stands below it.

    That is what follows `Description:`, or else the first line that is no decoration; "" where none begins a line.
    """
    end = next((n for n in range(place + 1, len(lines)) if begins[n]), len(lines))
    below = lines[place + 1 : end]
    if not any(line.strip() for line in below) or (below[0].strip() and below[0][:1] in (" ", "\t")):
        return ""
    described = next((n for n, line in enumerate(below) if line.strip() == "Description:"), -1)
    first = (n for n in range(described + 1, len(below)) if re.match(r"\w.*[a-z]", below[n]))
    start = next(first, len(below))
    return "\n".join(takewhile(str.strip, below[start : start + 5]))


def _continued(lines: Sequence[str], begins: Sequence[bool], place: int) -> list[str]:
    """The lines that go on with a record: indented ones right after it, all below a heading, a few at most."""
    kept: list[str] = []
    headed, last = HEADING.match(lines[place]) is not None, place + 1 + CONTINUED
    for line, beginning in zip(lines[place + 1 : last], begins[place + 1 : last], strict=True):
        if beginning or not line.strip() or not (headed or line[:1] in (" ", "\t")) or re.match(r"\s+at ", line):
            break
        kept.append(line)
    return kept


def _weighed(place: int, said: str, level: Level) -> Candidate:
    """Severity counts most; a known reason breaks ties; words that only announce the end count little."""
    specific = category_of(said) is not None
    weight = float(level) + (1.5 if specific else 0)
    if not specific and (VACUOUS.search(said) or STEP_FAILED.search(said)):
        weight = min(weight, 0.5)
    elif (RAN_OUT.search(said) or (not specific and BARE_FAILURE.search(said))) and not REASON_GIVEN.search(said):
        weight = min(weight, 2.0)
    return Candidate(place, said, weight)
