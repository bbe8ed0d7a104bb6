"""Makes `tests/data/vectors`: a selection of the golden vectors that proves the comparison on any machine.

    python tests/compact_vectors.py [FOLDER]

Kept are two vectors of each shape (operation, strategy, fields of the answer) in each file, and every n-th other one;
of the CRDs that they name, those of the kinds that they use, without descriptions.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from pathlib import Path

if not __package__:  # run as a program
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.vector_bench import REPOSITORY, SHARED, crds_named
from tests.vectors import Vector, vectors
from whydrift.core.model.values import Json, JsonObject, items, mapping, text

DESTINATION = REPOSITORY / "tests" / "data" / "vectors"
EVERY = {"generated": 5, "workloads": 4, "custom": 3, "cluster": 3}
"""Every how many vectors one is kept, by the name of the file; else every second."""


def main(folder: Path) -> None:
    """Write the selection and its CRDs."""
    by_file: dict[str, list[Vector]] = {}
    for vector in vectors(folder):
        by_file.setdefault(vector.file, []).append(vector)
    kinds: dict[str, set[tuple[str, str]]] = {}
    for file, of_file in by_file.items():
        kept = _selected(file, of_file)
        _write(DESTINATION / f"{file.removesuffix('.gz')}.gz", "".join(_line(vector) for vector in kept))
        for vector in kept:
            for name in items(vector.input, "crds"):
                if isinstance(name, str):
                    kinds.setdefault(name, set()).update(_kinds(vector))
    for name, used in kinds.items():
        crds = [_bare(crd) for crd in crds_named(name, folder) if _kind_of(crd) in used]
        _write(DESTINATION / "crds" / f"{name}.yaml.gz", "".join(f"---\n{json.dumps(crd)}\n" for crd in crds))


def _selected(file: str, of_file: list[Vector]) -> list[Vector]:
    every = EVERY.get(Path(file).name.split(".")[0], 2)
    seen: Counter[tuple[object, ...]] = Counter()
    kept = []
    for index, vector in enumerate(of_file):
        shape = (text(vector.input, "op"), vector.name.partition("/")[2], *sorted(vector.output))
        seen[shape] += 1
        if seen[shape] <= 2 or index % every == 0:
            kept.append(vector)
    return kept


def _kinds(vector: Vector) -> set[tuple[str, str]]:
    sides = [mapping(vector.input, name) for name in ("target", "live")]
    return {(text(side, "apiVersion").rpartition("/")[0], text(side, "kind")) for side in sides}


def _kind_of(crd: JsonObject) -> tuple[str, str]:
    return text(crd, "spec", "group"), text(crd, "spec", "names", "kind")


def _bare(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if not (key == "description" and isinstance(item, str))}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def _line(vector: Vector) -> str:
    stated = {"name": vector.name, "why": vector.why, "input": vector.input, "output": vector.output}
    return json.dumps(stated, separators=(",", ":"), ensure_ascii=False) + "\n"


def _write(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(content.encode(), 9, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED / "corpus" / "vectors")
