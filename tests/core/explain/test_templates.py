"""Which lines of a chart draw a value, and which values take its place: charts as text, from small to nested."""

from __future__ import annotations

import pytest

from whydrift.core.explain.templates import lines_of

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
    files = {"chart/templates/x.yaml": content, "chart/templates/_helpers.tpl": HELPER}
    (found,) = (line for line in lines_of(files, kind, key) if line.function)
    assert (found.place, found.values, found.existing) == (f"chart/templates/x.yaml:{line}", values, existing)


@pytest.mark.parametrize(
    ("kind", "key", "lines"), [("ConfigMap", "other", [5]), ("Secret", "app.ini", []), ("ConfigMap", "app", [])]
)
def test_what_draws_nothing(kind: str, key: str, lines: list[int]) -> None:
    found = list(lines_of({"chart/templates/x.yaml": BLOCK}, kind, key))
    assert [(line.line, line.function) for line in found] == [(line, "") for line in lines]


@pytest.mark.parametrize(
    ("content", "key", "depends"),
    [(PLAIN, "password", False), (FALLBACK, "password", True), (BLOCK, "app.ini", True)],
    ids=["drawn alone", "falls back", "lines that draw nothing stand beside it"],
)
def test_what_else_a_drawn_value_depends_on(content: str, key: str, depends: bool) -> None:
    (found,) = lines_of({"chart/templates/x.yaml": content}, "ConfigMap" if key == "app.ini" else "Secret", key)
    assert found.depends is depends


SECRET = "kind: Secret\ndata:\n  password: {}\n"


@pytest.mark.parametrize(
    ("expression", "function"),
    [
        ("{{ randAlphaNum 20 | b64enc }}", "randAlphaNum"),
        ('{{ include "web.password" . | b64enc }}', "randAlpha"),
        ("{{ $drawn | quote }}", "uuidv4"),
    ],
)
def test_a_line_draws_itself_or_through_what_it_names(expression: str, function: str) -> None:
    files = {
        "templates/_helpers.tpl": '{{- define "web.password" -}}\n{{ randAlpha 8 }}\n{{- end -}}\n',
        "templates/secret.yaml": "{{ $drawn := uuidv4 }}\n---\n" + SECRET.format(expression),
    }
    (line,) = lines_of(files, "Secret", "password")
    assert line.function == function
    assert line.place == "templates/secret.yaml:5"


def test_a_line_that_takes_a_value_draws_nothing() -> None:
    files = {"templates/secret.yaml": SECRET.format("{{ .Values.password }}")}
    assert [line.function for line in lines_of(files, "Secret", "password")] == [""]
    assert list(lines_of(files, "ConfigMap", "password")) == []


def test_a_value_that_repeats_what_a_lookup_finds_is_left_out() -> None:
    files = {"templates/secret.yaml": SECRET.format('{{ (lookup "v1" "Secret" "shop" "db").data.password }}')}
    assert list(lines_of(files, "Secret", "password")) == []
