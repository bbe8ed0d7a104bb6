"""The sizes that the house binds: modules, functions, and a docstring on whatever is public."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
FOLDERS = ("src", "tests", "bench", "docs")
MODULES = [*sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")), ROOT / "dev.py"]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    """A module as the repository names it."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_sizes_are_kept(path: Path) -> None:
    """No module is over 400 lines, no function's body over 40."""
    source = path.read_text()
    assert source.count("\n") <= LONGEST_MODULE, f"{name_of(path)}: {source.count(chr(10))} lines"
    long = [f"{node.name}: {body_lines(node)} lines" for node in functions(ast.parse(source))]
    assert not [one for one in long if int(one.split()[-2]) > LONGEST_FUNCTION]


@pytest.mark.parametrize("path", [path for path in MODULES if path.is_relative_to(ROOT / "src")], ids=name_of)
def test_what_is_public_says_what_it_is(path: Path) -> None:
    """Modules that hold code, public classes and public functions have a docstring."""
    tree = ast.parse(path.read_text())
    missing = [getattr(node, "name", "the module") for node in public(tree) if not ast.get_docstring(node)]
    assert not missing, f"{name_of(path)}: no docstring on {', '.join(missing)}"


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, at any depth."""
    return (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS))


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function's body, its docstring aside."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def public(tree: ast.Module) -> Iterator[Documented]:
    """The module where it holds anything, its public classes and functions, and the public methods of those classes."""
    if tree.body:
        yield tree
    holders: list[ast.Module | ast.ClassDef] = [tree]
    while holders:
        for node in holders.pop().body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith(
                "_"
            ):
                yield node
                if isinstance(node, ast.ClassDef):
                    holders.append(node)
