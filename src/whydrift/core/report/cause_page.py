"""A cause as a page: its docstring and its cases. `whydrift causes ID` and docs/causes/ show the same text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from whydrift.core.explain.cause import Cause

SECTIONS = ("Why it happens", "What proves it", "What would refute it", "Remedies")


@dataclass(frozen=True, slots=True)
class Example:
    """A case of a cause: explains, refuses or undecided, its name, and what happened, in one sentence."""

    verdict: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class CausePage:
    """A cause with its documentation, cut into its parts."""

    cause: Cause
    summary: str
    sections: Mapping[str, str]
    examples: Sequence[Example]


def parsed(cause: Cause, docstring: str, examples: Sequence[Example]) -> CausePage:
    """The parts of a cause's docstring: a sentence that completes "it differs because", and four sections."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in docstring.strip().split("\n\n")]
    sections: dict[str, str] = {}
    current = ""
    for paragraph in paragraphs[1:]:
        name, _, rest = paragraph.partition(":")
        if name in SECTIONS:
            current = name
            sections[current] = rest.strip()
        elif current:
            sections[current] += f"\n\n{paragraph}"
    return CausePage(cause, paragraphs[0], sections, examples)


def cause_text(page: CausePage) -> str:
    """The page for a terminal."""
    lines = [page.cause.id, f"  {page.summary}", f"  side: {page.cause.side.value}"]
    if page.cause.needs:
        lines.append(f"  needs: {', '.join(sorted(f'{kind.name} ({kind.needs})' for kind in page.cause.needs))}")
    for name, body in page.sections.items():
        lines += ["", name, *(f"  {line}" for line in _wrapped(body))]
    lines += ["", "Examples", *(f"  {example.verdict:<10} {example.why}" for example in page.examples)]
    return "\n".join(lines) + "\n"


def cause_markdown(page: CausePage) -> str:
    """The page for the documentation."""
    needs = ", ".join(sorted(f"{kind.name} ({kind.needs})" for kind in page.cause.needs)) or "nothing but the two sides"
    lines = [f"# {page.cause.id}", "", page.summary, "", f"Side: **{page.cause.side.value}**. Needs: {needs}."]
    for name, body in page.sections.items():
        lines += ["", f"## {name}", "", body]
    lines += ["", "## Examples", "", "| | situation |", "|---|---|"]
    lines += [f"| {example.verdict} | {example.why.replace('|', chr(92) + '|')} |" for example in page.examples]
    return "\n".join(lines) + "\n"


def _wrapped(body: str, width: int = 92) -> list[str]:
    lines: list[str] = []
    for paragraph in body.split("\n\n"):
        line = ""
        for word in paragraph.split():
            if line and len(line) + 1 + len(word) > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}" if line else word
        lines.append(line)
    return lines
