"""Writes the pages that come from code: causes, CLI reference, JSON schemas. `--check` fails when one is stale."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import click
import msgspec

from whydrift import wiring
from whydrift.cli import whydrift
from whydrift.commands import COMMANDS
from whydrift.core.model.audit import IGNORES_SCHEMA, IgnoresAnswer
from whydrift.core.model.history import HISTORY_SCHEMA, PROGRESS_SCHEMA, HistoryAnswer, ProgressAnswer
from whydrift.core.model.triage import SCHEMA, Answer
from whydrift.core.rbac import FOLLOWING, following, rules
from whydrift.core.report.cause_page import CausePage, cause_markdown
from whydrift.usecases.needs import HOME, needs

DOCS = Path(__file__).parent
README = DOCS.parent / "README.md"
GITLAB = DOCS.parent / "deploy" / "gitlab" / "guard.yml"
CHART = DOCS.parent / "deploy" / "chart" / "whydrift"
BEGIN, END = "<!-- demo: made by docs/generate.py -->\n", "<!-- /demo -->"
_YAML = "# made by docs/generate.py from what `whydrift doctor --rbac` prints: change the code, then run `just docs`\n"
GENERATED = "<!-- made by docs/generate.py: change the code, then run `just docs` -->\n\n"
SCHEMAS = (
    ("answer", Answer, SCHEMA),
    ("ignores", IgnoresAnswer, IGNORES_SCHEMA),
    ("history", HistoryAnswer, HISTORY_SCHEMA),
    ("progress", ProgressAnswer, PROGRESS_SCHEMA),
)


def pages() -> dict[Path, str]:
    """Every generated file with its content."""
    causes = wiring.cause_pages()
    made = {DOCS / "causes" / f"{page.cause.id}.md": GENERATED + cause_markdown(page) for page in causes}
    made[DOCS / "causes" / "index.md"] = GENERATED + _index(causes)
    made[DOCS / "cli.md"] = GENERATED + _cli()
    made[README] = _readme()
    for name, document, title in SCHEMAS:
        made[DOCS / "schema" / f"{name}.json"] = json.dumps(_schema(document, title), indent=1, sort_keys=True) + "\n"
    made[GITLAB] = _gitlab()
    return made | _chart()


def _gitlab() -> str:
    """The GitLab component with the script that GitHub's action runs too: a component is one file."""
    head, _, rest = GITLAB.read_text().partition("    - |\n")
    _, found, foot = rest.partition("  artifacts:\n")
    script = textwrap.indent((DOCS.parent / "deploy" / "guard.sh").read_text(), "      ")
    return f"{head}    - |\n{script}{found}{foot}"


def _chart() -> dict[Path, str]:
    """The permissions of the Helm chart: what `whydrift doctor --rbac` prints, and what following takes."""
    granted = [need.grant(HOME) for need in asyncio.run(needs(wiring.schemas()))]
    apart = {grant for grant in granted if (grant.group, grant.resource) == FOLLOWING}
    files = {
        "cluster-rules": [grant for grant in granted if not grant.namespace],
        "home-rules": [grant for grant in granted if grant.namespace and grant not in apart],
        "application-rules": following(),
    }
    return {CHART / "files" / f"{name}.yaml": _YAML + rules(grants) for name, grants in files.items()}


def _readme() -> str:
    """README.md with what `whydrift scan --from demo` really prints."""
    environment = {**os.environ, "COLUMNS": "110", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "whydrift", "scan", "--from", "demo"]
    shown = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if shown.returncode not in (0, 1) or shown.stderr:
        raise SystemExit(f"{' '.join(command[2:])}: {shown.stderr}")
    head, _, rest = README.read_text().partition(BEGIN)
    return f"{head}{BEGIN}\n```\n$ whydrift scan\n{shown.stdout}```\n\n{END}{rest.partition(END)[2]}"


def _index(causes: list[CausePage]) -> str:
    rows = [f"| [{page.cause.id}]({page.cause.id}.md) | {page.cause.side.value} | {page.summary} |" for page in causes]
    return (
        "\n".join(["# Causes", "", "It differs because …", "", "| cause | side | in short |", "|---|---|---|", *rows])
        + "\n"
    )


def _cli() -> str:
    parts = ["# Command line", "", "```", _help(whydrift, "whydrift"), "```"]
    for name in COMMANDS:
        command = whydrift.get_command(click.Context(whydrift), name)
        assert command is not None
        parts += ["", f"## whydrift {name}", "", "```", _help(command, f"whydrift {name}"), "```"]
        for below, each in (command.commands if isinstance(command, click.Group) else {}).items():
            parts += ["", f"### whydrift {name} {below}", "", "```", _help(each, f"whydrift {name} {below}"), "```"]
    return "\n".join(parts) + "\n"


def _help(command: click.Command, name: str) -> str:
    context = click.Context(command, info_name=name, terminal_width=100, max_content_width=100)
    return command.get_help(context).rstrip()


def _schema(document: type[msgspec.Struct], title: str) -> object:
    (schema,), components = msgspec.json.schema_components(
        [document], schema_hook=lambda kind: {"description": "any JSON value"}, ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **schema,
        "$defs": components,
    }


def main() -> int:
    """Write the pages, or say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    check = parser.parse_args().check
    made = pages()
    there = {path for folder in ("causes", "schema") for path in (DOCS / folder).glob("*") if path.is_file()}
    stale = [path for path, content in made.items() if not path.exists() or path.read_text() != content]
    left = sorted(there - set(made))
    if not check:
        for path, content in made.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        for path in left:
            path.unlink()
        return 0
    for path in (*stale, *left):
        sys.stderr.write(f"stale: {path.relative_to(DOCS.parent)}: run `just docs`\n")
    return 1 if stale or left else 0


if __name__ == "__main__":
    sys.exit(main())
