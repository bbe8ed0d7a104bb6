"""What in a log may say why, and how much speaks for it: lines, records with what goes on with them, and traces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whydrift.core.model.trouble import Category
from whydrift.core.unmask.categories import category_of
from whydrift.core.unmask.endings import last_said, says_failure
from whydrift.core.unmask.levels import Level
from whydrift.core.unmask.records import (
    NAMED_ALONE,
    ROUTINE,
    RULED,
    begins_record,
    continued,
    next_paragraph,
    recorded,
    said_below,
)
from whydrift.core.unmask.stacks import block_at

BURST = 12
"""Candidates this many records apart belong to one failure."""
VACUOUS = re.compile(
    r"(?i)\b(?:giving up|gave up(?! waiting)|execution halted|exiting|abort(?:ing|ed)|shutting down"
    r"|terminating|stopp(?:ed|ing)|bye"
    r"|exit(?:ed)? (?:with )?(?:code|status)"
    r"|command failed|errors? (?:above|occurred(?!:))|see (?:the )?(?:log|above|previous)|failed with exit"
    r"|application run failed"
    r"|failed to start|startup failed|unable to start|lifecycle|a complete log of this run|contains errors"
    r"|fatal assertion|boot failed|could not create the java virtual machine|a fatal exception has occurred)\b"
)
REASON_BELOW = re.compile(r": \w[^\n]{8,}")
"""What follows an announcement after a colon: `Unable to start server. Error: schema is too old`."""
UNCAUGHT = re.compile(r"(?i)\b(?:uncaught|unhandled|fatal)\b")
TRACE_OF_A_WARNING = 2.9
"""The weight of a trace that a warning tells: more than any warning without one, less than an error."""
STRUCTURED = re.compile(r"\b(?:msg|level|lvl)=")
BARE_FAILURE = re.compile(
    r"(?i)\b(?:msg|message)\"?[=:]\s?\"(?:[\w-]+ ){1,3}failed\.?\"|^\W*(?:[\w-]+ ){1,4}failed[.!]*$"
)
"""A message that only names what failed."""
CONSEQUENCE = re.compile(
    r"(?i)use of closed (?:network )?connection|context cancell?ed|server closed\b|operation was cancell?ed"
    r"|\b(?:pool|client|session|channel) (?:is|has been|was) (?:closed|shut ?down)|InterruptedException"
    r"|RejectedExecutionException"
)
"""What goes wrong because everything ends."""
REASON_GIVEN = re.compile(r"(?i)\b(?:err|error|exception|cause|reason)(?:=|\"\s?:)")
"""Keys of a structured line that say why, beside a message that only names what failed."""
RAN_OUT = re.compile(
    r"(?i)\b(?:(?:timed out|failed|could not) (?:\w+ )?wait\w*|wait\w*) for (?:\S+ )?(?:caches?|the condition)\b"
    r"|\bfailed to sync \S+: (?:context deadline exceeded|timed out)"
)
"""A wait that ran out: what went wrong meanwhile says more."""
STEP_FAILED = re.compile(r"\.{4,}\s.*\bFAIL(?:ED)?$")
"""A row of a list of steps."""
SAID_FAILURE = 1.3
"""The weight of a line without a level that says that something failed: more than a warning, less than an error."""
LAST_SAID = 4.0
"""The weight of what a program says last, past its logger: more than an error whose kind is not known."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Text that may say why, where it stands, how bad it calls itself, and how much speaks for it."""

    place: int
    said: str
    level: Level
    weight: float

    @property
    def structured(self) -> bool:
        """Whether it is JSON or logfmt, where a key would give the reason."""
        return self.said.lstrip().startswith("{") or STRUCTURED.search(self.said) is not None


def candidates(lines: Sequence[str], levels: Sequence[Level]) -> Iterator[Candidate]:
    """What may say why in some lines with their levels, in their order."""
    begins = [begins_record(line, level) for line, level in zip(lines, levels, strict=True)]
    written = [recorded(line, level) for line, level in zip(lines, levels, strict=True)]
    final, place = last_said(lines, written, BURST), 0
    while place < len(lines):
        block = block_at(lines, place, begins) if lines[place].strip() else None
        if block is None:
            last = place >= final and not written[place]
            candidate = _plain(lines, begins, place, levels[place], last)
            place += 1
        else:
            end = place + len(block.lines)
            candidate = _trace(block.said, lines, levels, place, end)
            place = end
        if candidate is not None:
            yield candidate


def _trace(said: str, lines: Sequence[str], levels: Sequence[Level], place: int, end: int) -> Candidate:
    """A trace: fatal, if it does not call itself a warning or stand below one in a run that went on after it."""
    if levels[place] in (Level.WARNING, Level.CALM):
        return _weighed(place, said, Level.WARNING)
    warned = place > 0 and levels[place - 1] is Level.WARNING and UNCAUGHT.search(lines[place - 1]) is None
    if warned and any(level is Level.CALM for level in levels[end:]):
        return Candidate(place, said, Level.WARNING, TRACE_OF_A_WARNING)
    return _weighed(place, said, Level.FATAL)


def _plain(lines: Sequence[str], begins: Sequence[bool], place: int, level: Level, last: bool) -> Candidate | None:
    line = lines[place]
    if level is Level.CALM or not line.strip() or ROUTINE.search(line) or RULED.search(line):
        return None
    if level >= Level.ERROR and line.endswith((" :", "\t:")):
        below = said_below(lines, begins, place)
        if below:
            return _weighed(place, below, level)
    if NAMED_ALONE.match(line):
        below = next_paragraph(lines, place)
        return _weighed(place, below, Level.FATAL) if below else None
    failed = line[:1].strip() != "" and (level is Level.ERROR or (level is Level.PLAIN and says_failure(line)))
    if level is Level.PLAIN and not failed and category_of(line) is None:
        return None
    said = "\n".join([line, *continued(lines, begins, place)])
    return _weighed(place, said, level, (LAST_SAID if last else SAID_FAILURE) if failed else 0.0)


def _weighed(place: int, said: str, level: Level, at_least: float = 0.0) -> Candidate:
    """Severity counts most, a known reason breaks ties; what announces the end, or follows from it, counts little."""
    category = category_of(said)
    specific = category is not None
    weight = max(float(level), at_least) + (1.5 if specific else 0)
    reason = REASON_GIVEN.search(said)
    if not specific and ((_only_announces(said) and not reason) or STEP_FAILED.search(said)):
        weight = min(weight, 0.5)
    bare = category in (None, Category.MIGRATION_FAILED) and BARE_FAILURE.search(said)
    if (RAN_OUT.search(said) or bare) and not reason:
        weight = min(weight, 2.0)
    if CONSEQUENCE.search(said):
        weight = min(weight, 2.6)
    return Candidate(place, said, level, weight)


def _only_announces(said: str) -> bool:
    """Whether a text announces an end and gives no reason after it."""
    announced = list(VACUOUS.finditer(said))
    return bool(announced) and REASON_BELOW.search(said, announced[-1].end()) is None
