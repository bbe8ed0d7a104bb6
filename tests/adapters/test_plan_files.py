"""Plans on disk: written whole or not at all, never over what is somebody else's, and read back the same."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from tests.core.remedy.offered import adopted, edit
from tests.core.report.test_plans import plan

from whydrift.adapters.files.plans import read_plan, write_plan
from whydrift.errors import UsageError


def files(folder: Path) -> list[str]:
    """Every file and folder below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_plan_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """And a later one with fewer patches leaves none behind."""
    made = plan(adopted(), adopted(edit(file="b.yaml"), cause="rolled-back-in-argocd"))
    assert write_plan(made, tmp_path / "new")[0].endswith("plan.json")
    assert msgspec.json.encode(read_plan(tmp_path / "new" / "plan.json")) == msgspec.json.encode(made)
    assert len(list((tmp_path / "new" / "patches").iterdir())) == 2
    write_plan(plan(adopted()), tmp_path / "new")
    assert files(tmp_path / "new") == [
        "RUNBOOK.md",
        "patches",
        "patches/0001-adopt-person-edits-live.patch",
        "plan.json",
    ]


@pytest.mark.parametrize("name", ["RUNBOOK.md", "patches"])
def test_files_of_others_stay(tmp_path: Path, name: str) -> None:
    """A runbook or patches without a plan of ours beside them."""
    (tmp_path / name).write_text("ours")
    with pytest.raises(UsageError, match="is there already"):
        write_plan(plan(adopted()), tmp_path)
    assert files(tmp_path) == [name]


def test_a_foreign_plan_json_stays(tmp_path: Path) -> None:
    """It may be anybody's."""
    (tmp_path / "plan.json").write_text("{}")
    with pytest.raises(UsageError, match="is not what"):
        write_plan(plan(adopted()), tmp_path)
    assert (tmp_path / "plan.json").read_text() == "{}"


def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does it take away the plan that is there."""
    write_plan(plan(adopted()), tmp_path)
    held = {name: (tmp_path / name).read_bytes() for name in files(tmp_path) if (tmp_path / name).is_file()}

    def full(_file: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="No space left"):
        write_plan(plan(adopted(edit(file="b.yaml"))), tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in held} == held
    assert not [name for name in files(tmp_path) if name.startswith(".plan")]


@pytest.mark.parametrize("place", ["/dev/null/x", "/proc/whydrift"])
def test_a_folder_that_takes_nothing_is_named(place: str) -> None:
    """With the system's reason."""
    with pytest.raises(UsageError, match=f"{place}: .*the plan was not written"):
        write_plan(plan(adopted()), Path(place))


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"schema":"whydrift.plan/2"}', b'{"schema":"x","steps":1}'],
)
def test_what_is_no_plan_is_refused(tmp_path: Path, content: bytes) -> None:
    """With one line that says so."""
    place = tmp_path / "plan.json"
    place.write_bytes(content)
    with pytest.raises(UsageError):
        read_plan(place)


def test_a_plan_of_a_later_version_is_refused(tmp_path: Path) -> None:
    """Its steps may mean something else."""
    later = msgspec.structs.replace(plan(adopted()), schema="whydrift.plan/2")
    (tmp_path / "plan.json").write_bytes(msgspec.json.encode(later))
    with pytest.raises(UsageError, match="make it again"):
        read_plan(tmp_path / "plan.json")


def test_a_plan_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With its path."""
    with pytest.raises(UsageError, match="No such file"):
        read_plan(tmp_path / "none.json")
