"""Which versions of Argo CD whydrift's comparison was checked against, and from which of them on a rule holds."""

from __future__ import annotations

import re
from dataclasses import dataclass

Release = tuple[int, int, int]
"""Major, minor and patch of Argo CD's version: rules of the comparison changed between them, also between patches."""
FIRST, LAST = (3, 0, 0), (3, 6, 1)
MEASURED = (3, 5, 1)
"""What is taken where Argo CD does not say its version: most of what whydrift knows was measured with it."""
_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Since:
    """From which release on a rule holds: the first of each line (major and minor) that was given it, in their order.

    A fix is given to older lines too, there from a later patch on; a line that is not named follows the newest one.
    """

    starts: tuple[Release, ...]

    def holds(self, release: Release) -> bool:
        """Whether a release has the rule."""
        own = [start for start in self.starts if start[:2] == release[:2]]
        return release >= (own or self.starts)[-1]


def release(version: str) -> Release | None:
    """Major, minor and patch of Argo CD's own version text ("v3.5.1+8a5a3f2"); None where it states none."""
    found = _VERSION.match(version)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def assumed(version: str | None) -> Release:
    """The release that a version text states; the one that was measured where it states none, or was not read."""
    return release(version or "") or MEASURED


def calibrated(version: str) -> bool:
    """Whether whydrift's comparison is checked against the line of this version of Argo CD."""
    stated = release(version)
    return stated is not None and FIRST[:2] <= stated[:2] <= LAST[:2]


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
