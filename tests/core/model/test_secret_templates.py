"""Secrets in charts: an expression says where a secret comes from and stays; a text that it spells out is masked."""

from __future__ import annotations

import pytest

from whydrift.core.model.secret_names import MARK
from whydrift.core.model.secrets import Masker

MASKER = Masker(b"a key of this run")
TEMPLATE = "kind: Secret\ndata:\n  password: {}\n"


@pytest.mark.parametrize(
    "expression", ["{{ randAlphaNum 20 | b64enc }}", '"{{ .Values.auth.password }}"', '{{ include "web.password" . }}']
)
def test_an_expression_stays(expression: str) -> None:
    assert MASKER.text(TEMPLATE.format(expression)) == TEMPLATE.format(expression)


@pytest.mark.parametrize(
    "value",
    [
        '{{ "hunter2" | b64enc }}',
        '{{ .Values.password | default "hunter2" }}',
        "{{ .Values.prefix }}hunter2",
        "hunter2",
    ],
)
def test_what_it_spells_out_is_masked(value: str) -> None:
    shown = MASKER.text(TEMPLATE.format(value))
    assert MARK in shown
    assert "hunter2" not in shown
