"""Becomes helm for kustomize, if what is asked of helm reads nothing but a copy.

`python -I -S helm_guard.py COPY HOME HELM… -- ARGUMENT…`: run as a file in an interpreter of its own, by the script
that kustomize takes for helm. Kustomize asks for the version, pulls charts that it does not find, and renders
(api/types/helmchartargs.go :: AsHelmArgs); a chart's entry may smuggle flags into that.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

VERSIONS = (["version", "--short"], ["version", "-c", "--short"])
"""Kustomize asks with `-c` up to 5.5 (kubectl 1.32)."""
SWITCHES = {"--generate-name", "--include-crds", "--skip-tests", "--no-hooks"}
WITH_VALUE = {"-f", "--namespace", "--api-versions", "--kube-version"}


class Refused(Exception):
    """Nothing is run; the message says why."""


def given(arguments: list[str]) -> Iterator[tuple[str, str]]:
    """The flags with their values, and the rest under ""; Refused for a flag that kustomize has no reason to give."""
    rest = iter(arguments)
    for argument in rest:
        if argument in WITH_VALUE:
            yield argument, next(rest, "")
        elif not argument.startswith("-"):
            yield "", argument
        elif argument not in SWITCHES:
            raise Refused(f"{argument.partition('=')[0]} is no option that kustomize gives it")


def check_inside(place: str, roots: list[Path], what: str) -> None:
    """Refuse a path that is none in the copy, whichever links it goes by; a comma would make several of it."""
    path = Path(place)
    inside = any(path.resolve().is_relative_to(root) for root in roots)
    if not (path.is_absolute() and path.exists() and inside) or "," in place:
        raise Refused(f"{what} is not in the copy of the repository")


def check(arguments: list[str], copy: Path, home: Path) -> None:
    """Refuse everything but the version and a render of a chart in the copy."""
    if arguments in VERSIONS:
        return
    if arguments[:1] != ["template"]:
        raise Refused(f"helm {' '.join(arguments[:1])} may fetch a chart that is not in the repository")
    flags = list(given(arguments[1:]))
    names = [value for flag, value in flags if not flag]
    if not 1 <= len(names) <= 2:
        raise Refused("it is not clear which chart is meant")
    check_inside(names[-1], [copy], "the chart")
    for flag, value in flags:
        if flag == "-f":
            check_inside(value, [copy, home / "tmp"], "a values file")


def main(copy: str, home: str, *command: str) -> None:
    """Check, set every home of helm to that of the copy, and become helm."""
    end = command.index("--")
    tool, arguments = list(command[:end]), list(command[end + 1 :])
    try:
        check(arguments, Path(copy).resolve(), Path(home).resolve())
        for name in ("CACHE", "CONFIG", "DATA"):
            os.environ[f"HELM_{name}_HOME"] = str(Path(home) / name.lower())
        os.execv(tool[0], [*tool, *arguments])
    except Refused as refused:
        sys.exit(f"helm is not asked: {refused}")
    except OSError as error:
        sys.exit(f"it cannot be started: {error.strerror}")


if __name__ == "__main__":
    main(*sys.argv[1:])
