"""`whydrift plan`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.options import connection_options, output_option, selection_options
from whydrift.cli.requests import connection_of, listed, selection_of
from whydrift.core.model.application import Application
from whydrift.core.model.plan import Plan
from whydrift.core.model.trouble import Unmask
from whydrift.core.select import Selection
from whydrift.settings import Connection

if TYPE_CHECKING:
    from whydrift import wiring
    from whydrift.usecases.plan import Planned
    from whydrift.usecases.scan import Read


@dataclass(frozen=True)
class Request:
    """What to plan for, where to write it, and how to tell it."""

    connection: Connection
    selection: Selection
    causes: tuple[str, ...]
    hidden: bool
    comment: bool
    folder: Path
    output: str
    colour: str


@click.command("plan")
@click.argument("apps", nargs=-1, metavar="[[INSTANCE:][NAMESPACE/]NAME]...")
@click.option(
    "--cause", "causes", multiple=True, metavar="CAUSE", help="Plan for this cause, or kind of trouble, only."
)
@click.option("--hidden", is_flag=True, help="Also for what differs and Argo CD does not show.")
@click.option("--comment", is_flag=True, help="Write the reason above each changed line.")
@click.option("--to", "folder", default=".", metavar="FOLDER", show_default=True, help="Where to write the files.")
@connection_options
@selection_options
@output_option("text", "json", "md")
@click.pass_context
def command(ctx: click.Context, /, apps: tuple[str, ...], **options: object) -> None:
    """The smallest safe fixes, each proven by comparing again with it in place.

    Writes plan.json, patches/*.patch (for git am) and RUNBOOK.md; changes nothing. With -o json or -o md the plan is
    printed and nothing is written.
    """
    request = Request(
        connection=connection_of(options),
        selection=selection_of(options, apps),
        causes=listed(options["causes"]),
        hidden=bool(options["hidden"]),
        comment=bool(options["comment"]),
        folder=Path(str(options["folder"])),
        output=str(options["output"]),
        colour=str(options["colour"]),
    )
    _require_known(request.causes)
    ctx.exit(run_interruptibly(_plan(request)))


def _require_known(causes: tuple[str, ...]) -> None:
    """UsageError for what is neither a cause nor a kind of trouble: a plan for it would look like nothing to do."""
    from whydrift.cli.known import causes as all_causes
    from whydrift.cli.known import require_known
    from whydrift.core.model.trouble import Category

    known = [*all_causes(), *(category.value for category in Category)]
    require_known("--cause", causes, known, "cause", "`whydrift causes` lists them")


async def _plan(request: Request) -> int:
    from whydrift import wiring
    from whydrift.adapters.forks import beside
    from whydrift.cli.answering import residuals_of
    from whydrift.cli.terminal import Progress
    from whydrift.usecases.elsewhere import Elsewhere, work_of
    from whydrift.usecases.plan import Drafting, Planning, planned
    from whydrift.usecases.scan import Read, visit
    from whydrift.usecases.wider import Bystanders
    from whydrift.usecases.workbench import Workbench

    source, elsewhere = wiring.open_source(request.connection), Elsewhere(beside(work_of))
    accepted = residuals_of(request.connection).counting
    read, drafting, progress = Read(), Drafting(Progress().show, accepted), Progress()
    analysis = replace(
        wiring.analysis(source.settings, request.hidden), read_at=source.read_at, unmask=Unmask.EVERYWHERE
    )
    try:
        await elsewhere.begin()
        bystanders, chosen = Bystanders(), request.selection.chooses()

        def selected(application: Application) -> bool:
            bystanders.saw(application)
            return chosen(application)

        drafts = visit(source.answers, analysis, source.reader, selected, read, drafting.draft)
        bench = Workbench(wiring.renderer(source, elsewhere), elsewhere=elsewhere)
        wanted = lambda cause: not request.causes or cause in request.causes  # noqa: E731 - one comparison
        found = await planned(drafts, bench, Planning(wanted, bystanders, analysis, request.comment, accepted))
        progress.clear()
        chosen.require()
        return _tell(request, _plan_of(found, source, read, drafting.not_read))
    finally:
        await elsewhere.close()
        await source.close()


def _plan_of(found: Planned, source: wiring.Opened, read: Read, not_read: dict[str, str]) -> Plan:
    """The plan as it is written, masked."""
    from whydrift.core.model.triage import GapAnswer
    from whydrift.core.remedy.steps import steps
    from whydrift.core.report.plan_shield import shielded_plan
    from whydrift.core.report.shield import shielded_gap

    gaps = [GapAnswer(what=gap.what, why=gap.why, needs=gap.needs) for gap in read.gaps]
    gaps += [GapAnswer(what=f"application {name}", why=why) for name, why in sorted(not_read.items())]
    plan = Plan(
        source=source.answers.name,
        at=source.read_at or found.newest,
        by=f"whydrift {version('whydrift')}",
        argocd=", ".join(version for version in read.versions if version),
        applications=found.applications,
        steps=steps(found.offers, found.mends),
        left=found.left,
        gaps=tuple(shielded_gap(gap, source.masker) for gap in gaps),
    )
    return shielded_plan(plan, source.masker)


def _tell(request: Request, plan: Plan) -> int:
    """Print or write the plan; the exit code: 3 where something was not read, 1 where somebody has to act, else 0."""
    from whydrift.cli.terminal import line_width, wants_colour
    from whydrift.core.report.plan_text import plan_markdown, plan_text
    from whydrift.core.report.words import Ink

    out = sys.stdout
    match request.output:
        case "json":
            out.buffer.write(msgspec.json.format(msgspec.json.encode(plan)) + b"\n")
        case "md":
            out.write(plan_markdown(plan))
        case _:
            written = _write(plan, request.folder)
            ink, recorded = Ink(wants_colour(request.colour)), request.connection.recording is not None
            causes = ", ".join(request.causes)
            out.write(plan_text(plan, written, ink, line_width(), recorded=recorded, causes=causes))
    out.flush()
    open_ = plan.steps or not all(row.accepted for row in plan.left)
    return 1 if open_ else 3 if plan.gaps else 0


def _write(plan: Plan, folder: Path) -> tuple[str, ...]:
    """What was written: nothing where there is nothing to do, unless an older plan would stay and be carried out."""
    from whydrift.adapters.files.plans import is_planned, write_plan

    return write_plan(plan, folder) if plan.steps or is_planned(folder) else ()
