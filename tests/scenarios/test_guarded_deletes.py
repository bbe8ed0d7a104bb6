"""What a plan deletes, in which order, and what it leaves: as real servers proved it (corpus, `guarded_delete`)."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from tests.faces.command import inside

SHARED = Path(os.environ.get("WHYDRIFT_SHARED") or Path(__file__).parents[3] / "shared")
RECORDED = sorted(SHARED.glob("corpus/scenarios/*/scenario.yaml"))
LEFT = ("ask", "annotate")
"""Steps that leave an object where it is: somebody decides, or it is marked as one that stays."""
LABELLED = [path.parent for path in RECORDED if "guarded_delete:" in path.read_text()]


@pytest.mark.skipif(not LABELLED, reason="the corpus is not on this machine")
@pytest.mark.parametrize("folder", LABELLED, ids=lambda folder: folder.name)
def test_only_what_may_go_is_deleted_and_dependents_go_first(folder: Path) -> None:
    """The objects of the delete step are those of the label, in its order; what is in use is asked about, or marked."""
    label = yaml.safe_load((folder / "scenario.yaml").read_text())["expect"]["guarded_delete"]
    plan = json.loads(inside("plan", "--from", folder, "--hidden", "-o", "json").out)
    deleted = [item["id"] for step in plan["steps"] if step["kind"] == "delete" for item in step["objects"]]
    assert deleted == (label.get("order") or [])
    asked = {field["object"] for step in plan["steps"] if step["kind"] in LEFT for field in step["fields"]}
    assert {row["object"] for row in label.get("in_use") or []} <= asked
