"""`python -m tests.hurried …`: whydrift whose patience is a tenth, so that seconds outlast what a minute would.

WHYDRIFT_PACE says how much of it instead; 1 is whydrift as it is. Workers that it starts are hurried like itself.
"""

from __future__ import annotations

import os

from whydrift.adapters import postgresql
from whydrift.usecases import deliver
from whydrift.usecases.watch import taking, working

PACE = float(os.environ.get("WHYDRIFT_PACE", "0.1"))
SHORTEST_CONNECT = 2
"""Seconds to connect: libpq takes no less."""
OUTAGE = max(working.LONGEST_WAIT, postgresql.SILENCE + 2 * postgresql.REACH["connect_timeout"]) * PACE * 1.2 + 1
"""Seconds that are longer than anything is waited for at a time, hurried like this."""


def hurry() -> None:
    """Shorten every wait that an outage of the database may meet."""
    reach = max(round(postgresql.REACH["connect_timeout"] * PACE), SHORTEST_CONNECT)
    postgresql.REACH = {**postgresql.REACH, "connect_timeout": reach}
    postgresql.SILENCE *= PACE
    from whydrift.adapters.jobs import queue

    queue.FREE, queue.RECONNECT = queue.FREE * PACE, queue.RECONNECT * PACE
    deliver.AFTER_ERROR *= PACE
    working.FIRST_WAIT, working.LONGEST_WAIT = working.FIRST_WAIT * PACE, working.LONGEST_WAIT * PACE
    taking.HEARTBEAT *= PACE


if __name__ in ("__main__", "__mp_main__"):  # the latter: a worker that it started
    hurry()
if __name__ == "__main__":
    from whydrift.__main__ import main

    main()
