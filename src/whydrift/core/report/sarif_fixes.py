"""Proven edits as SARIF fixes (OASIS SARIF 2.1.0, 3.55 to 3.57): what is deleted from a file, and what comes there."""

from __future__ import annotations

from itertools import takewhile

import msgspec

from whydrift.core.model.remedy import RemedyKind
from whydrift.core.model.triage import RemedyAnswer
from whydrift.core.model.values import Json, JsonObject
from whydrift.core.remedy.patching import Hunk, hunks
from whydrift.core.report.remedy_lines import remedy_said
from whydrift.core.report.sarif_text import relative_uri, text


def fixes_of(remedy: RemedyAnswer) -> tuple[JsonObject, ...]:
    """The edit of a remedy as a fix; () where none is proven, it is in no file, or somebody is to be asked first."""
    file, _, line = remedy.where.rpartition(":")
    proven = not isinstance(remedy.proof, msgspec.UnsetType) and not remedy.proof.why_not
    if not (proven and remedy.edit and file and line.isdecimal()) or remedy.kind is RemedyKind.ASK:
        return ()
    replacements: list[Json] = [_replacement(hunk) for hunk in hunks(remedy.edit)]
    change: JsonObject = {"artifactLocation": {"uri": relative_uri(file)}, "replacements": replacements}
    return ({"description": {"text": text(remedy_said(remedy))}, "artifactChanges": [change]},)


def _replacement(hunk: Hunk) -> JsonObject:
    """A hunk without the lines that stay. A region of no length is where something is put in (3.30.2).

    It ends at the beginning of the line that follows; a last line without an end has none.
    """
    kept = _alike(hunk.old, hunk.new)
    old, new = hunk.old[kept:], hunk.new[kept:]
    after = _alike(old[::-1], new[::-1])
    old, new = old[: len(old) - after], new[: len(new) - after]
    start = hunk.start + kept + 1
    cut = bool(old) and not old[-1].endswith("\n")
    end: JsonObject = {"endLine": start + len(old) - cut, "endColumn": len(old[-1]) + 1 if cut else 1}
    region: JsonObject = {"startLine": start, "startColumn": 1, **end}
    if not new:
        return {"deletedRegion": region}
    return {"deletedRegion": region, "insertedContent": {"text": "".join(new)}}


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many lines at the beginning are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
