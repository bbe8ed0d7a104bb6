"""Faults on demand: which requests fail, and how.

A fault is written PATTERN=KIND[:VALUE][@NTH]: the pattern is a glob over path and query, NTH a number, a range (1-3,
2-) or left out (always), counted over the requests that the pattern meets. Kinds:

401 403 404 429 500 502 503 504 …   that status; VALUE is a Retry-After
truncated   half of the body under the full Content-Length      cut-chunk   half of the body, the last chunk missing
reset       the connection is reset                             hangup      the connection is closed without an answer
silent      VALUE seconds of silence before the answer          slow        the body in VALUE seconds, bit by bit
held        silence until the server lets go (`Replay.go_on`)
wrong-json  a JSON text that breaks off, honestly declared      cut-list    only the first half of a list's items
html        a login page with status 200                        grpc        what a gRPC server says to HTTP/1.1 (415)
gateway     the page of a proxy that gets no answer (502): nginx's for REST where it passes gRPC only
redirect    302 to VALUE                                        damaged     a body that only claims to be gzip
echo        403 that repeats every header of the request
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

FORM = re.compile(
    r"(?P<pattern>.+?)=(?P<kind>[a-z0-9-]+)(?::(?P<value>[^@]*))?(?:@(?P<first>\d+)(?P<range>-)?(?P<last>\d+)?)?"
)


@dataclass
class Fault:
    """One fault and how often its pattern was met."""

    pattern: str
    kind: str
    value: str = ""
    first: int = 1
    last: int | None = None
    met: int = field(default=0, compare=False)

    @classmethod
    def parse(cls, text: str) -> Fault:
        """A fault out of its written form. ValueError where it is none."""
        found = FORM.fullmatch(text)
        if not found:
            raise ValueError(f"not a fault: {text!r}")
        first = int(found["first"] or 1)
        last = int(found["last"]) if found["last"] else None if found["range"] or not found["first"] else first
        return cls(found["pattern"], found["kind"], found["value"] or "", first, last)

    def strikes(self, target: str) -> bool:
        """Whether this request fails; counts it."""
        if not fnmatchcase(target, self.pattern):
            return False
        self.met += 1
        return self.first <= self.met and (self.last is None or self.met <= self.last)
