"""Scenarios whose fix was proven on real servers: their labels, the files of the fix, and what servers said of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.replay.recorded import RECORDINGS, corpus, stated
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import Json, JsonObject, is_object, items, mapping, text

CARRIED = Path(__file__).parents[1] / "data" / "proven"
"""Compact copies of some scenarios: labels, files, and the verdicts out of Argo CD's answers."""
SAID = frozenset({"edit", "rule", "decoys", "wider"})


@dataclass(frozen=True)
class Proven:
    """One scenario: its recording, the folder of its files, and that of the answers after the fix."""

    recording: Path
    files: Path
    truth: Path

    @property
    def name(self) -> str:
        """The name of the scenario and of its application."""
        return self.files.name

    @property
    def scenario(self) -> JsonObject:
        """What is said of it."""
        return stated(self.truth.parent)

    @property
    def labels(self) -> list[JsonObject]:
        """The labels of its differences, shown and hidden."""
        expect = mapping(self.scenario, "expect")
        return [label for each in ("fields", "hidden") for label in items(expect, each) if is_object(label)]

    @property
    def fix(self) -> JsonObject:
        """The fix that was played: `files` (a folder), `app` (what the Application then says), further steps."""
        stated = self.scenario.get("fixed")
        return {"files": stated} if isinstance(stated, str) else mapping(self.scenario, "fixed")

    @property
    def fixed(self) -> Path | None:
        """The folder with the fix; None where it is no folder, or not here."""
        folder = self.files / (text(self.fix, "files") or "-")
        return folder if folder.is_dir() else None

    @property
    def not_fixed(self) -> list[Path]:
        """Folders with an edit in a place that looks right."""
        return [self.files / str(name) for name in items(self.scenario, "not_fixed")]

    def verdicts(self, when: str) -> dict[ObjectKey, str]:
        """Argo CD's verdict on each object, `fixed-at-once` or once `fixed` was synced; {} where that was not tried."""
        answer = self.truth / when / f"{self.name}.json"
        told: Json = json.loads(answer.read_text()) if answer.exists() else None
        return {
            ObjectKey(*(text(row, part) for part in ("group", "kind", "namespace", "name"))): text(row, "status")
            for row in items(told, "status", "resources")
        }


def proven() -> Iterator[Proven]:
    """The scenarios that the tests carry, and those of the whole corpus where it is, that say more than a cause."""
    carried = {path.stem: path for path in RECORDINGS}
    for folder in sorted(CARRIED.iterdir()):
        yield Proven(carried[folder.name], folder, folder / "truth")
    for recording in corpus():
        found = Proven(recording, _shared() / "proving" / "scenarios" / recording.name, recording / "truth")
        if found.fix or found.not_fixed or any(SAID & set(label) for label in found.labels):
            yield found


def _shared() -> Path:
    return Path(os.environ.get("WHYDRIFT_SHARED") or Path(__file__).parents[3] / "shared")
