"""Files whose keys are none that JSON has: nobody edits them, and nothing fails on them."""

from __future__ import annotations

import pytest

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import JsonObject
from whydrift.core.remedy.choices.value_lines import line_of
from whydrift.core.remedy.places import candidates
from whydrift.core.remedy.places.helm.layers import read_values

ODD = ["{{ x }}: 1\na: 2\n", "? [a, b]\n: 1\na: 2\n", "~: 1\na: 2\n"]
SOURCE: JsonObject = {"repoURL": "r", "path": "chart", "targetRevision": "main"}
TEMPLATE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata:\n  greeting: {{ .Values.greeting }}\n"


@pytest.mark.parametrize("content", ODD, ids=["braces", "a list", "nothing"])
def test_odd_keys_are_no_values(content: str) -> None:
    """A line of another key is found beside them."""
    assert read_values(content) == {}
    assert line_of(content, ["a"]) == len(content.splitlines())


def test_a_value_in_double_braces_has_no_place_where_it_would_become_a_template() -> None:
    """As rules of Prometheus and workflows state them: printed as it is, it is no text any more."""
    files = {
        "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
        "chart/values.yaml": "greeting: hello\n",
        "chart/templates/config.yaml": TEMPLATE,
    }
    status: JsonObject = {"sourceType": "Helm", "sync": {"comparedTo": {"source": SOURCE}}}
    application = Application({"metadata": {"name": "shop"}, "spec": {"source": SOURCE}, "status": status})
    git = GitFiles(files, ("chart",), (Tree("r", "r1", "chart", files),))
    target: JsonObject = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shop"}}
    target["data"] = {"greeting": "hello"}
    change = Change(("data", "greeting"), "{{ $labels.pod }}")
    found = list(candidates(application, git, ObjectKey("", "ConfigMap", "", "shop"), target, [change]))
    assert all("{{ $labels.pod }}" not in edit.after or edit.guess for edit in found)
