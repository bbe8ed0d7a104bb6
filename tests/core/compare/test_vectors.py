"""The comparison, held to what Argo CD's own code answers: copies of some vectors here, all of them where they are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.vector_bench import REPOSITORY, SHARED, Bench
from tests.vectors import EXCEPTIONS, Vector, files, run, vectors

COPIES = REPOSITORY / "tests" / "data" / "vectors"
CORPUS = SHARED / "corpus" / "vectors"


@cache
def _by_file(folder: Path) -> dict[str, list[Vector]]:
    found: dict[str, list[Vector]] = {}
    for vector in vectors(folder):
        found.setdefault(vector.file, []).append(vector)
    return found


@pytest.fixture(scope="module", params=[COPIES, CORPUS], ids=["copies", "corpus"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Everything that vectors are run with, for one folder of them."""
    if not request.param.exists():
        pytest.skip("the corpus is not on this machine")
    bench = Bench(request.param)
    yield bench
    bench.jq.close()


FILES = sorted(name.removesuffix(".gz") for name, _ in files(COPIES))


@pytest.mark.parametrize("file", FILES)
def test_agrees_with_argo_cd(bench: Bench, file: str) -> None:
    """Every vector of a file is answered as Argo CD answers it."""
    found = _by_file(bench.folder)
    of_file = found.get(file) or found[f"{file}.gz"]
    outcomes = [run(vector, bench) for vector in of_file]
    known = {name for exception_file, name in EXCEPTIONS if exception_file.removesuffix(".gz") == file}
    assert outcomes
    assert {outcome.vector.name for outcome in outcomes if not outcome.agrees} == known & {v.name for v in of_file}


def test_copies_hold_every_file_of_the_corpus() -> None:
    """A file that is new in the corpus is copied too (tests/compact_vectors.py)."""
    if CORPUS.exists():
        assert sorted(file.removesuffix(".gz") for file in _by_file(CORPUS)) == FILES


def test_an_answer_that_is_wrong_does_not_agree() -> None:
    """The runner tells a wrong answer from a right one, also where an error was expected."""
    bench = Bench(COPIES)
    vector = next(each for each in _by_file(COPIES)["tracking/parse.jsonl.gz"] if "error" not in each.output)
    assert run(vector, bench).agrees
    assert not run(Vector("f", "n", "w", vector.input, {"error": "x"}), bench).agrees
    assert not run(Vector("f", "n", "w", vector.input, {**vector.output, "name": "other"}), bench).agrees
    assert not run(Vector("f", "n", "w", {"op": "unheard-of"}, {"error": "x"}), bench).agrees
