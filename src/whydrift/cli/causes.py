"""`whydrift causes`."""

from __future__ import annotations

import sys
from difflib import get_close_matches

import click
import msgspec

from whydrift import wiring
from whydrift.core.report.cause_page import CausePage, cause_markdown, cause_text
from whydrift.errors import UsageError


@click.command("causes")
@click.argument("cause", required=False)
@click.option("-o", "--output", default="text", type=click.Choice(("text", "json", "md")), show_default=True)
@click.pass_context
def command(ctx: click.Context, /, cause: str | None, output: str) -> None:
    """What whydrift knows: every cause, or one with its proof, what would refute it, remedies and examples."""
    pages = wiring.cause_pages()
    if cause is not None:
        named = [page for page in pages if page.cause.id == cause]
        if not named:
            close = get_close_matches(cause, [page.cause.id for page in pages], 1)
            raise UsageError(
                f"no cause {cause!r}{f': did you mean {close[0]}?' if close else ''}; `whydrift causes` lists them"
            )
        pages = named
    sys.stdout.write(_printed(pages, output, one=cause is not None))
    sys.stdout.flush()
    ctx.exit(0)


def _printed(pages: list[CausePage], output: str, one: bool) -> str:
    if output == "json":
        rows = [_row(page) for page in pages]
        return msgspec.json.encode(rows[0] if one else rows).decode() + "\n"
    if output == "md":
        return "\n".join(cause_markdown(page) for page in pages)
    if one:
        return cause_text(pages[0])
    lines = [f"{page.cause.id:<40} {page.cause.side.value:<11} {page.cause.title}" for page in pages]
    return f"{len(pages)} causes: it differs because …\n" + "\n".join(lines) + "\n\nwhydrift causes CAUSE says more.\n"


def _row(page: CausePage) -> dict[str, object]:
    return {
        "cause": page.cause.id,
        "title": page.cause.title,
        "side": page.cause.side.value,
        "hidden": page.cause.hidden,
        "needs": sorted(kind.needs for kind in page.cause.needs),
        "summary": page.summary,
        "sections": dict(page.sections),
        "examples": [{"verdict": e.verdict, "name": e.name, "why": e.why} for e in page.examples],
    }
