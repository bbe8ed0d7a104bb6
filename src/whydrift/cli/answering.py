"""What `scan`, `explain` and `demo` share: run a scan, narrow it, print it in the format that was asked for.

Formats that few ask for are imported when they are.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec

from whydrift import wiring
from whydrift.cli.interrupts import run_interruptibly
from whydrift.core.model.explanation import Side
from whydrift.core.model.triage import SCHEMA, ApplicationAnswer, GapAnswer, ObjectAnswer, ReadAnswer
from whydrift.core.report.explain_text import application_text
from whydrift.core.report.residuals import Residuals
from whydrift.core.report.shield import shielded, shielded_gap
from whydrift.core.report.tables import markdown_document, tsv_header, tsv_rows
from whydrift.core.report.tally import ORDER, Tally, cause_of, concern, exit_code, objects_of
from whydrift.core.report.triage_text import triage_text
from whydrift.core.report.words import Ink, shortened
from whydrift.core.select import Selection
from whydrift.core.unmask.since import troubles_in
from whydrift.errors import UsageError
from whydrift.settings import Connection
from whydrift.usecases.remedies import Bench, ChoicesAlone
from whydrift.usecases.scan import Read, scan

IN_MEMORY = 32 * 1024**2
WAITING = logging.getLogger("whydrift.waiting")
"""On which the HTTP client says whom everybody waits for (adapters/http/client.py)."""
ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True)
class Request:
    """What to answer and how.

    `whole` prints every application with all of its fields (explain) and tries each remedy; `unseen` keeps what Argo CD
    does not show (hidden); `remedies` says what to do about each difference.
    """

    connection: Connection
    selection: Selection
    output: str = "text"
    colour: str = "auto"
    fail_on: frozenset[str] = frozenset()
    causes: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    hidden: bool = False
    whole: bool = False
    unmask: bool = False
    forecast: bool = True
    unseen: bool = False
    remedies: bool = True
    heading: str = "What differs, and why"


@dataclass
class Spill:
    """Answers that wait for their order, encoded, on disk when there are many: (what hurts, place) → bytes."""

    file: IO[bytes] = field(default_factory=lambda: tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - kept open
    index: list[tuple[int, int, int]] = field(default_factory=list)

    def add(self, application: ApplicationAnswer) -> None:
        """Keep one application."""
        found = concern(application)
        rank = -1 if troubles_in(application) else ORDER.index(found) if found else len(ORDER)
        encoded = ENCODER.encode(application)
        self.index.append((rank, self.file.tell(), len(encoded)))
        self.file.write(encoded)

    def ordered(self) -> Iterator[bytes]:
        """The encoded applications, by what hurts first."""
        for _, place, length in sorted(self.index):
            self.file.seek(place)
            yield self.file.read(length)

    def applications(self) -> Iterator[ApplicationAnswer]:
        """The applications, by what hurts first."""
        return (msgspec.json.decode(encoded, type=ApplicationAnswer) for encoded in self.ordered())


def answer(request: Request) -> int:
    """Scan, print, and give the exit code."""
    return run_interruptibly(_answer(request))


async def _answer(request: Request) -> int:
    source = wiring.open_source(request.connection)
    try:
        spill, tally, about = await _found_in(source, request)
    finally:
        await source.close()
    _print(request, spill, tally, about)
    return exit_code(tally, about.gaps, request.fail_on)


async def texts_of(requests: Sequence[Request]) -> list[str]:
    """The answers of requests for text on one source, the first one's, to be printed where their turn is."""
    source = wiring.open_source(requests[0].connection)
    try:
        return ["".join(_text(request, *await _found_in(source, request))) for request in requests]
    finally:
        await source.close()


async def _found_in(source: wiring.Opened, request: Request) -> tuple[Spill, Tally, ReadAnswer]:
    """What was found out, to be told; outputs that stream are written here."""
    read, tally, spill = Read(), Tally(), Spill()
    out = sys.stdout.buffer
    streaming = request.output in ("jsonl", "tsv")
    selected = 0
    if request.output == "tsv":
        out.write(tsv_header().encode())
    analysis = replace(
        wiring.analysis(source.settings, request.hidden),
        synced=request.whole,
        unmask=request.unmask,
        forecast=request.forecast,
        read_at=source.read_at,
    )
    residuals = residuals_of(request.connection)
    bench = _workbench(source, request)
    progress = Progress()
    chosen = request.selection.chooses()
    share = None if request.selection.names else wiring.share(source)
    async with aclosing(scan(source.answers, analysis, source.reader, chosen, read, bench, share)) as stream:
        async for whole in stream:
            selected += 1
            progress.show(selected, whole.name)
            application = narrowed(residuals.marked(shielded(whole, source.masker)), request)
            if application is None:
                continue
            tally.add(application)
            if streaming:
                out.write(_line(application, request.output))
            else:
                spill.add(application)
    progress.clear()
    _nothing_found(selected, tally, request)
    about = read_answer(source, read, tally)
    return spill, tally, msgspec.structs.replace(about, notes=(*about.notes, *residuals.notes()))


def _workbench(source: wiring.Opened, request: Request) -> Bench | None:
    """What remedies are looked for on: only as much of them is as the output shows."""
    if not request.remedies:
        return None
    if request.output == "text" and not request.whole:
        return None if request.unseen else ChoicesAlone()
    from whydrift.usecases.workbench import Workbench

    return Workbench(wiring.renderer(source) if request.whole else None)


def residuals_of(connection: Connection) -> Residuals:
    """What the working copy accepts today; the demo accepts nothing."""
    from whydrift.adapters.files.accepted import FILE, read_accepted

    accepted = () if connection.recording == "demo" else read_accepted(Path(FILE))
    return Residuals(accepted, datetime.now(UTC).date().isoformat())


def _line(application: ApplicationAnswer, output: str) -> bytes:
    return ENCODER.encode(application) + b"\n" if output == "jsonl" else tsv_rows(application).encode()


def _nothing_found(selected: int, tally: Tally, request: Request) -> None:
    """A selection that selects nothing is a mistake, and said to be one."""
    request.selection.require(selected)
    if request.objects and not tally.applications:
        named = " ".join(request.selection.names)
        raise UsageError(
            f"{named}: nothing differs in {' '.join(request.objects)}; `whydrift explain {named}` shows what does"
        )


def narrowed(application: ApplicationAnswer, request: Request) -> ApplicationAnswer | None:
    """Only the objects and differences that were asked for; None for an application without any, when narrowing."""
    if request.unseen:
        application = _unseen(application)
    if not (request.causes or request.sides or request.objects):
        return application
    kept = tuple(item for item in map(_narrow(request), objects_of(application)) if item.differences)
    return msgspec.structs.replace(application, objects=kept) if kept or application.not_read else None


def _unseen(application: ApplicationAnswer) -> ApplicationAnswer:
    """An application with nothing but what Argo CD does not show."""
    if isinstance(application.objects, msgspec.UnsetType):
        return application
    found = (
        msgspec.structs.replace(item, differences=tuple(d for d in item.differences if not d.shown))
        for item in application.objects
    )
    return msgspec.structs.replace(application, objects=tuple(item for item in found if item.differences))


def _narrow(request: Request) -> Callable[[ObjectAnswer], ObjectAnswer]:
    def narrow(item: ObjectAnswer) -> ObjectAnswer:
        if request.objects and not any(names(item, name) for name in request.objects):
            return msgspec.structs.replace(item, differences=())
        kept = tuple(
            d
            for d in item.differences
            if (not request.causes or cause_of(d) in request.causes)
            and (not request.sides or (isinstance(d.side, Side) and d.side.value in request.sides))
        )
        return msgspec.structs.replace(item, differences=kept)

    return narrow


def names(item: ObjectAnswer, name: str) -> bool:
    """`KIND/NAME` or `NAME`, in any letter case of the kind, as kubectl takes it."""
    _, kind, own = item.id.split("/", 2)
    wanted_kind, _, wanted = name.rpartition("/")
    singular = wanted_kind.lower().removesuffix("s")
    return wanted == own and (not wanted_kind or singular == kind.lower().removesuffix("s"))


def read_answer(source: wiring.Opened, read: Read, tally: Tally) -> ReadAnswer:
    """What was read, in the words of the answer."""
    unread = (GapAnswer(what=gap.what, why=gap.why, needs=gap.needs) for gap in (*read.gaps, *source.gaps))
    gaps = tuple(shielded_gap(gap, source.masker) for gap in unread)
    return ReadAnswer(
        source=source.answers.name,
        at=source.read_at or tally.newest,
        complete=not gaps and not tally.not_read and not tally.unseen,
        gaps=gaps,
        requests=source.answers.requests,
        renders=read.renders,
        argocd_version=", ".join(version for version in read.versions if version),
        notes=(*read.notes, *source.notes),
    )


def _print(request: Request, spill: Spill, tally: Tally, about: ReadAnswer) -> None:
    out = sys.stdout
    match request.output:
        case "json":
            _print_document(spill, tally, about)
        case "jsonl":
            last = {"schema": SCHEMA, "read": about, "summary": tally.summary()}
            out.buffer.write(ENCODER.encode(last) + b"\n")
        case "md":
            out.write(markdown_document(spill.applications(), about, tally.summary()))
        case "tsv":
            pass
        case "html" | "sarif" | "junit":
            how = Document(request.output, request.heading, request.fail_on)
            write_document(how, spill.applications, about, tally)
        case _:
            out.writelines(_text(request, spill, tally, about))
    out.flush()


def _text(request: Request, spill: Spill, tally: Tally, about: ReadAnswer) -> Iterator[str]:
    ink, width = Ink(wants_colour(request.colour)), page_width()
    if request.unseen:
        from whydrift.core.report.hidden_text import hidden_text

        yield hidden_text(spill.applications(), about, tally, ink, width)
    elif request.whole:
        for application in spill.applications():
            yield application_text(application, ink, width)
    else:
        yield triage_text(tally, about, wiring.titles(), ink, width)


@dataclass(frozen=True)
class Document:
    """How a page or a report is made: `effects` tells what a sync would do in the place of what differs."""

    output: str
    heading: str
    fail_on: frozenset[str] = frozenset()
    effects: bool = False
    nothing: str = "Nothing differs, and nothing is hidden."


def write_document(
    how: Document, applications: Callable[[], Iterator[ApplicationAnswer]], about: ReadAnswer, tally: Tally
) -> None:
    """Write a document for a browser, for code scanning or for a CI server, piece by piece."""
    match how.output:
        case "html":
            from whydrift.core.report.html import html_document

            titles = wiring.titles()
            write_pieces(html_document(applications, about, tally.summary(), titles, how.heading, how.nothing))
        case "sarif":
            from whydrift.core.report.sarif import sarif_document

            write_pieces(sarif_document(applications(), about, wiring.cause_pages(), effects=how.effects))
        case _:
            from whydrift.core.report.junit import junit_document

            write_pieces(junit_document(applications(), about, how.fail_on, effects=how.effects))


def write_pieces(pieces: Iterable[str]) -> None:
    """Write a document that is made piece by piece; lone surrogates never get that far."""
    for piece in pieces:
        sys.stdout.buffer.write(piece.encode())
    sys.stdout.buffer.flush()


def _print_document(spill: Spill, tally: Tally, about: ReadAnswer) -> None:
    """The one JSON document, written piece by piece: the applications never stand in memory together."""
    out = sys.stdout.buffer
    head = {"schema": SCHEMA, "read": about, "summary": tally.summary()}
    out.write(ENCODER.encode(head)[:-1] + b',"applications":[')
    for place, encoded in enumerate(spill.ordered()):
        out.write((b"," if place else b"") + encoded)
    out.write(b"]}\n")
    out.flush()


def page_width() -> int:
    """Columns to fill: those of the terminal, 110 where the output goes elsewhere."""
    return min(max(shutil.get_terminal_size().columns if sys.stdout.isatty() else 110, 60), 140)


def line_width() -> int:
    """Columns that a line may fill: those of the terminal; no end where the output goes elsewhere, to be searched."""
    return page_width() if sys.stdout.isatty() else sys.maxsize


def wants_colour(choice: str) -> bool:
    """Whether to colour: as `--color` says, else on a terminal that can and unless NO_COLOR is set."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def over_the_last_line(line: str) -> None:
    """A line on a terminal's stderr in the place of the one before."""
    sys.stderr.write(f"\r\x1b[K{line}")
    sys.stderr.flush()


class Progress(logging.Handler):
    """A line on stderr that says how far a long scan is, and whom it waits for; on a terminal only."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._shown = sys.stderr.isatty() and sys.stdout.isatty()
        if self._shown:
            WAITING.addHandler(self)
            WAITING.setLevel(logging.INFO)

    def emit(self, record: logging.LogRecord) -> None:
        """Say what is waited for, until the next application is done."""
        self._write(f"… {shortened(record.getMessage(), 75)}")

    def show(self, number: int, name: str) -> None:
        """Say that `number` applications are done, the last of which is `name`."""
        self._write(f"{number} applications … {shortened(name, 50)}")

    def clear(self) -> None:
        """Leave the terminal as it was."""
        self._write("")
        WAITING.removeHandler(self)

    def _write(self, line: str) -> None:
        if self._shown:
            over_the_last_line(line)
