"""Stack traces in logs: which lines belong together, and which one of them decides.

Spellings: CPython's traceback, the JVM's printStackTrace, V8, Go's runtime, .NET, Ruby, PHP, Rust, libstdc++, glibc.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from whydrift.core.unmask.levels import Level, level_of

TRACEBACK = "Traceback (most recent call last):"
CHAINED = ("During handling of the above exception", "The above exception was the direct cause")
CAUSED_BY = re.compile(r"\s*(?:Caused by|Wrapped by|Nested exception is|---> )[: ]?\s*\S")
DEEPER = re.compile(r"\s*(?:\[cause\]: |cause: |Caused by: |---> )(?=\S)")
FRAME = re.compile(
    r"\s+(?:at\s|\.\.\. \d+ (?:more|common)|File \"|from |in `|\d+: |#\d+ )|#\d+ |\s+\^|\s*Suppressed:|goroutine \d+ \["
    r"|\s*--- End of|created by |exit status \d|\S+\.rb:\d+:in [`'][^']*'$"
)
EXCEPTION = re.compile(
    r"(?:Exception in thread \S+ |Unhandled exception[.:] |Uncaught |uncaughtException:? |Error: Uncaught )?"
    r"(?:PG::[A-Z]\w+|Errno::E[A-Z0-9]+|(?:[\w$]+(?:\.|::|\\|/))*[A-Z][\w$]*(?:Error|Exception|Fault|Failure|Throwable|Interrupt|NotFound|Refused|Timeout|Denied"
    r"|Exit|Undefined\w*|Invalid\w*|Missing\w*|DoesNotExist|\w*Configured|Violation))(?: \[\w+\])?(?::.*|$)"
)
BARE_CAUSE = re.compile(r": [^.:/\"'\d]+$")
ADDRESS = re.compile(
    r"(?<![\w.-])(?!\w+\.(?:java|kt|scala|clj|groovy):)"
    r"(?:[A-Za-z][\w-]*(?:\.[\w-]+)*|\d+(?:\.\d+){3}):\d{2,5}\b"
)
"""A host, or an IP address, with a port; no time, and no line of a source."""
NUMBERED = re.compile(r"\s+\d+: ")
"""A cause in the chain that anyhow and eyre number."""
BELOW = re.compile(r"\s+at \S|\s*Caused by:|\s{0,4}#?\d+\.? .*\b0x[0-9a-f]{4,}")
"""What stands below the head of a trace: frames of a JVM, of V8, of C++ with their addresses, or causes."""
ERROR_HEAD = re.compile(r"(?:Uncaught )?Error(?: \[\w+\])?: ")
"""V8 writes the message below the error's name whole, however many paragraphs it has, and the frames after it."""
STARTS = re.compile(
    r"panic: |fatal error: |terminate called |libc\+\+abi: |thread '[^']*'(?: \(\d+\))? panicked at "
    r"|Unhandled exception[.:]|Exception in thread |PHP Fatal error: |Uncaught |\*\*\* Error in |Assertion .* failed"
    r"|double free|free\(\): |corrupted |Segmentation fault|runtime: out of memory|\*\* \(|FATAL ERROR: "
    r"|Can't locate \S+\.pm in @INC|init terminating in do_boot|\{\"Kernel pid terminated|Runtime terminating"
    r"|(?:# )?A fatal error has been detected by the Java Runtime"
    r"|Error: Cannot find module|\S+\.rb:\d+:in [`'][^']*': |\S+: \S+:\d+: .*Assertion "
)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one trace: `lines` as they stand, `decides` the number of the one that says why among them."""

    lines: tuple[str, ...]
    decides: int

    @property
    def said(self) -> str:
        """The deciding line with what continues it: details of a database, a message that goes on, `what()`.

        A cause that names nothing, as `Connection refused`, is told with the line above it that says of what.
        """
        first = self.decides
        while first and NUMBERED.match(self.lines[first]) and NUMBERED.match(self.lines[first - 1]):
            first -= 1
        kept = list(self.lines[first : self.decides + 1])
        for line in self.lines[self.decides + 1 :]:
            if (
                FRAME.match(line)
                or not line.strip()
                or CAUSED_BY.match(line)
                or len(kept) > MOST
                or line.startswith(CHAINED)
            ):
                break
            kept.append(line)
        return "\n".join([*kept, *self._about()])

    def _about(self) -> list[str]:
        """The nearest line above a bare cause that names an address; [] where none does or the cause is not bare."""
        if not self.decides or BARE_CAUSE.search(self.lines[self.decides]) is None:
            return []
        above = (line for line in self.lines[self.decides - 1 :: -1] if not FRAME.match(line))
        return [line.strip() for line in above if ADDRESS.search(line)][:1]


LONGEST_NAME = 300
"""Characters in which the name of an exception ends."""


def names_exception(line: str) -> bool:
    """Whether a line begins with the name of an exception."""
    return EXCEPTION.match(line[:LONGEST_NAME]) is not None


MOST = 6
"""Lines that are kept together at most, after the first."""


def block_at(lines: Sequence[str], place: int, begins: Sequence[bool]) -> Block | None:
    """The trace that begins at a line; None where none does. `begins` says which lines begin a record of a logger."""
    line = lines[place]
    if line.strip() == TRACEBACK or line.endswith(TRACEBACK):
        return _python(lines, place, begins)
    headed = line[:1].strip() and (_framed(lines, place) or _framed_below(lines, place, begins))
    if not (headed or STARTS.match(line) or names_exception(line)):
        return None
    end = place + 1
    while end < len(lines) and not begins[end]:
        end += 1
    held = tuple(lines[place:end])
    return Block(held, _deciding(held))


def _framed(lines: Sequence[str], place: int) -> bool:
    """Whether the next lines are frames of a stack, or say what caused this; a line between may head them itself."""
    following = [line for line in lines[place + 1 : place + 4] if line.strip()][:2]
    below = next((number for number, line in enumerate(following) if BELOW.match(line)), None)
    return below is not None and not any(level_of(line) >= Level.ERROR for line in following[:below])


def _framed_below(lines: Sequence[str], place: int, begins: Sequence[bool]) -> bool:
    """Whether frames follow an error of V8 whose message has several paragraphs, before the next record begins."""
    if ERROR_HEAD.match(lines[place]) is None:
        return False
    rows = zip(lines[place + 1 : place + PARAGRAPHS], begins[place + 1 : place + PARAGRAPHS], strict=True)
    own = (line for line, _ in takewhile(lambda row: not row[1], rows))
    return any(re.match(r"\s+at \S", line) for line in own)


PARAGRAPHS = 40
"""Lines of an error's message at most."""


def _deciding(held: tuple[str, ...]) -> int:
    """The last cause of a chain; else the first line if it says so itself; else the first that names an exception."""
    causes = [number for number, line in enumerate(held) if CAUSED_BY.match(line) or DEEPER.match(line)]
    listed = next((number for number, line in enumerate(held) if line.strip() == "Caused by:"), None)
    if listed is not None and held[listed + 1 : listed + 2] and held[listed + 1][:1].strip():
        return listed + 1
    if listed is not None:
        rows = list(enumerate(held))[listed + 1 :]
        end = next((number for number, line in rows if not line.startswith(" ")), len(held))
        return max((number for number, line in rows if number < end and NUMBERED.match(line)), default=end - 1)
    if causes:
        return causes[-1]
    if STARTS.match(held[0]):
        return 0
    return next((number for number, line in enumerate(held) if names_exception(line) or STARTS.match(line)), 0)


def _python(lines: Sequence[str], place: int, begins: Sequence[bool]) -> Block:
    """A traceback: the first line after it that is not indented names the exception; of a chain the last one counts."""
    decides, end = place, place + 1
    while end < len(lines):
        line = lines[end]
        chained = line.strip() == TRACEBACK or line.startswith(CHAINED)
        if begins[end] and not chained and line[:1].strip() and decides > place and not names_exception(line):
            break
        names = line[:1].strip() and not chained and lines[end - 1][:1] in (" ", "\t")
        if names and (decides == place or _reopened(lines, decides, end)):
            decides = end
        end += 1
    return Block(tuple(lines[place:end]), decides - place)


def _reopened(lines: Sequence[str], start: int, end: int) -> bool:
    """Whether another traceback began between two lines."""
    return any(line.strip() == TRACEBACK for line in lines[start:end])
