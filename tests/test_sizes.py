"""The sizes that the house binds: modules, functions, and a docstring on whatever is public."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

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


def test_sizes_are_kept() -> None:
    """No module is over 400 lines, no function's body over 40."""
    found: dict[str, int] = {}
    for path in MODULES:
        source = path.read_text()
        found |= {name_of(path): source.count("\n")} if source.count("\n") > LONGEST_MODULE else {}
        lengths = ((node.name, body_lines(node)) for node in functions(ast.parse(source)))
        found |= {f"{name_of(path)}: {name}": length for name, length in lengths if length > LONGEST_FUNCTION}
    assert len(MODULES) > 500 and not found


def test_what_is_public_says_what_it_is() -> None:
    """Modules that hold code, public classes and public functions have a docstring."""
    modules = [path for path in MODULES if path.is_relative_to(ROOT / "src")]
    found = ((path, node) for path in modules for node in public(ast.parse(path.read_text())))
    assert len(modules) > 500 and not [
        f"{name_of(path)}: {getattr(node, 'name', 'the module')}" for path, node in found if not ast.get_docstring(node)
    ]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, at any depth; a statement stands in no expression."""
    for part in ("body", "orelse", "finalbody", "handlers", "cases"):
        for node in getattr(tree, part, ()):
            if isinstance(node, FUNCTIONS):
                yield node
            yield from functions(node)


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
