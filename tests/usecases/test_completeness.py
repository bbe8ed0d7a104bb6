"""Whether all Applications are visible: what Argo CD's can-i says of */* and of *, as its own roles and policies do."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.fleet_builder import Fleet, scaled

from whydrift.adapters.files.recording import Recording
from whydrift.usecases.fleet import list_applications

GET = "argocd/api/v1/account/can-i/applications/get"


@pytest.mark.parametrize(
    ("every_project", "everything", "complete"),
    [
        # measured with Argo CD 3.5.1: role:admin and role:readonly state */*, and `can-i get applications *` says no
        pytest.param("yes", "no", True, id="the built-in roles"),
        pytest.param("yes", "yes", True, id="a policy for *"),
        pytest.param("no", "no", False, id="one project"),
        pytest.param("{", "no", False, id="malformed"),
        pytest.param("", "yes", True, id="a recording of the second question only"),
        pytest.param("", "", False, id="not recorded"),
    ],
)
def test_every_application_is_visible(every_project: str, everything: str, complete: bool, tmp_path: Path) -> None:
    stated = {f"{GET}/%2A/%2A.json": every_project, f"{GET}/%2A.json": everything}
    folder = Fleet([scaled()]).folder(tmp_path / "fleet")
    for name, value in stated.items():
        (folder / name).unlink(missing_ok=True)
        if value:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(value if value == "{" else json.dumps({"value": value}))
    listing = asyncio.run(list_applications(Recording(folder), ""))
    assert [gap.what for gap in listing.gaps] == ([] if complete else ["other projects not visible"])
