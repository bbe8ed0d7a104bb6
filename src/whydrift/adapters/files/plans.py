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
    """Write a plan; the names of what was written. UsageError where a file stands there that is no plan of ours."""
    place = folder / PLAN
    if place.exists():
        read_plan(place)
    _refuse_foreign(folder)
    patches = {step.patch: patch_mail(step, plan.at) for step in plan.steps if step.patch}
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted((folder / PATCHES).glob("*.patch")):
        old.unlink()
    for name, mail in patches.items():
        _replace(folder / name, mail.encode())
    _replace(folder / RUNBOOK, runbook(plan).encode())
    _replace(place, msgspec.json.format(msgspec.json.encode(plan)) + b"\n")
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


def _replace(place: Path, content: bytes) -> None:
    """Write a file beside its place, then move it there: nobody ever sees half of it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
