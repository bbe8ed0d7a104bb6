"""The alerts and the dashboard speak of metrics that the page really has."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.from_yaml import from_yaml
from whydrift.core.model.finding import ApplicationName
from whydrift.ports.watching import Known
from whydrift.web.metrics import fields, looks

ROOT = Path(__file__).parents[2] / "deploy"
NAMED = re.compile(r"\bwhydrift_[a-z_]+\b")
BRACES = re.compile(r"(whydrift_[a-z_]+)\{([^}]*)\}")
LABEL = re.compile(r"([a-z_]+)(?:=~|!=|=)")


def _measured() -> dict[str, set[str]]:
    """Every family with its labels."""
    app = ApplicationName("", "argocd", "shop")
    known = Known(app, "2026-01-01T00:00:00Z", "", "", "", "Synced", "", "", "", "", "", True, {}, "")
    families = [fields([]), *looks([known], "2026-01-01T00:00:00Z")]
    found = {family.name: {label for sample in family.samples for label in sample.labels} for family in families}
    return found | {"whydrift_open_findings": {"argocd", "app_namespace", "application", "cause", "side", "severity"}}


def test_every_metric_that_is_asked_for_exists_with_its_labels() -> None:
    rules = from_yaml((ROOT / "chart" / "whydrift" / "files" / "alerts.yaml").read_text())
    board = json.loads((ROOT / "grafana" / "whydrift.json").read_text())
    asked = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    asked += [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked += [one["query"]["query"] for one in board["templating"]["list"] if one["type"] == "query"]
    measured = _measured()
    assert {name for expr in asked for name in NAMED.findall(expr)} == set(measured)
    for expr in asked:
        for name, labels in BRACES.findall(expr):
            assert set(LABEL.findall(labels)) <= measured[name], expr


def test_no_two_panels_lie_on_each_other() -> None:
    board = json.loads((ROOT / "grafana" / "whydrift.json").read_text())
    places = [panel["gridPos"] for panel in board["panels"]]
    taken = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(taken) == len(set(taken))
    assert all(p["x"] + p["w"] <= 24 for p in places)
