"""The line of a log that says why a container is in trouble; what belongs to it is kept together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from whydrift.core.model.trouble import Category
from whydrift.core.unmask.candidates import BURST, LAST_SAID, REASON_GIVEN, Candidate, candidates
from whydrift.core.unmask.categories import category_of
from whydrift.core.unmask.endings import ends_in_order, record_says_failure, told_to_stop
from whydrift.core.unmask.levels import Level, level_of
from whydrift.core.unmask.records import ROUTINE, STAMPED

LAST = 250
"""Lines that are looked at, from the end."""
RECENT = 40
"""Lines of a run that goes on which tell how it is now."""
LONGEST = 2000
CALM_BETWEEN = 3
"""Calm records between two candidates alike from which on progress among them parts two failures."""
CALM_AGAIN = 10
"""Calm records after which, with progress among them, a failure was got over, however bad it was."""
COLOURS = re.compile(r"\x1b\[[\d;]*m")
BOXED = re.compile(r"(?m)^[\u2577\u2502\u2575] ?")
"""The frame that Terraform and OpenTofu draw around an error."""
BARE_ANSWER = re.compile(
    r"(?i):\s?(?:permission denied|no such file or directory|connection refused|access denied)\.?$"
)
NAMES_SOMETHING = re.compile(r"[\"'`/]|\w\.\w")
"""A quoted word, a path, a host."""
REACHED = re.compile(
    r"(?i)\b(?:succeeded|connected to|accepting connections|connection (?:established|successful)"
    r"|is (?:now )?(?:ready|up|available|reachable)|became (?:ready|available))\b"
)
"""A wait that ended well."""
PROGRESS = re.compile(
    r"(?i)\b(?:started|listening|ready|succe(?:ss(?:ful(?:ly)?)?|eded)|connected|completed?|finished|serving|spawned)\b"
)


def line_that_says_why(log: str, still_running: bool = False, stopped: bool = False) -> str:
    """What a log says went wrong, "" where it says nothing.

    A run that ended tells it at its end: the first of several alike. One that still runs repeats it: the last counts.
    Of a run that was stopped from outside, or ended in good order, no warning says why.
    """
    plain = BOXED.sub("", COLOURS.sub("", log))
    lines = [line[:LONGEST].rstrip() for line in plain.replace("\r\n", "\n").split("\n")][-LAST:]
    if still_running:
        lines = lines[-RECENT:]
    levels = [level_of(line) if line.strip() else Level.PLAIN for line in lines]
    found = list(candidates(lines, levels))
    if not still_running:
        found = _of_the_end(found, lines, levels, stopped)
    if not found:
        return ""
    best = max(candidate.weight for candidate in found)
    alike = [candidate for candidate in found if candidate.weight == best]
    if still_running:
        return alike[-1].said[:LONGEST]
    return _told(_reasoned(_first_of(alike, lines, levels), found), found)[:LONGEST]


def last_words(log: str) -> str:
    """The last line of a run that died without calling anything an error; "" where its last words were calm.

    What a logger calls calm counts where it says that something failed: some programs log so and exit.
    """
    lines = [line.strip() for line in BOXED.sub("", COLOURS.sub("", log)).splitlines() if line.strip()]
    if not lines or ROUTINE.search(lines[-1]):
        return ""
    calm = level_of(lines[-1]) is Level.CALM or STAMPED.match(lines[-1])
    return "" if calm and not record_says_failure(lines[-1]) else lines[-1][:LONGEST]


def _of_the_end(
    found: Sequence[Candidate], lines: Sequence[str], levels: Sequence[Level], stopped: bool
) -> list[Candidate]:
    """The candidates that may be why a run ended.

    After a signal to stop nothing is; shortly before it an error of a known kind may be, or what was fatal.
    """
    signalled = told_to_stop(lines, levels)
    if signalled is not None:
        return [candidate for candidate in found if _before_a_stop(candidate, signalled)]
    if stopped or ends_in_order(lines, levels):
        found = [candidate for candidate in found if candidate.level is not Level.WARNING]
    return _not_got_over(_still_away(found, lines, levels), lines, levels)


def _still_away(found: Sequence[Candidate], lines: Sequence[str], levels: Sequence[Level]) -> list[Candidate]:
    """The candidates without what could not be reached and was reached later, where something else went wrong then."""
    calm = (n for n, level in enumerate(levels) if level in (Level.CALM, Level.PLAIN) and REACHED.search(lines[n]))
    reached = max(calm, default=-1)
    if not any(candidate.place > reached and candidate.weight > Level.WARNING for candidate in found):
        return list(found)
    return [
        candidate
        for candidate in found
        if candidate.place > reached or category_of(candidate.said) is not Category.DEPENDENCY_UNREACHABLE
    ]


def _not_got_over(found: Sequence[Candidate], lines: Sequence[str], levels: Sequence[Level]) -> list[Candidate]:
    """The candidates since the run last went on for long, where an error is among those."""
    heavy = next((n for n in range(len(found) - 1, -1, -1) if found[n].weight >= Level.ERROR), 0)
    first = heavy
    while first and not _went_on(lines, levels, found[first - 1].place, found[first].place, CALM_AGAIN):
        first -= 1
    return list(found[first:])


def _before_a_stop(candidate: Candidate, signalled: int) -> bool:
    known = candidate.level is Level.ERROR and category_of(candidate.said) is not None
    return candidate.place < signalled and (
        candidate.level is Level.FATAL or (known and signalled - candidate.place <= BURST)
    )


def _first_of(alike: Sequence[Candidate], lines: Sequence[str], levels: Sequence[Level]) -> Candidate:
    """The first of some candidates that belong to one failure: the last one's, with no progress between them."""
    first = last = alike[-1]
    for candidate in reversed(alike[:-1]):
        if last.place - candidate.place > BURST or _went_on(lines, levels, candidate.place, first.place, CALM_BETWEEN):
            break
        first = candidate
    return first


def _went_on(lines: Sequence[str], levels: Sequence[Level], start: int, end: int, most: int) -> bool:
    """Whether so many calm records between two places tell of progress: what was said before was got over."""
    calm = [line for line, level in zip(lines[start:end], levels[start:end], strict=True) if level is Level.CALM]
    return len(calm) >= most and any(PROGRESS.search(line) for line in calm)


def _reasoned(best: Candidate, found: Sequence[Candidate]) -> Candidate:
    """The error before a candidate that gives the reason which that one only names or sums up; else the candidate."""
    before = [c for c in reversed(found) if 0 < best.place - c.place <= RECENT and c.level is Level.ERROR]
    kind = category_of(best.said)
    if best.level is Level.FATAL and best.structured and REASON_GIVEN.search(best.said) is None:
        reasons = (c for c in before if best.place - c.place <= BURST and REASON_GIVEN.search(c.said))
        return next((c for c in reasons if kind and category_of(c.said) is kind), best)
    if best.weight == LAST_SAID and best.level is Level.ERROR:
        return next(
            (c for c in before if len(c.said) > len(best.said) and _phrases(c.said) & _phrases(best.said)), best
        )
    return best


def _phrases(said: str) -> set[tuple[str, ...]]:
    """The runs of three words in a text."""
    words = re.findall(r"[a-z]+", said.lower())
    return set(zip(words, words[1:], words[2:], strict=False))


def _told(best: Candidate, found: Sequence[Candidate]) -> str:
    """What a candidate said; a bare answer of the system that names nothing with the line right above it."""
    first = best.said.partition("\n")[0]
    if BARE_ANSWER.search(first) is None or NAMES_SOMETHING.search(first):
        return best.said
    above = (candidate.said for candidate in found if candidate.place == best.place - 1)
    return "\n".join([*above, best.said])
