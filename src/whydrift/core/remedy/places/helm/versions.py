"""Version constraints as charts write them (Masterminds/semver, constraints.go)."""

from __future__ import annotations

import re

PART = re.compile(
    r"(!=|>=|=>|<=|=<|>|<|=|~>|~|\^)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(-[0-9A-Za-z.-]+)?"
)


def holds(constraint: str, version: str) -> bool:
    """Whether a version meets a constraint; one that cannot be read is met. Pre-releases count as their release."""
    found = PART.fullmatch(version.partition("+")[0].strip())
    if found is None:
        return True
    there = tuple(int(part or 0) if (part or "0").isdigit() else 0 for part in found.groups()[1:4])
    return any(
        all(_meets(there, part) for part in PART.finditer(each)) for each in constraint.split("||") if each.strip()
    )


def _meets(there: tuple[int, ...], part: re.Match[str]) -> bool:
    stated = tuple(int(number) for number in part.groups()[1:4] if number and number.isdigit())
    wanted = (*stated, 0, 0, 0)[:3]
    match part[1] or "=":
        case ">=" | "=>":
            return there >= wanted
        case ">":
            return there[: len(stated)] > stated
        case "<":
            return there < wanted
        case "<=" | "=<":
            return there[: len(stated)] <= stated
        case "!=":
            return there[: len(stated)] != stated
        case "~" | "~>":
            return there >= wanted and there[:2][: len(stated)] == stated[:2]
        case "^":
            fixed = next((place + 1 for place, number in enumerate(stated) if number), len(stated))
            return there >= wanted and there[:fixed] == stated[:fixed]
        case _:
            return there[: len(stated)] == stated
