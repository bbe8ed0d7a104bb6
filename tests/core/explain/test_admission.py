"""Which objects a selector takes, as the API server's own label selectors do; what is not known stays unknown."""

from __future__ import annotations

import pytest

from whydrift.core.explain.admission import selected
from whydrift.core.model.values import JsonObject

LABELS = {"app": "web", "team": "shop"}
IN: JsonObject = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "api"]}]}
ABSENT_KEY: JsonObject = {"matchExpressions": [{"key": "gone", "operator": "DoesNotExist"}]}
NOT_IN: JsonObject = {"matchExpressions": [{"key": "gone", "operator": "NotIn", "values": ["x"]}]}
EXISTS: JsonObject = {"matchExpressions": [{"key": "gone", "operator": "Exists"}]}


@pytest.mark.parametrize(
    ("selector", "complete", "incomplete"),
    [
        ({}, True, True),
        ({"matchLabels": {"app": "web"}}, True, True),
        ({"matchLabels": {"app": "api"}}, False, False),
        (IN, True, True),
        (ABSENT_KEY, True, None),
        (NOT_IN, True, None),
        (EXISTS, False, None),
        ({**EXISTS, "matchLabels": {"app": "api"}}, False, False),
    ],
)
def test_a_selector_takes(selector: JsonObject, complete: bool, incomplete: bool | None) -> None:
    assert selected(selector, LABELS, complete=True) is complete
    assert selected(selector, LABELS, complete=False) is incomplete
