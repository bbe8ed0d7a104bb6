"""What to do about differences, in the lines of `explain`: the remedy, where, its proof, and what is second."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from whydrift.core.model.remedy import RemedyKind, Safety
from whydrift.core.model.triage import DifferenceAnswer, ProofAnswer, RemedyAnswer
from whydrift.core.report.words import count, plain, shortened, wrapped

WORDS = {
    RemedyKind.GIT_SET: "pin in git",
    RemedyKind.GIT_DROP: "drop from git",
    RemedyKind.CHART_VALUE: "set a chart value",
    RemedyKind.IGNORE: "ignore, narrowly",
    RemedyKind.SERVER_SIDE_DIFF: "compare-options: ServerSideDiff=true",
    RemedyKind.OPTION: "set an option",
    RemedyKind.ANNOTATE: "annotate",
    RemedyKind.GUARDED_DELETE: "delete, guarded",
    RemedyKind.SYNC: "sync",
    RemedyKind.REFRESH: "refresh",
    RemedyKind.ADOPT: "adopt in git",
    RemedyKind.ONE_OWNER: "leave it to one owner",
    RemedyKind.OUT_OF_BAND: "by hand",
    RemedyKind.NOTHING: "nothing to do",
    RemedyKind.ASK: "ask first",
}
MOST_LINES = 12
"""Changed lines of an edit that are shown; -o json has all of it."""
MOST_PLACES = 3
INDENT = " " * len("fix      ")


def remedy_said(remedy: RemedyAnswer) -> str:
    """A remedy in one line: what, where, what its proof says, and why."""
    proof = () if isinstance(remedy.proof, msgspec.UnsetType) else (f"({proof_words(remedy.proof)})",)
    safety = "" if remedy.safety is Safety.SAFE else f"{remedy.safety.value}: "
    what = " ".join(part for part in (WORDS[remedy.kind], remedy.where, *proof) if part)
    return plain(f"{what}: {safety}{remedy.why}")


def remedy_lines(alike: Sequence[DifferenceAnswer], width: int) -> Iterator[str]:
    """The remedies of differences that are told together, each once."""
    by_remedy: dict[tuple[RemedyKind, str], list[RemedyAnswer]] = {}
    for difference in alike:
        remedy = difference.remedy
        if not isinstance(remedy, msgspec.UnsetType):
            by_remedy.setdefault((remedy.kind, remedy.edit), []).append(remedy)
    for members in list(by_remedy.values())[:MOST_PLACES]:
        yield from _one(members, width)
    if len(by_remedy) > MOST_PLACES:
        yield f"         … {count(len(by_remedy) - MOST_PLACES, 'more edit')}: -o json, or whydrift plan"
    yield from _accepted(alike)


def _one(members: Sequence[RemedyAnswer], width: int) -> Iterator[str]:
    first = members[0]
    places = ", ".join(dict.fromkeys(plain(remedy.where) for remedy in members if remedy.where))
    room = max(width - 13, 40)
    yield f"fix      {shortened('  '.join(part for part in (WORDS[first.kind], places) if part), room)}"
    if not isinstance(first.proof, msgspec.UnsetType):
        yield from wrapped(proof_words(first.proof), width - 4, INDENT)
    safety = "" if first.safety is Safety.SAFE else f"{first.safety.value}: "
    yield from wrapped(safety + first.why, width - 4, INDENT)
    yield from (f"           {shortened(line, room - 2)}" for line in _changed(first.edit) or _stated(first))
    yield from (line for other in first.instead for line in wrapped(other, width - 4, f"{INDENT}instead: "))


def _stated(remedy: RemedyAnswer) -> list[str]:
    """A rule and options as they are to be stated, where no edit shows them."""
    rule = [] if isinstance(remedy.rule, msgspec.UnsetType) else [msgspec.json.encode(remedy.rule).decode()]
    return [*rule, *remedy.options]


def _changed(edit: str) -> list[str]:
    lines = [line for line in edit.splitlines()[2:] if line[:1] in "+-"]
    more = [f"… {count(len(lines) - MOST_LINES, 'more line')}"] if len(lines) > MOST_LINES else []
    return [*lines[:MOST_LINES], *more]


def proof_words(proof: ProofAnswer) -> str:
    """What comparing again said, in a few words."""
    if proof.why_not:
        return f"not proven: {plain(proof.why_not)}"
    hides = f"hides {len(proof.hides)}" if proof.hides else "hides nothing"
    wider = f", changes {len(proof.wider)} more" if proof.wider else ""
    return f"proven: closes {len(proof.closes)}, leaves {len(proof.leaves)}, {hides}{wider}"


def _accepted(alike: Sequence[DifferenceAnswer]) -> Iterator[str]:
    told = [d.accepted for d in alike if not isinstance(d.accepted, msgspec.UnsetType)]
    for one in dict.fromkeys(told):
        yield f"accepted until {one.until} by {plain(one.owner)}: {plain(one.reason)}"
