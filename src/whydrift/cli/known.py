"""Words that must be known: a typing error in a filter would read like an answer in which nothing is found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from whydrift.core.model.explanation import Side
from whydrift.errors import UsageError

BESIDE_CAUSES = ("unexplained", "undecided")
SIDES = tuple(side.value for side in Side)


def require_known(option: str, words: Iterable[str], known: Sequence[str], what: str, lists: str) -> None:
    """UsageError for a word that is not known; it names the nearest one, else what lists them."""
    for word in words:
        if word not in known:
            near = get_close_matches(word, known, n=1)
            raise UsageError(f"{option} {word}: there is no such {what}; {f'{near[0]} is near' if near else lists}")


def causes() -> list[str]:
    """The ids of all causes."""
    from whydrift.core.explain.causes import CATALOGUE

    return [cause.id for cause in CATALOGUE]


def require_filters(wanted: Iterable[str], sides: Iterable[str], fail_on: Iterable[str]) -> None:
    """UsageError for a cause, a side or a word of --fail-on that there is not."""
    from whydrift.core.report.tally import AT_RISK, BROKEN, ORDER

    known = [*causes(), *BESIDE_CAUSES]
    require_known("--cause", wanted, known, "cause", "`whydrift causes` lists them")
    require_known("--side", sides, SIDES, "side", f"there are {', '.join(SIDES)}; repeat the option for several")
    words = [*known, *SIDES, *ORDER, BROKEN, AT_RISK]
    require_known("--fail-on", fail_on, words, "word", "it takes sides, causes and what `--help` names")
