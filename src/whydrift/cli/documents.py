"""Answers as documents for other programs: a page, code scanning, a CI server."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from whydrift import wiring
from whydrift.core.model.triage import ApplicationAnswer, ReadAnswer
from whydrift.core.report.tally import Tally


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
