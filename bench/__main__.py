"""`python -m bench`: measures, prints a table, writes bench/results.md. `--quick` takes smaller fleets."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
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
from bench.live import live_scan

HERE = Path(__file__).parent
STATES = ("targetState", "liveState", "normalizedLiveState", "predictedLiveState")


@dataclass(frozen=True)
class Result:
    """One figure with the bar that it has to stay under; None is a figure that is told beside, and held to nothing."""

    what: str
    figure: float
    bar: float | None
    unit: str
    detail: str

    @property
    def holds(self) -> bool:
        """Whether the bar holds, where there is one."""
        return self.bar is None or self.figure <= self.bar


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
    many, few = (2_000, 100) if quick else (10_000, 400)
    with tempfile.TemporaryDirectory() as place:
        large, small = Path(place) / "large", Path(place) / "small"
        generate(large, many, 20)
        generate(small, few, 20)
        recorded = unpacked(Path(place) / "recorded")
        fleets = {
            f"{few} generated applications": small,
            **({"200 recorded applications": recorded} if recorded else {}),
        }
        return [
            *(result for name, folder in fleets.items() for result in explaining(name, folder, folder == recorded)),
            *([judging("200 recorded applications", str(recorded))] if recorded else []),
            judging("the demo", "demo"),
            *(result for name, folder in fleets.items() for result in live(name, folder)),
            *listing(large, many),
            *demo(Path(place)),
            starting(),
        ]


def explaining(name: str, folder: Path, recorded: bool) -> list[Result]:
    """What explaining and judging a fleet take by themselves; the bar is one of recorded fleets."""
    from bench.triage import triage_seconds

    decode = seconds(lambda: decode_all(folder))
    results = []
    for cores, shared in (("", True), (", in one process", False)):
        explain, triage = triage_seconds(folder, False, shared), triage_seconds(folder, True, shared)
        results += [
            ratio(f"explaining / orjson decoding, {name}{cores}", explain, decode, 2.0 if recorded else None),
            ratio(f"judging alone / explaining alone, {name}{cores}", triage - explain, explain),
        ]
    return results


def judging(name: str, source: str) -> Result:
    """What it costs whoever waits for a scan that it says what a sync would do, too."""
    without, whole = ("scan", "--from", source, "--no-sync"), ("scan", "--from", source)
    pairs = [(seconds(lambda: whydrift(*without), 1), seconds(lambda: whydrift(*whole), 1)) for _ in range(5)]
    explain, triage = (median(taken) for taken in zip(*pairs, strict=True))
    return ratio(f"judging / explaining, {name}: `scan` beside `scan --no-sync`", triage - explain, explain, 0.3)


def live(name: str, folder: Path) -> list[Result]:
    """What a live scan takes, of a server as fast as a real Argo CD and of one that takes no time."""
    results = []
    for speed, paced in (("at the speed of a real Argo CD", True), ("answered at once", False)):
        taken = live_scan(folder, paced)
        bar = 1.5 if paced else None
        results += [
            ratio(f"live scan / download of all objects, {name}, {speed}", taken.scan, taken.everything, bar),
            ratio(f"live scan / download of what it read, {name}, {speed}", taken.scan, taken.same),
        ]
    taken, whole = live_scan(folder, paced=True, hidden=True), "live scan of all objects (`--hidden`)"
    return [*results, ratio(f"{whole} / download of all objects, {name}", taken.scan, taken.everything)]


def listing(folder: Path, many: int) -> list[Result]:
    """What a large fleet takes: `ls` beside decoding its list, and the memory of a scan."""
    listed = seconds(lambda: whydrift("ls", "--from", str(folder)), 3)
    bare = seconds(lambda: subprocess.run([sys.executable, "-c", decoding(folder)], check=True), 3)
    peak = peak_of("scan", "--from", str(folder), "-o", "jsonl")
    return [
        ratio(f"ls on {many:,} applications / decoding them", listed, bare, 1.5),
        Result(f"peak memory, {many:,} applications, {many * 20:,} objects", peak, 300, "MiB", "scan -o jsonl"),
    ]


def peak_of(*arguments: str) -> float:
    """The most memory that one run of whydrift itself holds, in MiB; other children of this process do not count."""
    scan = subprocess.Popen([sys.executable, "-m", "whydrift", *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(scan.pid, 0)
    scan.returncode = os.waitstatus_to_exitcode(status)
    assert scan.returncode in (0, 1, 3), f"whydrift {' '.join(arguments)}: exit code {scan.returncode}"
    return used.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def demo(place: Path) -> list[Result]:
    """What the user waits for when they try whydrift for the first time; a plan only where helm is installed."""
    results = [
        Result("demo, the fleet explained", seconds(lambda: whydrift("scan", "--from", "demo"), 3), 1.0, "s", "scan"),
        Result(
            "demo, the whole tour", seconds(lambda: whydrift("demo"), 3), None, "s", "a scan and three explanations"
        ),
    ]
    if shutil.which("helm"):
        planned = seconds(lambda: whydrift("plan", "--from", "demo", "--to", str(place / "plan")), 3)
        results.append(Result("demo, a plan for the fleet", planned, 5.0, "s", "each edit rendered and proven"))
    return results


def starting() -> Result:
    """What `--help` takes."""
    empty = seconds(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    help_ = seconds(lambda: whydrift("--help"))
    return Result("--help / an empty Python", help_ / empty, 4.0, "×", f"{help_ * 1000:.0f} ms / {empty * 1000:.0f} ms")


def unpacked(place: Path) -> Path | None:
    """The recorded fleet of the corpus, where the corpus and tar with zstd are at hand."""
    shared = Path(os.environ.get("WHYDRIFT_SHARED", HERE.parent.parent / "shared"))
    archive = shared / "corpus/fleets/many.tar.zst"
    if not archive.is_file() or not shutil.which("zstd"):
        return None
    place.mkdir()
    subprocess.run(["tar", "--zstd", "-xf", str(archive), "-C", str(place)], check=True)
    return next(place.iterdir())


def ratio(what: str, taken: float, beside: float, bar: float | None = None) -> Result:
    """A figure that is one time over another."""
    return Result(what, taken / beside, bar, "×", f"{taken:.2f} s / {beside:.2f} s")


def table(results: list[Result], module: str = "bench") -> str:
    """The figures of `python -m MODULE` as Markdown."""
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    busy = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    head = f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine}, {busy}: `python -m {module}`.\n\n"
    rows = [f"| {r.what} | {r.figure:.1f} {r.unit} | {held(r)} | {r.detail} |" for r in results]
    return head + "| what | figure | bar | holds | of |\n|---|---|---|---|---|\n" + "\n".join(rows) + "\n"


def held(result: Result) -> str:
    """The bar of a figure and whether it holds, as two columns; two dashes where there is none."""
    return "– | –" if result.bar is None else f"≤ {result.bar:g} {result.unit} | {'yes' if result.holds else '**NO**'}"


def main() -> int:
    """Measure; exit code 1 when a bar does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed whydrift is compiled
    results = measure(quick)
    sys.stdout.write(table(results))
    if not quick:
        text = "# Speed and memory\n\n" + table(results) + "\n" + (HERE / "notes.md").read_text()
        (HERE / "results.md").write_text(text)
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
