"""Plans on disk: plan.json, patches/*.patch and RUNBOOK.md in one folder; written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec

from whydrift.core.model.plan import SCHEMA, Plan
from whydrift.core.report.patches import patch_mail
from whydrift.core.report.plan_text import runbook
from whydrift.errors import UsageError

PLAN, RUNBOOK, PATCHES = "plan.json", "RUNBOOK.md", "patches"
LARGEST = 256 * 1024**2


def write_plan(plan: Plan, folder: Path) -> tuple[str, ...]:
    """Write a plan, the plan itself last; the names of what was written.

    UsageError where a file stands there that is no plan of ours, or the folder takes none: then all is as it was.
    """
    place = folder / PLAN
    if place.exists():
        read_plan(place)
    _refuse_foreign(folder)
    patches = {step.patch: patch_mail(step, plan.at).encode() for step in plan.steps if step.patch}
    files = {**patches, RUNBOOK: runbook(plan).encode(), PLAN: msgspec.json.format(msgspec.json.encode(plan)) + b"\n"}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".plan.") as staged:
            for name, content in files.items():
                _write(Path(staged) / name, content)
            for old in sorted((folder / PATCHES).glob("*.patch")):
                old.unlink()
            for name in files:
                (folder / name).parent.mkdir(exist_ok=True)
                (Path(staged) / name).replace(folder / name)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror or error}: the plan was not written") from error
    shown = [PLAN, *([f"{PATCHES}/ ({len(patches)})"] if patches else []), RUNBOOK]
    return tuple(str(folder / name) if folder != Path() else name for name in shown)


def read_plan(place: Path) -> Plan:
    """A plan from disk. UsageError where the file cannot be read, or is no plan of this version."""
    try:
        if place.stat().st_size > LARGEST:
            raise UsageError(f"{place} is too large for a plan")
        content = place.read_bytes()
    except OSError as error:
        raise UsageError(f"{place}: {error.strerror or error}") from error
    try:
        plan = msgspec.json.decode(content, type=Plan)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{place} is no plan that `whydrift plan` wrote: {error}") from error
    if plan.schema != SCHEMA:
        raise UsageError(f"{place} is a {plan.schema}, this whydrift takes {SCHEMA}: plan again")
    return plan


def _refuse_foreign(folder: Path) -> None:
    """Patches and a runbook are only written over where a plan of ours stands beside them."""
    if (folder / PLAN).exists():
        return
    for name in (RUNBOOK, PATCHES):
        if (folder / name).exists():
            raise UsageError(f"{folder / name} is there already, without a plan.json: choose another folder with --to")


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(exist_ok=True)
    with place.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
