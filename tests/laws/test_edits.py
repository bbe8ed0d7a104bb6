"""Laws of edits: what is read again is what was wanted, few lines change, adding and dropping cancel out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from whydrift.core.model.paths import Path as FieldPath
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, Absent, Json, MaybeJson, child, same
from whydrift.core.remedy.text.editing import edit_text
from whydrift.core.remedy.text.reading import documents
from whydrift.core.remedy.text.scalars import is_plain, scalar_text
from whydrift.core.remedy.text.wanted import changed
from whydrift.core.remedy.text.writing import Style, block_lines, flow_text
from whydrift.errors import NotEditable

KEYS = ("name", "image", "example.com/a", "on", "1", "data", "args", "true", "a b", "x: y", "#")
TEXTS = st.one_of(
    st.sampled_from(
        ["", "a", "1", "yes", "0x1f", "1:30", "a: b", "a #b", "- a", "{}", "x\ty", "two\nlines\n", "ü", " ", "~"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
SCALARS: st.SearchStrategy[Json] = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(-9, 9), TEXTS)
VALUES: st.SearchStrategy[Json] = st.recursive(
    SCALARS,
    lambda below: st.one_of(st.lists(below, max_size=4), st.dictionaries(st.sampled_from(KEYS), below, max_size=4)),
    max_leaves=12,
)
ROOTS = st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1, max_size=5)
FILES = sorted(Path(__file__).parents[2].glob("src/whydrift/core/explain/causes/*/cases/*/case.yaml"))


@st.composite
def files(draw: st.DrawFn) -> tuple[str, int, Json]:
    """A file of some documents in some style, one of them, and what it holds."""
    roots = draw(st.lists(ROOTS, min_size=1, max_size=3))
    style = Style(draw(st.sampled_from(["\n", "\r\n"])), draw(st.sampled_from([0, 2])))
    texts = [style.newline.join(_written(draw, root, style)) for root in roots]
    number = draw(st.integers(0, len(roots) - 1))
    mark = "\ufeff" if draw(st.booleans()) else ""
    return mark + f"{style.newline}---{style.newline}".join(texts) + style.newline, number, roots[number]


def _written(draw: st.DrawFn, value: Json, style: Style) -> Iterator[str]:
    """The lines of a value, with comments between them, and some of it in flow style."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            if draw(st.booleans()):
                yield "# about the next"
            head = f"{scalar_text(key)}:"
            nested = isinstance(inner, dict | list) and bool(inner) and draw(st.booleans())
            if nested:
                yield head
                indent = style.dash if isinstance(inner, list) else 2
                yield from (" " * indent + line if line else line for line in _written(draw, inner, style))
            else:
                comment = draw(st.sampled_from(["", "   # why"]))
                yield f"{head} {flow_text(inner, style)}{comment}"
    elif isinstance(value, list) and value:
        for item in value:
            first, *rest = _written(draw, item, style)
            if first.startswith("#"):
                yield "-"
                rest = [first, *rest]
            else:
                yield f"- {first}"
            yield from (f"  {line}" if line else line for line in rest)
    else:
        yield flow_text(value, style)


def _paths(value: Json, path: FieldPath = ()) -> Iterator[FieldPath]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _paths(inner, (*path, place))


@given(VALUES)
def test_what_is_written_in_block_style_is_read_as_it_was(value: Json) -> None:
    content = "\n".join(block_lines({"key": value}, Style())) + "\n"
    assert same(documents(content)[0].value, {"key": value})


@given(VALUES)
def test_what_is_written_on_one_line_is_read_as_it_was(value: Json) -> None:
    assert same(documents(f"key: {flow_text(value, Style())}\n")[0].value, {"key": value})


@given(TEXTS, st.sampled_from(["", "'", '"']), st.booleans())
def test_a_string_is_a_string_in_any_style(value: str, style: str, flow: bool) -> None:
    written = scalar_text(value, style, flow)
    content = f"[{written}]" if flow else f"- {written}"
    assert documents(content)[0].value == [value]
    assert not is_plain(value) or "\n" not in value


@given(files(), st.data())
def test_an_edit_states_what_was_wanted_and_nothing_else(file: tuple[str, int, Json], data: st.DataObject) -> None:
    content, number, value = file
    path = data.draw(st.sampled_from([path for path in _paths(value) if path]))
    change = Change(path, data.draw(st.one_of(st.just(ABSENT), VALUES)))
    wanted = changed(value, [change])
    edited = edit_text(content, number, [change])
    got: list[MaybeJson] = [document.value for document in documents(edited.content)]
    before = [document.value for document in documents(content)]
    assert same(got[number], wanted)
    assert all(same(got[other], before[other]) for other in range(len(got)) if other != number)
    assert 1 <= edited.line <= content.count("\n") + 1


@given(files(), st.data())
def test_a_scalar_changes_its_own_line_only(file: tuple[str, int, Json], data: st.DataObject) -> None:
    content, number, value = file
    scalars = [path for path in _paths(value) if path and not isinstance(child(value, *path), dict | list)]
    assume(scalars)
    path = data.draw(st.sampled_from(scalars))
    edited = edit_text(content, number, [Change(path, "another")])
    before, after = content.split("\n"), edited.content.split("\n")
    assume(len(before) == len(after))
    assert [line for line, pair in enumerate(zip(before, after, strict=True), 1) if pair[0] != pair[1]] == [edited.line]


@given(files(), st.data())
def test_dropping_what_was_added_gives_the_file_back(file: tuple[str, int, Json], data: st.DataObject) -> None:
    content, number, value = file
    maps = [path for path in _paths(value) if isinstance(child(value, *path), dict) and child(value, *path)]
    path = (*data.draw(st.sampled_from(maps)), "newKey")
    there = edit_text(content, number, [Change(path, data.draw(VALUES))])
    assert edit_text(there.content, number, [Change(path, ABSENT)]).content == content


@pytest.mark.parametrize("path", FILES[:: max(1, len(FILES) // 60)], ids=lambda path: path.parent.name)
def test_real_files_take_edits_in_every_place(path: Path) -> None:
    _takes_edits(path.read_text())


def test_the_files_of_the_corpus_take_edits() -> None:
    shared = Path(os.environ.get("WHYDRIFT_SHARED") or Path(__file__).parents[3] / "shared")
    found = sorted((shared / "corpus" / "scenarios").glob("*/scenario.yaml"))
    if not found:
        pytest.skip("the corpus is not here")
    for path in found[::25]:
        _takes_edits(path.read_text(), every=7)


def _takes_edits(content: str, every: int = 3) -> None:
    """Each place can be set and dropped, and few lines change; anchors may refuse, nothing else may."""
    value = documents(content)[0].value
    has_anchors = " *" in content or "[*" in content
    assert not isinstance(value, Absent)
    for path in [path for path in _paths(value) if path][::every]:
        for new in (ABSENT, "another"):
            try:
                edited = edit_text(content, 0, [Change(path, new)])
            except NotEditable as error:
                assert has_anchors, f"{path}: {error}"
                continue
            assert same(documents(edited.content)[0].value, changed(value, [Change(path, new)]))
            assert has_anchors or _lines_added(content, edited.content) <= 1


def _lines_added(before: str, after: str) -> int:
    blocks = SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False).get_opcodes()
    return sum(j_end - j for tag, _, _, j, j_end in blocks if tag != "equal")
