"""Which versions of Argo CD the comparison is checked against."""

from __future__ import annotations

import pytest

from whydrift.core.model.versions import calibrated, not_calibrated


@pytest.mark.parametrize("version", ["v3.0.0", "3.5.1", "v3.5.1+8a5a3f2.dirty", "v3.6.0-rc2", "v3.0"])
def test_is_calibrated(version: str) -> None:
    assert calibrated(version)


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ("v2.14.21+abc", "not calibrated for 2.x"),
        ("v1.8.7", "not calibrated for 1.x"),
        ("v3.7.0", "not calibrated for 3.7"),
        ("v3.10.0", "not calibrated for 3.10"),
        ("v4.0.0", "not calibrated for 4.0"),
        ("", "does not say its version"),
        ("latest", "does not say its version"),
    ],
)
def test_is_not_calibrated(version: str, says: str) -> None:
    assert not calibrated(version)
    assert says in not_calibrated(version)
