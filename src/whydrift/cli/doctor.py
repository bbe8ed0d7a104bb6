"""`whydrift doctor`."""

from __future__ import annotations

import click
import msgspec

from whydrift.cli.interrupts import run_interruptibly
from whydrift.cli.options import connection_options, output_option
from whydrift.cli.requests import connection_of
from whydrift.cli.terminal import page_width, wants_colour
from whydrift.core.model.checkup import Checkup, PrometheusCheck
from whydrift.core.report.doctor_text import doctor_text
from whydrift.core.report.words import Ink
from whydrift.errors import SourceError
from whydrift.settings import Connection


@click.command("doctor")
@click.option(
    "--rbac",
    is_flag=False,
    flag_value="all",
    type=click.Choice(("all", "missing")),
    help="Print the rules that grant what is needed, or only what is missing, as YAML for kubectl.",
)
@click.option(
    "--subject",
    "stated",
    default="group:whydrift",
    show_default=True,
    metavar="KIND:NAME",
    help="Whom the rules are for: user:NAME, group:NAME, serviceaccount:NAMESPACE/NAME.",
)
@connection_options
@output_option("text", "json")
@click.pass_context
def command(ctx: click.Context, /, rbac: str | None, stated: str, **options: object) -> None:
    """Can everything be reached; which permission is missing, and what stays unknown without it.

    Asks with GETs only. Exit code 0: nothing is missing; 3: something is; 2: nothing can be reached.
    """
    connection = connection_of(options)
    if rbac:
        click.echo(run_interruptibly(_rules(connection, rbac == "missing", stated)), nl=False)
        ctx.exit(0)
    found = run_interruptibly(_examined(connection))
    if options["output"] == "json":
        click.echo(msgspec.json.encode(found).decode())
    else:
        click.echo(doctor_text(found, Ink(wants_colour(str(options["colour"]))), page_width()), nl=False)
    ctx.exit(0 if found.whole else 3 if found.reached else 2)


async def _examined(connection: Connection) -> Checkup:
    from whydrift import wiring
    from whydrift.usecases.doctor import examine

    opened = wiring.open_source(connection)
    try:
        found = await examine(wiring.examination(opened, connection))
        metrics = opened.metrics
        asked = None if metrics is None else PrometheusCheck(url=metrics.name, problem=await metrics.reachable())
    finally:
        await opened.close()
    notes = (*opened.notes, *(gap.why for gap in opened.gaps))
    return msgspec.structs.replace(found, notes=notes, dry_run=connection.dry_run, prometheus=asked)


async def _rules(connection: Connection, only_missing: bool, stated: str) -> str:
    """The rules as YAML. What is needed is known also where nothing can be reached."""
    from whydrift import wiring
    from whydrift.core.rbac import document, grants_of, subject
    from whydrift.usecases.needs import needs

    to = subject(stated)
    try:
        found = await _examined(connection)
    except SourceError as error:
        if only_missing:
            raise
        click.echo(f"not examined: {error}", err=True)
        found = Checkup()
    lacking = grants_of(lack for check in found.clusters for lack in check.lacks)
    everything = [need.grant(found.home) for need in await needs(wiring.schemas(), found.core)]
    return document(lacking if only_missing else everything, to, found, only_missing)
