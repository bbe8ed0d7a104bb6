"""Where a chart states a value: in its own files, in those that the Application names, or in the chart above."""

from __future__ import annotations

import pytest

from whydrift.core.remedy.choices.value_lines import Values, chart_of

FILES = {
    "chart/values.yaml": "grafana:\n  admin:\n    existingSecret: ''\nglobal: 1\n",
    "chart/values-prod.yaml": "# prod\nglobal: 2\n",
    "chart/charts/grafana/values.yaml": "admin:\n  existingSecret: ''\n  user: admin\n",
}
OWN, INNER = "chart/templates/x.yaml", "chart/charts/grafana/templates/x.yaml"


@pytest.mark.parametrize(
    ("template", "path", "named", "place"),
    [
        (INNER, "admin.existingSecret", [], "chart/values.yaml:3"),
        (INNER, "admin.user", [], "chart/charts/grafana/values.yaml:3"),
        (OWN, "global", [], "chart/values.yaml:4"),
        (OWN, "global", ["chart/values-prod.yaml"], "chart/values-prod.yaml:2"),
        (OWN, "absent", [], ""),
        ("chart/charts/grafana-1.2.tgz/grafana/templates/x.yaml", "admin.existingSecret", [], "chart/values.yaml:3"),
    ],
)
def test_the_place_of_a_value(template: str, path: str, named: list[str], place: str) -> None:
    assert Values(FILES, tuple(named), ("chart",)).place(template, path.split(".")) == place


def test_the_nearest_part_where_a_value_is_not_stated() -> None:
    assert Values(FILES, (), ("chart",)).nearest(INNER, ["admin", "password"]) == "chart/values.yaml:2"


@pytest.mark.parametrize(
    ("template", "own", "chart", "below"),
    [
        ("chart/templates/x.yaml", "chart", "chart", []),
        ("charts/web/templates/x.yaml", "charts/web", "charts/web", []),
        ("charts/web/charts/db/templates/x.yaml", "charts/web", "charts/web", ["db"]),
        ("a/charts/web/charts/db-1.0.tgz/db/templates/x.yaml", "a/charts/web", "a/charts/web", ["db"]),
        ("templates/x.yaml", "", "", []),
        ("charts/db/templates/x.yaml", "", "", ["db"]),
    ],
)
def test_which_chart_a_template_is_of(template: str, own: str, chart: str, below: list[str]) -> None:
    assert chart_of(template, [own]) == (chart, below)
