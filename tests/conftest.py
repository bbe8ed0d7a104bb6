"""How laws are tried: the same examples in every run, without a deadline; WHYDRIFT_EXPLORE=1 looks for new ones.

The server of `tests/postgres.py` is everybody's.
"""

from __future__ import annotations

import os

from hypothesis import settings

from tests.postgres import postgres

__all__ = ["postgres"]

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("explore" if os.environ.get("WHYDRIFT_EXPLORE") else "steady")
