"""Secrets in templates: an expression that says where a secret comes from is no secret, a text that it spells out is."""

from __future__ import annotations

import pytest

from whydrift.core.model.secrets import MARK, Masker

MASKER = Masker(b"a key of this run")


@pytest.mark.parametrize(
    "line",
    [
        "password: {{ randAlphaNum 20 | b64enc }}",
        '  admin-password: "{{ .Values.auth.password }}"',
        "  token: {{ .Values.token | default (randAlphaNum 24) | quote }}",
        'password: {{ include "web.password" . }}',
    ],
)
def test_an_expression_is_kept(line: str) -> None:
    assert MASKER.text(line) == line


@pytest.mark.parametrize(
    "line",
    [
        'password: {{ "hunter2" | b64enc }}',
        'password: {{ .Values.password | default "hunter2" }}',
        "password: {{ .Values.prefix }}hunter2",
        'password: "hunter2"',
    ],
)
def test_what_a_line_spells_out_is_masked(line: str) -> None:
    shown = MASKER.text(line)
    assert MARK in shown
    assert "hunter2" not in shown
