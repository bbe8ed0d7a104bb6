"""Templates are followed as Helm renders them, and each piece of text knows where it is stated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.core.remedy.helm.situations import Situation, situations
from tests.from_yaml import from_yaml
from whydrift.core.model.values import child
from whydrift.core.remedy.places.helm.charts import load
from whydrift.core.remedy.places.helm.evaluation import Evaluator
from whydrift.core.remedy.places.helm.layers import read_values
from whydrift.core.remedy.places.helm.parsing import parse
from whydrift.core.remedy.places.helm.rendering import FUNCTIONS, Release, Rendering
from whydrift.core.remedy.places.helm.sources import HelmSource
from whydrift.core.remedy.places.helm.traced import Piece, Span, Stated, go_number, text_of
from whydrift.core.remedy.places.helm.versions import holds
from whydrift.errors import NotEditable

VECTORS = from_yaml((Path(__file__).parent / "vectors.yaml").read_text())


def rendered(template: str, files: dict[str, str]) -> str:
    """What a template of a chart prints."""
    path = "chart/templates/x.yaml"
    rendering = Rendering(files, load(files, "chart"), Release("rel", "ns"))
    evaluator = Evaluator(parse(path, template), FUNCTIONS)
    return text_of(evaluator.render(path, rendering.dot(rendering.chart, path)))


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["template"][:60])
def test_prints_what_helm_prints(vector: dict[str, str]) -> None:
    assert rendered(vector["template"], VECTORS["files"]) == vector["prints"]


@given(st.text().filter(lambda text: "{{" not in text))
def test_text_without_actions_is_printed_as_it_is(text: str) -> None:
    assert rendered(text, {}) == text


@given(
    st.lists(st.tuples(st.text("ab \n"), st.booleans(), st.text("xy "), st.booleans()), max_size=5), st.text("ab \n")
)
def test_marks_trim_the_text_beside_them_and_nothing_else(parts: list[tuple[str, bool, str, bool]], last: str) -> None:
    template, expected, trim = "", "", False
    for text, left, word, right in parts:
        template += f'{text}{{{{{"- " if left else ""}"{word}"{" -" if right else ""}}}}}'
        kept = text.lstrip() if trim else text
        expected += (kept.rstrip() if left else kept) + word
        trim = right
    assert rendered(template + last, {}) == expected + (last.lstrip() if trim else last)


def printed_pieces(situation: Situation) -> Iterator[Piece]:
    """All pieces that the templates of a situation print."""
    rendering = HelmSource(situation.application, situation.git, 0).rendering()
    for chart in rendering.chart.all():
        for path in rendering.templates_of(chart):
            for printed in rendering.printed(chart, path):
                yield from printed.pieces


@pytest.mark.parametrize("situation", list(situations()), ids=lambda situation: situation.name)
def test_a_piece_is_the_text_of_its_origin(situation: Situation) -> None:
    files = situation.files
    for piece in printed_pieces(situation):
        end = piece.offset + len(piece.text)
        if isinstance(piece.origin, Span) and piece.exact:
            assert files[piece.origin.file][piece.offset : end] == piece.text
        elif isinstance(piece.origin, Stated) and piece.exact and not piece.key and piece.origin.file in files:
            stated = child(read_values(files[piece.origin.file]), *piece.origin.path)
            if isinstance(stated, str):
                assert stated[piece.offset : end] == piece.text


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        (1.0, "1"),
        (0.25, "0.25"),
        (123456.0, "123456"),
        (1e6, "1e+06"),
        (12345678.0, "1.2345678e+07"),
        (1e-5, "1e-05"),
        (-2.5e7, "-2.5e+07"),
    ],
)
def test_numbers_are_printed_as_go_prints_floats(number: float, printed: str) -> None:
    assert go_number(number) == printed


@pytest.mark.parametrize(
    ("constraint", "version", "expected"),
    [
        (">=1.19-0", "v1.31.2-gke.100", True),
        ("<1.25-0", "v1.31.0", False),
        (">= 1.14.0, < 1.19.0", "1.18.3", True),
        (">= 1.14.0 < 1.19.0", "1.19.0", False),
        ("^0.2.3", "0.2.9", True),
        ("^0.2.3", "0.3.0", False),
        ("~1.2", "1.2.9", True),
        ("~1.2", "1.3.0", False),
        ("1.2.x", "1.2.7", True),
        ("!=1.2", "1.2.7", False),
    ],
)
def test_constraints_hold_as_charts_mean_them(constraint: str, version: str, expected: bool) -> None:
    assert holds(constraint, version) is expected


def test_a_template_without_end_is_left_out_and_not_waited_for() -> None:
    template = "{{ range $i := until 1000000 }}{{ range $j := until 1000000 }}x{{ end }}{{ end }}"
    files = {"chart/templates/x.yaml": template, "chart/Chart.yaml": "name: x\n"}
    rendering = Rendering(files, load(files, "chart"), Release("rel", "ns"))
    assert rendering.printed(rendering.chart, "chart/templates/x.yaml") == []


WORDS = """{{ }} {{- -}} if else end range with define template include "x" ` $x := = | ( ) .Values .a . , a: -
0x 08 1e ' 'a' break continue nil true printf toYaml nindent tpl /* */ index default first until regexMatch dict set
\\ {{end}}"""
FRAGMENTS = st.sampled_from([*(f"{word} " for word in WORDS.split()), *WORDS.split(), "\n", " "])


@settings(max_examples=400)
@example("{{ define }}")
@example("{{ template }}{{ block }}{{ end }}")
@example("{{ 08 }}{{ 'ab' }}{{ 1e }}")
@example("{{ end }}{{ else }}")
@given(st.lists(FRAGMENTS, max_size=25).map("".join))
def test_no_text_breaks_the_reader(template: str) -> None:
    files = {
        "chart/templates/x.yaml": template,
        "chart/Chart.yaml": "name: x\n",
        "chart/values.yaml": "a: {b: [1, x]}\n",
    }
    rendering = Rendering(files, load(files, "chart"), Release("rel", "ns"))
    for printed in rendering.printed(rendering.chart, "chart/templates/x.yaml"):
        assert isinstance(printed.value, dict)


@pytest.mark.parametrize(
    "template",
    [
        '{{ regexMatch "(a+)+$" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" }}',
        '{{ regexMatch "(a|a)*$" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" }}',
        '{{ regexMatch "((a*))*$" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" }}',
        '{{ regexMatch "a*a*a*a*a*a*b" (repeat 500 "a") }}',
        '{{ repeat 1000000000 "abc" }}',
        "{{ until 1000000000 }}",
        '{{ printf "%1000000000s" "x" }}',
        '{{ indent 1000000000 "x" }}',
        '{{ define "a" }}{{ include "a" . }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
    ],
)
def test_what_would_run_away_is_not_tried(template: str) -> None:
    with suppress(NotEditable):
        assert len(rendered(template, {})) < 100
