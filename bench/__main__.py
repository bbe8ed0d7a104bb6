"""`python -m bench`: measures, prints a table, writes bench/results.md. `--quick` takes smaller fleets."""

from __future__ import annotations

import argparse
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import orjson

from bench.generate import LIST, generate
from bench.live import live_ratio

HERE = Path(__file__).parent
STATES = ("targetState", "liveState", "normalizedLiveState", "predictedLiveState")


@dataclass(frozen=True)
class Result:
    """One figure with the bar that it has to stay under."""

    what: str
    figure: float
    bar: float
    unit: str
    detail: str

    @property
    def holds(self) -> bool:
        """Whether the bar holds."""
        return self.figure <= self.bar


def seconds(action: Callable[[], object], times: int = 5) -> float:
    """The median time of an action."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return median(taken)


def whydrift(*arguments: str) -> None:
    """Run whydrift as a process of its own."""
    done = subprocess.run([sys.executable, "-m", "whydrift", *arguments], stdout=subprocess.DEVNULL, check=False)
    assert done.returncode in (0, 1, 3), f"whydrift {' '.join(arguments)}: exit code {done.returncode}"


def decode_all(folder: Path) -> None:
    """What any reader has to do at least: decode the list, and the objects with their states, of what was recorded."""
    orjson.loads((folder / LIST).read_bytes())
    for path in folder.glob("argocd/api/v1/applications/*/managed-resources.json"):
        for item in orjson.loads(path.read_bytes())["items"]:
            for state in STATES:
                if state in item:
                    orjson.loads(item[state])


def decoding(folder: Path) -> str:
    """A program that decodes the list and nothing else, to be timed as a whole process beside `ls`."""
    return f"import orjson; orjson.loads(open({str(folder / LIST)!r}, 'rb').read())"


def measure(quick: bool) -> list[Result]:
    """All figures."""
    from bench.triage import triage_seconds

    many, few = (2_000, 100) if quick else (10_000, 400)
    with tempfile.TemporaryDirectory() as place:
        large, small = Path(place) / "large", Path(place) / "small"
        generate(large, many, 20)
        generate(small, few, 20)
        decode = seconds(lambda: decode_all(small))
        explain, triage = triage_seconds(small, forecast=False), triage_seconds(small)
        listing = seconds(lambda: whydrift("ls", "--from", str(large)), 3)
        empty = seconds(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
        bare = seconds(lambda: subprocess.run([sys.executable, "-c", decoding(large)], check=True), 3)
        help_ = seconds(lambda: whydrift("--help"))
        whydrift("scan", "--from", str(large), "-o", "jsonl")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
        live, download = live_ratio(small)
    judge = triage - explain
    return [
        Result(
            "explaining a recorded fleet / orjson decoding it",
            explain / decode,
            2.0,
            "×",
            f"{explain:.2f} s / {decode:.2f} s",
        ),
        Result("judging / explaining", judge / explain, 0.3, "×", f"{judge:.2f} s / {explain:.2f} s"),
        Result("live scan / plain parallel download", live / download, 1.5, "×", f"{live:.2f} s / {download:.2f} s"),
        Result(
            f"ls on {many:,} applications / decoding them", listing / bare, 1.5, "×", f"{listing:.2f} s / {bare:.2f} s"
        ),
        Result(f"peak memory, {many:,} applications, {many * 20:,} objects", peak, 300, "MiB", "scan -o jsonl"),
        Result("--help / an empty Python", help_ / empty, 4.0, "×", f"{help_ * 1000:.0f} ms / {empty * 1000:.0f} ms"),
    ]


def table(results: list[Result]) -> str:
    """The figures as Markdown."""
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    head = f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine}: `python -m bench`.\n\n"
    rows = [
        f"| {r.what} | {r.figure:.1f} {r.unit} | ≤ {r.bar:g} {r.unit} | {'yes' if r.holds else '**NO**'} | {r.detail} |"
        for r in results
    ]
    return head + "| what | figure | bar | holds | of |\n|---|---|---|---|---|\n" + "\n".join(rows) + "\n"


def main() -> int:
    """Measure; exit code 1 when a bar does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    results = measure(quick)
    sys.stdout.write(table(results))
    if not quick:
        (HERE / "results.md").write_text("# Speed and memory\n\n" + table(results))
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
