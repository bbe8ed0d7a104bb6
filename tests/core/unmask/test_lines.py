"""The line that says why, out of logs of many runtimes; what calls itself calm never counts."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.from_yaml import from_yaml
from whydrift.core.unmask.categories import category_of
from whydrift.core.unmask.levels import Level, level_of
from whydrift.core.unmask.lines import last_words, line_that_says_why


class Situation(TypedDict):
    """One log with what it says."""

    name: str
    log: str
    says: str
    category: str | list[str] | None


SITUATIONS: list[Situation] = from_yaml(Path(__file__).with_name("logs.yaml").read_text())


def squashed(text: str) -> str:
    """A text with single spaces, as the score compares it."""
    return " ".join(text.split())


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s["name"])
def test_a_log_says_why(situation: Situation) -> None:
    """The deciding line is found, and nothing where nothing is wrong; its category follows from it."""
    found = line_that_says_why(situation["log"])
    if situation["says"]:
        assert squashed(situation["says"]) in squashed(found)
    else:
        assert found == ""
    wanted = situation["category"]
    assert category_of(found) in (wanted if isinstance(wanted, list) else [wanted])


def test_one_that_still_runs_says_it_last() -> None:
    """A container that is only not ready repeats its reason; the last time counts. One that ended says it first."""
    log = "\n".join(f"2026-11-22T07:0{minute}:00Z WARN broker: connection refused" for minute in range(3))
    assert line_that_says_why(log, still_running=True).startswith("2026-11-22T07:02")
    assert line_that_says_why(log).startswith("2026-11-22T07:00")


def test_old_errors_of_a_long_run_are_not_why_it_ended() -> None:
    """What went wrong long before the end is not taken for its reason when the end says its own."""
    calm = "\n".join(f"2026-11-22T07:{n // 60:02}:{n % 60:02}Z INFO served" for n in range(100))
    log = f"2026-11-22T06:00:00Z ERROR upstream timed out\n{calm}\n2026-11-22T09:00:00Z FATAL disk quota exceeded"
    assert line_that_says_why(log).endswith("disk quota exceeded")


def test_last_words_are_no_calm_words() -> None:
    """A run that died silently: its last line counts only where it is no ordinary record."""
    assert last_words("starting\nAborted (core dumped)") == "Aborted (core dumped)"
    assert last_words("2026-11-22T07:00:00Z served a request") == ""
    assert last_words("level=info msg=bye") == ""


LEVELS = [
    ("INFO:root:hello", Level.CALM),
    ("WARNING:root:x", Level.WARNING),
    ("[error] x", Level.ERROR),
    ("[07:29 FTL] x", Level.FATAL),
    ('{"level":60,"msg":"x"}', Level.FATAL),
    ('{"level":30,"msg":"error"}', Level.CALM),
    ('{"severity":"ERROR"}', Level.ERROR),
    ("time=1 level=warn msg=error", Level.WARNING),
    ("E1122 07:29:08.1 1 a.go:1] x", Level.ERROR),
    ("I1122 07:29:08.1 1 a.go:1] error", Level.CALM),
    ("[W] x", Level.WARNING),
    ("npm ERR! code 1", Level.ERROR),
    ("an error of no logger", Level.PLAIN),
    ("", Level.PLAIN),
    ('{"broken', Level.PLAIN),
    ("2026-01-01T00:00:00Z\tERROR\tsetup\tx", Level.ERROR),
    ("<3>x", Level.PLAIN),
]


@pytest.mark.parametrize(("line", "level"), LEVELS, ids=[line[:20] or "empty" for line, _ in LEVELS])
def test_levels(line: str, level: Level) -> None:
    """A line's own level is read as its logger wrote it."""
    assert level_of(line) is level


@given(st.text(max_size=400))
def test_any_text_may_be_a_log(text: str) -> None:
    """What is found stands in the log, whatever it holds."""
    found = line_that_says_why(text)
    assert squashed(found.split("\n", maxsplit=1)[0][:200]) in squashed(text)


@given(st.lists(st.sampled_from(["INFO a", "level=info msg=b", "[debug] c", '{"level":"info"}']), max_size=30))
def test_calm_logs_say_nothing(lines: list[str]) -> None:
    """No line that calls itself calm is ever a reason."""
    assert line_that_says_why("\n".join(lines)) == ""


def test_what_a_running_container_said_long_ago_is_over() -> None:
    """A container that is not ready now is not explained by an error before many calm lines."""
    log = "ERROR connection refused\n" + "INFO GET /ready 503\n" * 60
    assert line_that_says_why(log, still_running=True) == ""
