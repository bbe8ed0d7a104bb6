"""What to do about one difference, on the page of a fleet: the remedy, where, its proof, the edit, what is second."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from whydrift.core.model.remedy import Safety
from whydrift.core.model.triage import RemedyAnswer
from whydrift.core.report.html_page import code, folded, mark, safe
from whydrift.core.report.remedy_lines import WORDS, proof_words
from whydrift.core.report.words import plain


def remedy_html(remedy: RemedyAnswer) -> str:
    """A remedy as a paragraph; its edit or rule opens on a click."""
    where = f" {code(remedy.where)}" if remedy.where else ""
    safety = "" if remedy.safety is Safety.SAFE else f" {mark(remedy.safety.value, 'warn')}"
    proof = "" if isinstance(remedy.proof, msgspec.UnsetType) else f" ({safe(proof_words(remedy.proof))})"
    said = f"<p><strong>fix</strong> {safe(WORDS[remedy.kind])}{where}{safety}: {safe(remedy.why)}{proof}</p>"
    stated = "\n".join(safe(plain(line)) for line in _stated(remedy))
    second = "".join(f"<li>{safe(other)}</li>" for other in remedy.instead)
    shown = folded("what to write", f"<pre>{stated}</pre>") if stated else ""
    return said + shown + (folded("instead", f'<ul class="small">{second}</ul>') if second else "")


def _stated(remedy: RemedyAnswer) -> Iterator[str]:
    """The edit, else the rule and the options as they are to be stated."""
    yield from remedy.edit.splitlines()
    if not remedy.edit:
        if not isinstance(remedy.rule, msgspec.UnsetType):
            yield msgspec.json.encode(remedy.rule).decode()
        yield from remedy.options
