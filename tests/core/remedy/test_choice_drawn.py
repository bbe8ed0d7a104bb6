"""Which line of a chart draws a value, and which value takes its place: charts as text, from small to nested."""

from __future__ import annotations

import pytest

from whydrift.core.remedy.choices.drawn_lines import drawn_lines
from whydrift.core.remedy.choices.value_lines import Values, chart_of

HEAD = "kind: Secret\nmetadata:\n  name: db\n"
PLAIN = f"{HEAD}data:\n  password: {{{{ randAlphaNum 20 | b64enc }}}}\n"
FALLBACK = f"{HEAD}data:\n  password: {{{{ .Values.auth.password | default (randAlphaNum 20) | b64enc }}}}\n"
PARTLY = f'{HEAD}data:\n  password: {{{{ printf "%s-%s" .Values.name (randAlphaNum 20) | b64enc }}}}\n'
EXISTING = f"{{{{- if not .Values.auth.existingSecret }}}}\n{FALLBACK}{{{{- end }}}}\n"
SWITCHED = f"{{{{- if .Values.auth.create }}}}\n{PLAIN}{{{{- end }}}}\n"
ELSE = (
    f"{HEAD}data:\n  {{{{- if .Values.auth.password }}}}\n  password: {{{{ .Values.auth.password | b64enc }}}}\n"
    "  {{- else }}\n  password: {{ randAlphaNum 20 | b64enc }}\n  {{- end }}\n"
)
BLOCK = (
    "kind: ConfigMap\nmetadata:\n  name: app\ndata:\n  other: x\n  app.ini: |\n    [security]\n"
    "    key = {{ .Values.security.key | default (randAlphaNum 20) }}\n  last: {{ now }}\n"
)
VARIABLE = (
    "{{- $password := .Values.password | default (randAlphaNum 9) }}\n"
    + f"{HEAD}data:\n  password: {{{{ $password }}}}\n"
)
HELPER = (
    '{{- define "app.hash" -}}\n{{- if .Values.restartOnUpgrade -}}\n{{ printf "%d" (now | unixEpoch) | sha256sum }}\n'
    '{{- else -}}\n{{ "x" | sha256sum }}\n{{- end -}}\n{{- end }}\n'
)
HASHED = (
    'kind: Deployment\nspec:\n  template:\n    metadata:\n      annotations:\n        hash: {{ include "app.hash" . }}'
)


@pytest.mark.parametrize(
    ("content", "kind", "key", "line", "values", "existing"),
    [
        (PLAIN, "Secret", "password", 5, (), ()),
        (FALLBACK, "Secret", "password", 5, ("auth.password",), ()),
        (EXISTING, "Secret", "password", 6, ("auth.password", "auth.existingSecret"), ("auth.existingSecret",)),
        (SWITCHED, "Secret", "password", 6, (), ()),
        (ELSE, "Secret", "password", 8, ("auth.password",), ()),
        (BLOCK, "ConfigMap", "app.ini", 8, ("security.key",), ()),
        (VARIABLE, "Secret", "password", 6, ("password",), ()),
        (PARTLY, "Secret", "password", 5, (), ()),
        (HASHED, "Deployment", "hash", 6, ("restartOnUpgrade",), ()),
    ],
    ids=["drawn", "fall-back", "existing", "switched-off", "else", "block", "variable", "part of it", "helper"],
)
def test_a_line_that_draws(
    content: str, kind: str, key: str, line: int, values: tuple[str, ...], existing: tuple[str, ...]
) -> None:
    (found,) = drawn_lines({"chart/templates/x.yaml": content, "chart/templates/_helpers.tpl": HELPER}, kind, key)
    assert (found.place, found.values, found.existing) == (f"chart/templates/x.yaml:{line}", values, existing)


@pytest.mark.parametrize(("kind", "key"), [("ConfigMap", "other"), ("Secret", "app.ini"), ("ConfigMap", "app")])
def test_what_draws_nothing(kind: str, key: str) -> None:
    assert list(drawn_lines({"chart/templates/x.yaml": BLOCK}, kind, key)) == []


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
