"""Plans on disk: plan.json, patches/*.patch and RUNBOOK.md in one folder; written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import msgspec

from whydrift.adapters.files.documents import document, read_document
from whydrift.core.model.plan import SCHEMA, Plan
from whydrift.core.report.patches import patch_mail
from whydrift.core.report.plan_text import runbook
from whydrift.errors import UsageError

PLAN, RUNBOOK, PATCHES = "plan.json", "RUNBOOK.md", "patches"


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
    return read_document(place, Plan, SCHEMA, "whydrift plan")


def plan_of(content: bytes, place: Path) -> Plan:
    """The plan that a file's content is; `place` names it. UsageError where it is none of this version."""
    return document(content, place, Plan, SCHEMA, "whydrift plan")


def is_planned(folder: Path) -> bool:
    """Whether a folder holds a plan: with nothing to do it is written over, so that nobody carries it out."""
    return (folder / PLAN).exists()


def _refuse_foreign(folder: Path) -> None:
    """Patches and a runbook are only written over where a plan of ours stands beside them."""
    if is_planned(folder):
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
