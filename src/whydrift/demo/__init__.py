"""The recorded fleet that ships with the package: 52 applications, 20 OutOfSync for seven reasons, one crash loop."""

from __future__ import annotations

from pathlib import Path

FLEET = Path(__file__).parent / "fleet.zip"
"""A recording, as `whydrift record` writes it: every command takes it as `--from demo`."""
