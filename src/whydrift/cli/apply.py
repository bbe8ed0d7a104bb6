"""`whydrift apply`: the only command that changes a cluster, Argo CD or a remote repository."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from whydrift.cli.interrupts import interrupted_at_once, run_interruptibly
from whydrift.cli.options import connection_options_for, output_option
from whydrift.cli.requests import connection_of, listed
from whydrift.core.model.applied import ApplyAnswer, StepAnswer, StepState
from whydrift.core.remedy.carried import carried
from whydrift.core.remedy.commands import line
from whydrift.core.report.apply_text import exit_code, preview, refused_text, restore_text, step_line
from whydrift.core.report.words import Ink
from whydrift.errors import UsageError
from whydrift.settings import Connection

if TYPE_CHECKING:
    from whydrift.usecases.apply.run import Run
    from whydrift.wiring.applying import ApplySettings

REHEARSED = "--dry-run (or WHYDRIFT_DRY_RUN)"
EPILOG = """\b
What it needs, each only for steps of its kind:
  commit       a git login that may push; GITHUB_TOKEN, GITLAB_TOKEN, `gh` or `glab` for the request
  application  applications update in Argo CD
  sync         applications sync in Argo CD
  annotate     patch of the object in Kubernetes
  delete       get and delete of the objects in Kubernetes, create for trials and --rollback; all Applications visible

\b
Exit codes (2 wins over 1):
  0  every step that was chosen is in place
  1  a step was refused, stopped, or waits (for a merge, say): --resume goes on
  2  the command could not do its work: usage, connection, permission
"""


@dataclass(frozen=True)
class Request:
    """What to carry out, and how to ask and tell."""

    connection: Connection
    plan: str
    only: tuple[str, ...]
    yes: bool
    rehearse: bool
    resume: bool
    dump_secrets: bool
    watch: float
    output: str
    colour: str

    @property
    def settings(self) -> ApplySettings:
        """What the use case needs to know."""
        from whydrift.wiring.applying import ApplySettings

        return ApplySettings(self.dump_secrets, self.watch)

    @property
    def ink(self) -> Ink:
        """How to colour."""
        from whydrift.cli.terminal import wants_colour

        return Ink(wants_colour(self.colour))


@click.command("apply", epilog=EPILOG)
@click.argument("plan", required=False, metavar="PLAN.JSON")
@click.option("--only", multiple=True, metavar="STEP", help="Carry out this step of the plan; repeat it for several.")
@click.option("--yes", is_flag=True, help="Do not ask, for pipelines.")
@click.option("--resume", is_flag=True, help="Go on with an apply that was interrupted, or that waited for a merge.")
@click.option("--rollback", metavar="DUMP", help="Restore what a guarded delete took away.")
@click.option("--dump-secrets", is_flag=True, help="Delete Secrets too; their dump holds the real values.")
@click.option(
    "--watch",
    default=10.0,
    show_default=True,
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="How long to watch health after each delete.",
)
@connection_options_for("Show everything, look whether something moved since the plan, and change nothing.")
@output_option("text", "json")
@click.pass_context
def command(ctx: click.Context, /, plan: str | None, rollback: str | None, **options: object) -> None:
    """Carry out a plan: commits on a branch with a pull request, patches, syncs, guarded deletes.

    Shows everything first, and asks. Refuses where git or an object moved since the plan; never repeats a write.
    """
    request = Request(
        connection=connection_of(options),
        plan=plan or "",
        only=listed(options["only"]),
        yes=bool(options["yes"]),
        rehearse=bool(options["dry_run"]),
        resume=bool(options["resume"]),
        dump_secrets=bool(options["dump_secrets"]),
        watch=float(str(options["watch"])),
        output=str(options["output"]),
        colour=str(options["colour"]),
    )
    if (plan is None) == (rollback is None):
        raise UsageError("apply: give a plan.json, or --rollback DUMP")
    if request.output == "json" and not (request.yes or request.rehearse):
        raise UsageError("-o json: nobody can be asked, say --yes")
    if request.connection.recording is not None:
        raise UsageError("--from: a recording cannot be changed")
    work = _apply(request, Path(plan)) if plan is not None else _rollback(request, str(rollback))
    ctx.exit(run_interruptibly(work))


async def _apply(request: Request, path: Path) -> int:
    from whydrift import wiring
    from whydrift.adapters.files.documents import content_of
    from whydrift.adapters.files.plans import plan_of
    from whydrift.usecases.apply.run import Run, selected
    from whydrift.wiring import applying

    content = content_of(path)
    plan, digest = plan_of(content, path), hashlib.sha256(content).hexdigest()
    source = wiring.open_source(request.connection)
    try:
        with applying.open_journal(source.settings, digest[:16]) as journal:
            world = applying.world(source, request.connection, journal, digest, request.settings)
            chosen = carried(plan, _chosen(request, selected(world)))
            resume = line("whydrift", "apply", str(path), "--resume")
            return await _carry_out(request, Run(plan, chosen, world, resume), journal.path)
    finally:
        await source.close()


def _chosen(request: Request, begun: tuple[str, ...]) -> tuple[str, ...]:
    """The steps that are named: by --only, or by the apply that was interrupted."""
    if request.resume and request.only:
        raise UsageError("--resume goes on with what was selected: leave --only out")
    if request.resume and not begun:
        raise UsageError("--resume: this plan was not begun")
    if begun and not request.resume:
        raise UsageError("this plan was begun already: --resume goes on with it; for anything else plan again")
    return begun or request.only


async def _carry_out(request: Request, run: Run, journal: Path) -> int:
    from whydrift.usecases.apply.run import left, refusals

    out, ink = sys.stdout, request.ink
    telling = request.output == "text"
    if telling:
        from whydrift.cli.terminal import line_width

        out.write(preview(run.plan, run.carried, ink, line_width()))
    refused = [] if request.resume else await refusals(run)
    if refused and telling:
        out.write(refused_text(refused, ink))
    if refused or not run.carried.steps:
        return _end(request, run, journal, [*refused, *left(run)])
    if request.rehearse:
        return _rehearsed(request, run, journal)
    asked = _asked(request, run)
    return await _begun(request, asked, journal) if asked is not None else 0


async def _begun(request: Request, run: Run, journal: Path) -> int:
    """Carry out what was asked for, and tell each step when it is over."""
    from whydrift.usecases.apply.run import begin, carry_out, left

    telling, out, ink = request.output == "text", sys.stdout, request.ink
    if not request.resume:
        begin(run)
    done: list[StepAnswer] = []
    async for step in carry_out(run):
        done.append(step)
        if telling:
            out.write(step_line(step, ink))
            out.flush()
    return _end(request, run, journal, [*done, *left(run)])


def _rehearsed(request: Request, run: Run, journal: Path) -> int:
    """What would be carried out; nothing is."""
    from whydrift.usecases.apply.run import answer, left

    if request.output == "text":
        steps = ", ".join(step.id for step in run.carried.steps)
        sys.stdout.write(f"Nothing was changed: {REHEARSED}. Without it: step {steps}.\n")
        return 0
    would = [answer(step, StepState.LEFT, f"{REHEARSED}: it would be carried out") for step in run.carried.steps]
    return _end(request, run, journal, [*would, *left(run)])


def _asked(request: Request, run: Run) -> Run | None:
    """The run with what the user wants of it; None where that is nothing, which is said."""
    if request.yes:
        return run
    number = len(run.carried.steps)
    answer = _ask(f"Carry out {number} of them? (y)es, (n)o, (o)ne by one", ("y", "n", "o"))
    if answer == "y" or (answer == "o" and request.resume):
        return run
    each = run.carried.steps if answer == "o" else ()
    names = [step.id for step in each if _ask(f"{step.id}  {step.title}? (y)es, (n)o", ("y", "n")) == "y"]
    if not names:
        sys.stdout.write("Nothing was changed.\n")
    return replace(run, carried=carried(run.plan, tuple(names))) if names else None


def _ask(question: str, answers: tuple[str, ...]) -> str:
    """An answer of the user's. UsageError where nobody can be asked."""
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here: --yes carries it out")
    with interrupted_at_once():
        return str(click.prompt(question, type=click.Choice(answers, case_sensitive=False), show_choices=False))


def _end(request: Request, run: Run, journal: Path, steps: list[StepAnswer]) -> int:
    if request.output == "json":
        told = ApplyAnswer(plan=run.world.plan, journal=str(journal), steps=tuple(steps))
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    elif run.world.journal.entries and exit_code(steps):
        sys.stdout.write(f"What was done stands in {journal}\n")
    elif done := [step.kind for step in steps if step.state is StepState.DONE]:
        merged = "once it is merged and synced: " if "commit" in done else ""
        sys.stdout.write(f"Next: {merged}{line('whydrift', 'verify', request.plan)}\n")
    sys.stdout.flush()
    return exit_code(steps)


async def _rollback(request: Request, path: str) -> int:
    from whydrift import wiring
    from whydrift.usecases.apply.dumping import read_dump
    from whydrift.usecases.apply.rollback import missing, restore
    from whydrift.wiring import applying

    if request.only or request.resume:
        raise UsageError("--rollback restores everything that is missing: leave --only and --resume out")
    source = wiring.open_source(request.connection)
    name = f"rollback-{hashlib.sha256(str(Path(path).resolve()).encode()).hexdigest()[:16]}"
    try:
        with applying.open_journal(source.settings, name) as journal:
            world = applying.world(source, request.connection, journal, name, request.settings)
            dump = read_dump(world, path)
            objects = await missing(world, dump)
            sys.stdout.write(restore_text(objects))
            if not objects or not _may(request, len(objects)):
                return 0
            sys.stdout.write(f"{await restore(world, dump, objects)}\n")
            return 0
    finally:
        await source.close()


def _may(request: Request, number: int) -> bool:
    if request.rehearse:
        sys.stdout.write(f"Nothing was changed: {REHEARSED}.\n")
        return False
    return request.yes or _ask(f"Create {number}? (y)es, (n)o", ("y", "n")) == "y"
