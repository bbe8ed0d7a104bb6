"""Reads the pages of the catalogue out of the package: docstrings and `case.yaml` files."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import yaml

from whydrift.core.explain import causes
from whydrift.core.explain.cause import Cause
from whydrift.core.report.cause_page import CausePage, Example, parsed


def cause_page(cause: Cause) -> CausePage:
    """The page of one cause."""
    module = import_module(f"{causes.__name__}.{cause.id.replace('-', '_')}")
    folder = Path(str(module.__file__)).parent / "cases"
    return parsed(cause, module.__doc__ or "", [_example(path) for path in sorted(folder.glob("*/case.yaml"))])


def _example(path: Path) -> Example:
    case = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
    verdict, _, name = path.parent.name.partition("-")
    return Example(verdict, name, " ".join(str(case["why"]).split()))
