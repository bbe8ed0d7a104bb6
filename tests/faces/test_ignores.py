"""`whydrift ignores` as people and pipelines run it."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import pytest

from tests.faces.command import inside
from tests.fleet_builder import MANAGED, App, Fleet, changed, clean, config_map, deployment
from whydrift.core.model.values import Json, JsonObject, items, text

REPLICAS: JsonObject = {"group": "apps", "kind": "Deployment", "jsonPointers": ["/spec/replicas"]}


def ruled(*rules: Json, live: JsonObject | None = None, shown: bool = False) -> App:
    """An application that Argo CD calls Synced because of its rules (or OutOfSync, where they miss: `shown`)."""
    target = deployment()
    app = App("shop", [(target, live or target)], spec={"ignoreDifferences": list(rules)})
    return app if shown or live is None else _Synced(app.name, app.pairs, spec=app.spec)


class _Synced(App):
    """Argo CD's two sides are equal: both are git's."""

    def resource(self) -> JsonObject:
        """Synced in its rows too."""
        made = App(self.name, [(target, target) for target, _ in self.pairs], spec=self.spec)
        return made.resource()

    def managed(self) -> JsonObject:
        """The raw sides differ, the compared ones do not."""
        found = deepcopy(super().managed())
        rows = found["items"]
        assert isinstance(rows, list)
        for row in rows:
            assert isinstance(row, dict)
            row["normalizedLiveState"] = row["predictedLiveState"]
        return found


def by_hand(replicas: int) -> JsonObject:
    """A Deployment that kubectl scaled."""
    live = deployment(replicas=replicas)
    entry: Json = {
        "manager": "kubectl",
        "operation": "Update",
        "subresource": "scale",
        "fieldsV1": {"f:spec": {"f:replicas": {}}},
    }
    return changed(live, "metadata", {"name": "web", "namespace": "shop", "managedFields": [entry]})


def test_a_change_under_a_rule_is_told_and_ends_with_1(tmp_path: Path) -> None:
    """What is hidden, by whom, between which values."""
    said = inside("ignores", "--from", Fleet([ruled(REPLICAS, live=by_hand(5))]).folder(tmp_path))
    assert said.code == 1, said
    assert "hides-change" in said.out and "git 3, live 5" in said.out and "kubectl" in said.out


def test_a_rule_that_misses_is_told_with_the_one_that_was_meant(tmp_path: Path) -> None:
    """`group: ""` for a Deployment."""
    wrong: JsonObject = {**REPLICAS, "group": ""}
    said = inside("ignores", "--from", Fleet([ruled(wrong, live=by_hand(5), shown=True)]).folder(tmp_path))
    assert said.code == 1
    lines = [line.strip() for line in said.out.splitlines()]
    assert "probably meant:" in lines
    assert lines[lines.index("probably meant:") + 1 :][:4] == [
        "- group: apps",
        "kind: Deployment",
        "jsonPointers:",
        '- "/spec/replicas"',
    ]


def test_nothing_wrong_is_0_and_no_rule_at_all_says_so(tmp_path: Path) -> None:
    """Equal sides under a rule; a fleet without rules."""
    said = inside("ignores", "--from", Fleet([ruled(REPLICAS)]).folder(tmp_path / "a"))
    assert said.code == 0 and "hides nothing today" in said.out
    said = inside("ignores", "--from", Fleet([clean()]).folder(tmp_path / "b"))
    assert said.code == 0 and "no ignore rule anywhere" in said.out


def test_what_could_not_be_read_is_3_and_first(tmp_path: Path) -> None:
    """A refused application is no clean one."""
    refused: dict[str, bytes | Json] = {
        MANAGED.format(name="shop"): None,
        f"{MANAGED.format(name='shop')}.403": {"error": "no", "code": 7},
    }
    said = inside("ignores", "--from", Fleet([ruled(REPLICAS)], refused).folder(tmp_path))
    assert said.code == 3 and "NOT READ" in said.out and "NOT read completely" in said.out


def test_fail_on_decides_the_exit_code(tmp_path: Path) -> None:
    """Another fault counts, or none."""
    folder = Fleet([ruled(REPLICAS, live=by_hand(5))]).folder(tmp_path)
    assert inside("ignores", "--from", folder, "--fail-on", "matches-nothing").code == 0
    assert inside("ignores", "--from", folder, "--fail-on", "").code == 0
    assert inside("ignores", "none-such", "--from", folder).code == 2


@pytest.mark.parametrize("output", ["json", "md", "tsv", "html", "sarif", "junit"])
def test_every_format_tells_the_change(tmp_path: Path, output: str) -> None:
    """One answer, in the words of whoever reads it."""
    said = inside("ignores", "--from", Fleet([ruled(REPLICAS, live=by_hand(5))]).folder(tmp_path), "-o", output)
    assert said.code == 1 and "hides-change" in said.out and not said.err


def test_the_json_is_a_document_of_its_own(tmp_path: Path) -> None:
    """Its schema is named; the part says what it hides, with proof."""
    said = inside("ignores", "--from", Fleet([ruled(REPLICAS, live=by_hand(5))]).folder(tmp_path), "-o", "json")
    answer: Json = json.loads(said.out)
    assert text(answer, "schema") == "whydrift.ignores/1"
    (part,) = items(answer, "rules")
    (hidden,) = items(part, "hides")
    assert isinstance(hidden, dict)
    assert (hidden["path"], hidden["target"], hidden["live"]) == ("/spec/replicas", 3, 5)
    assert (hidden["verdict"], hidden["proven"]) == ("change", True)


def test_rules_of_the_settings_are_added_up(tmp_path: Path) -> None:
    """One part for the fleet; it is judged where the whole fleet is looked at."""
    settings: JsonObject = {
        "trackingMethod": "annotation",
        "resourceOverrides": {"ConfigMap": {"ignoreDifferences": "jsonPointers:\n- /data/a\n"}},
    }
    fleet = Fleet(
        [App("one", [(config_map(a="1"), config_map(a="1"))]), App("two", [(deployment(), deployment())])],
        {"argocd/api/v1/settings.json": settings},
    )
    said = inside("ignores", "--from", fleet.folder(tmp_path))
    assert said.code == 0 and "argocd-cm ConfigMap" in said.out
    said = inside("ignores", "two", "--from", fleet.folder(tmp_path))
    assert said.code == 0 and "matches-nothing" not in said.out
