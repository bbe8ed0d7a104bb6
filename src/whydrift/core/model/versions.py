"""Which versions of Argo CD whydrift's comparison was checked against."""

from __future__ import annotations

import re

Release = tuple[int, int]
"""Major and minor of Argo CD's version: rules of the comparison changed between them."""
FIRST, LAST = (3, 0), (3, 6)
_VERSION = re.compile(r"v?(\d+)\.(\d+)")


def release(version: str) -> Release | None:
    """Major and minor of Argo CD's own version text ("v3.5.1+8a5a3f2"); None where it states none."""
    found = _VERSION.match(version)
    return (int(found[1]), int(found[2])) if found else None


def calibrated(version: str) -> bool:
    """Whether whydrift's comparison is checked against this version of Argo CD."""
    stated = release(version)
    return stated is not None and FIRST <= stated <= LAST


def not_calibrated_release(stated: Release) -> str:
    """What to say of a release that whydrift's comparison was not checked against."""
    line = f"{stated[0]}.x" if stated[0] < FIRST[0] else f"{stated[0]}.{stated[1]}"
    return f"not calibrated for {line} (3.0 to 3.6 are)"


def not_calibrated(version: str) -> str:
    """What to say of a version that `calibrated` refuses."""
    stated = release(version)
    if stated is None:
        return "Argo CD does not say its version: not calibrated"
    return f"Argo CD {version}: {not_calibrated_release(stated)}"
