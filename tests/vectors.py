"""Runs the golden vectors: what Argo CD's own code answers, against what whydrift's comparison answers.

    python tests/vectors.py [FOLDER] [--only PART] [--show NAME]

FOLDER holds `comparison/`, `ignore/`, `merge/`, `tracking/`, `sync/` (default: `../shared/corpus/vectors` beside the
repository, or below $WHYDRIFT_SHARED). The exit code is 0 only when all agree. An expected error agrees with any
NotComparable: Go's wording is not compared. Health is not computed, so what an answer says about it is left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

if not __package__:  # run as a program
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.vector_bench import SHARED, Bench, content_of
from tests.vector_operations import answer
from tests.vector_plans import told
from whydrift.core.model.values import JsonObject, items, mapping, same, text

FOLDERS = ("comparison", "ignore", "merge", "tracking", "sync")
NOT_USED = {
    "health": "not used by whydrift yet",
}
ASKED = "the forecast is of a sync that somebody just presses, not of this operation"
CONFIRMED = "the forecast is of the next sync, which no annotation has approved yet"
EXCEPTIONS: dict[tuple[str, str], str] = {
    **{
        ("sync/plans.jsonl", name): ASKED
        for name in (
            "verb-force-operation", "verb-dry-run", "verb-operation-options", "selective", "apply-strategy-no-hooks",
            "prune-off",
        )
    },
    ("sync/plans.jsonl", "prune-confirmed"): CONFIRMED,
    ("sync/plans.jsonl", "order-namespace-hook"): "the forecast does not ask in which order objects come",
}  # fmt: skip
"""Vectors that need not agree, by file and name, each with its reason."""


@dataclass(frozen=True)
class Vector:
    """One line of a file."""

    file: str
    name: str
    why: str
    input: JsonObject
    output: JsonObject


@dataclass(frozen=True)
class Outcome:
    """What came out of one vector, beside what Argo CD answers."""

    vector: Vector
    answer: JsonObject

    @property
    def agrees(self) -> bool:
        """Whether the answer is Argo CD's."""
        expected = {key: value for key, value in self.vector.output.items() if key != "log"}
        answer = self.answer
        if "error" in expected:
            return "error" in answer and same({**expected, "error": ""}, {**answer, "error": ""})
        if text(self.vector.input, "op") == "plan":
            expected, answer = told(expected), told(answer)
        return same(_without_health(expected), _without_health(answer))


def vectors(folder: Path) -> Iterator[Vector]:
    """All vectors below a folder that whydrift can answer, file by file."""
    for name, file in files(folder):
        yield from read(file, name)


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of vectors below a folder that whydrift can answer, with their names there."""
    for part in FOLDERS:
        for file in sorted((folder / part).glob("*.jsonl*")):
            name = f"{part}/{file.name}"
            if name.split(".")[0] not in NOT_USED:
                yield name, file


def read(file: Path, name: str) -> Iterator[Vector]:
    """The vectors of one file, gzipped or not."""
    for line in content_of(file).splitlines():
        raw = json.loads(line)
        yield Vector(name, raw["name"], raw["why"], raw["input"], raw["output"])


def run(vector: Vector, bench: Bench) -> Outcome:
    """Answer one vector."""
    return Outcome(vector, answer(vector.input, bench, with_sent="sent" in vector.output))


def _without_health(answer: JsonObject) -> JsonObject:
    """An answer in one form: no health, a failed comparison without Go's words, what has no order in one order."""
    bare = {key: value for key, value in answer.items() if key != "health"}
    bare |= {key: [] for key in ("resources", "conditions") if key in bare and bare[key] is None}
    if "resources" in bare:
        rows = [
            {key: value for key, value in mapping(row).items() if key != "health"} for row in items(bare, "resources")
        ]
        bare["resources"] = list(sorted(rows, key=lambda row: json.dumps(row, sort_keys=True)))
    for key in ("conditions", "phases"):
        if key in bare:
            bare[key] = list(
                sorted(_words(str(entry)) for entry in items(bare, key) if "setting app health" not in str(entry))
            )
    return bare


def _words(condition: str) -> str:
    return "ComparisonError" if condition.startswith("ComparisonError") else condition


def main() -> int:
    """Run the vectors, print who agrees, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=SHARED / "corpus" / "vectors")
    parser.add_argument("--show", metavar="NAME", default="", help="print what was expected and what came out")
    parser.add_argument("--only", metavar="PART", default="", help="only files whose name holds this")
    arguments = parser.parse_args()
    bench = Bench(arguments.folder.resolve())
    by_file: dict[str, list[Outcome]] = {}
    for vector in vectors(bench.folder):
        if arguments.only in vector.file:
            by_file.setdefault(vector.file, []).append(run(vector, bench))
    bench.jq.close()
    agreeing, count = _report(by_file, arguments.show)
    return 0 if count and agreeing == count else 1


def _report(by_file: dict[str, list[Outcome]], show: str) -> tuple[int, int]:
    agreeing = count = 0
    for file, outcomes in by_file.items():
        wrong = [each for each in outcomes if not each.agrees and (file, each.vector.name) not in EXCEPTIONS]
        agreeing, count = agreeing + len(outcomes) - len(wrong), count + len(outcomes)
        _print(f"{file}: {len(outcomes) - len(wrong)} of {len(outcomes)}")
        for outcome in wrong:
            _print(f"  {outcome.vector.name}: {outcome.vector.why}")
        for outcome in outcomes:
            if show and outcome.vector.name == show:
                _print(
                    json.dumps({"expected": outcome.vector.output, "answer": outcome.answer}, indent=1, sort_keys=True)
                )
    for (file, name), reason in EXCEPTIONS.items():
        _print(f"{file}: {name} is an exception: {reason}")
    for folder, reason in NOT_USED.items():
        _print(f"{folder}/ {reason}")
    _print(f"{agreeing} of {count} agree")
    return agreeing, count


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
