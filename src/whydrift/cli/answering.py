"""What `scan`, `explain`, `hidden` and `demo` share: run a scan, narrow it, print it in the format that was asked for.

Formats that few ask for are imported when they are.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec

from whydrift import wiring
from whydrift.cli.documents import Document, write_document
from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.narrowing import narrowed, narrowing
from whydrift.cli.requests import Request
from whydrift.cli.terminal import Progress, page_width, wants_colour
from whydrift.core.model.triage import SCHEMA, ApplicationAnswer, GapAnswer, ReadAnswer
from whydrift.core.report.explain_text import application_text
from whydrift.core.report.residuals import Residuals
from whydrift.core.report.shield import shielded, shielded_gap
from whydrift.core.report.tables import markdown_document, tsv_header, tsv_rows
from whydrift.core.report.tally import ORDER, Tally, concern, exit_code
from whydrift.core.report.triage_text import triage_text
from whydrift.core.report.unread import unread_lines
from whydrift.core.report.words import Ink
from whydrift.core.unmask.since import troubles_in
from whydrift.errors import UsageError
from whydrift.settings import Connection
from whydrift.usecases.remedies import Bench, ChoicesAlone
from whydrift.usecases.scan import Read, scan

IN_MEMORY = 32 * 1024**2
ENCODER = msgspec.json.Encoder()


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
        reasons=request.whole or request.output != "text",
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
    chosen.require()
    _nothing_found(tally, request)
    about = read_answer(source, read, tally)
    notes = (*about.notes, *residuals.notes(), *narrowing(request, tally.applications, selected))
    return spill, tally, msgspec.structs.replace(about, notes=notes)


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


def _nothing_found(tally: Tally, request: Request) -> None:
    """An object in which nothing differs is a mistake, and said to be one."""
    if request.objects and not tally.applications:
        named = " ".join(request.selection.names)
        raise UsageError(
            f"{named}: nothing differs in {' '.join(request.objects)}; `whydrift explain {named}` shows what does"
        )


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
        unread = unread_lines(about, tally.unseen, (), ink)  # an application that was not read says so itself
        yield "\n".join([*unread, "", ""]).lstrip("\n") if unread else ""
        for application in spill.applications():
            yield application_text(application, ink, width)
    else:
        yield triage_text(tally, about, wiring.titles(), ink, width)


def _print_document(spill: Spill, tally: Tally, about: ReadAnswer) -> None:
    """The one JSON document, written piece by piece: the applications never stand in memory together."""
    out = sys.stdout.buffer
    head = {"schema": SCHEMA, "read": about, "summary": tally.summary()}
    out.write(ENCODER.encode(head)[:-1] + b',"applications":[')
    for place, encoded in enumerate(spill.ordered()):
        out.write((b"," if place else b"") + encoded)
    out.write(b"]}\n")
    out.flush()
