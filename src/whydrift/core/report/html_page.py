"""One self-contained HTML page: no script, nothing loaded, everything that comes from outside escaped.

The style sheet is the only thing that the page's own Content-Security-Policy allows, by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Iterator

from whydrift.core.report.words import plain

STYLE = """
:root{color-scheme:light dark;--ink:#1c2128;--quiet:#5a6472;--paper:#fff;--card:#f6f8fa;--line:#d0d7de;--bad:#b3261e;
--badpaper:#fdecea;--warn:#7a4f00;--warnpaper:#fff4d6;--good:#1a6b35;--goodpaper:#e6f4ea;--link:#0b57b0}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ee;--quiet:#a0a9b6;--paper:#12161c;--card:#1b212a;--line:#323b47;
--bad:#ff9d94;--badpaper:#40201e;--warn:#ffd479;--warnpaper:#3a2f14;--good:#86d9a0;--goodpaper:#173323;--link:#8ab8ff}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem 1.25rem 4rem;max-width:72rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem}
a{color:var(--link)}p{margin:.4rem 0}
code,.value{font:.875em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.quiet{color:var(--quiet)}.small{font-size:.875rem}
.note{border-left:4px solid var(--warn);background:var(--warnpaper);padding:.5rem .75rem;margin:.75rem 0;
border-radius:4px}
.note.bad{border-color:var(--bad);background:var(--badpaper)}
.note.good{border-color:var(--good);background:var(--goodpaper)}
.note ul{margin:.25rem 0;padding-left:1.2rem}
.mark{display:inline-block;padding:0 .5em;border-radius:1em;font-size:.8125rem;font-weight:600;white-space:nowrap;
background:var(--card);color:var(--quiet);border:1px solid var(--line)}
.mark.bad{background:var(--badpaper);color:var(--bad);border-color:var(--bad)}
.mark.warn{background:var(--warnpaper);color:var(--warn);border-color:var(--warn)}
.mark.good{background:var(--goodpaper);color:var(--good);border-color:var(--good)}
table{border-collapse:collapse;width:100%}
th{text-align:left;font-size:.8125rem;color:var(--quiet);font-weight:600}
th,td:not(:first-child){overflow-wrap:break-word}
th,td{padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td.number,th.number{text-align:right;white-space:nowrap}
section{border:1px solid var(--line);border-radius:8px;margin:1rem 0;padding:.25rem 1rem .75rem;background:var(--paper)}
section>details>summary{padding:.5rem 0}
summary{cursor:pointer}summary:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
details details{background:var(--card);border-radius:6px;padding:.35rem .75rem;margin:.5rem 0}
.field details{padding:0;margin:0}.field summary{font-size:.875rem;color:var(--quiet)}
summary h3,summary h4{display:inline;font-size:1rem;margin:0}
dl{margin:.25rem 0;display:grid;grid-template-columns:minmax(4rem,max-content) 1fr;gap:.15rem .75rem}
dt{color:var(--quiet);font-size:.875rem}dd{margin:0}
.field{border-top:1px solid var(--line);padding:.5rem 0}.field:first-of-type{border-top:0}
.sides{display:grid;grid-template-columns:1fr 1fr;gap:.5rem;margin:.25rem 0}
.sides div{background:var(--paper);border:1px solid var(--line);border-radius:4px;padding:.25rem .5rem;min-width:0}
.sides b{display:block;font-size:.75rem;color:var(--quiet);font-weight:600}
@media (max-width:40rem){body{padding:.75rem .75rem 3rem}.sides{grid-template-columns:1fr}
section{padding:.25rem .6rem .5rem}
details details{padding:.35rem .5rem}dl{grid-template-columns:1fr}dt{margin-top:.25rem}
table.wide,table.wide tbody,table.wide tr{display:block;width:100%}table.wide thead{display:none}
table.wide tr{border-bottom:1px solid var(--line);padding:.4rem 0}
table.wide td{display:inline-block;border:0;padding:.1rem .9rem .1rem 0;text-align:left}
table.wide td:first-child{display:block;font-weight:600}table.wide td:first-child::before{display:none}
table.wide td[data-label]::before{content:attr(data-label) " ";color:var(--quiet);font-size:.8125rem}
table.wide td:empty{display:none}}
@media print{:root{--ink:#000;--quiet:#333;--paper:#fff;--card:#fff;--line:#999;--bad:#900;--badpaper:#fff;--warn:#640;
--warnpaper:#fff;--good:#040;--goodpaper:#fff;--link:#000}
body{max-width:none;padding:0;font-size:11pt}section{break-inside:auto;border-color:#999}.field{break-inside:avoid}
details::details-content{content-visibility:visible;block-size:auto}summary{list-style:none}nav.top{display:none}}
""".strip()
POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'"
)


def page(title: str, body: Iterable[str]) -> Iterator[str]:
    """A whole page around its body, piece by piece."""
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(POLICY)}">\n'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{safe(title)}</title>\n<style>{STYLE}</style></head>\n<body>\n"
    )
    yield from body
    yield "</body></html>\n"


def safe(said: str) -> str:
    """Text of the page: neither markup nor control characters nor direction marks."""
    return html.escape(plain(said))


def code(said: str) -> str:
    """A name or a path, in letters of one width."""
    return f"<code>{safe(said)}</code>"


def mark(said: str, kind: str = "") -> str:
    """A word in a box; `kind` is bad, warn, good, or "" for neither."""
    return f'<span class="mark {kind}">{safe(said)}</span>' if said else ""


def note(lines: Iterable[str], heading: str, kind: str = "") -> str:
    """A box with a heading and a list of lines (escaped here)."""
    rows = "".join(f"<li>{safe(line)}</li>" for line in lines)
    listed = f"<ul>{rows}</ul>" if rows else ""
    return f'<div class="note {kind}"><strong>{safe(heading)}</strong>{listed}</div>\n'


def table(columns: Iterable[tuple[str, str]], rows: Iterable[Iterable[str]]) -> str:
    """A table of HTML cells that becomes a list on a phone; `columns` are (heading, class)."""
    heads = list(columns)
    head = "".join(f'<th class="{kind}" scope="col">{safe(name)}</th>' for name, kind in heads)
    lines = (
        "".join(
            f'<td class="{kind}" data-label="{safe(name)}">{cell}</td>'
            for (name, kind), cell in zip(heads, row, strict=True)
        )
        for row in rows
    )
    body = "".join(f"<tr>{line}</tr>\n" for line in lines)
    return f'<table class="wide"><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>\n'


def folded(summary: str, body: str, *, opened: bool = False) -> str:
    """Something that opens on a click; both parts are HTML."""
    return f"<details{' open' if opened else ''}><summary>{summary}</summary>\n{body}</details>\n"
