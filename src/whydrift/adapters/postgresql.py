"""Connections to PostgreSQL that no server can hold for ever: one that accepts and never answers is given up.

A limit of the server's own (statement_timeout) does not help where the server itself stands still, nor does TCP where
its kernel still acknowledges: a frozen process, a proxy with nobody behind it. The store and the jobs share this.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from psycopg import AsyncConnection, Connection, OperationalError
from psycopg.pq import TransactionStatus

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGconn

RV = TypeVar("RV")
Row = TypeVar("Row", covariant=True)
STATEMENT, LOCK = 30, 15
"""Seconds after which the server itself gives up a statement, or its wait for a lock."""
IDLE = 30
"""Seconds after which it gives up a transaction of a process that stands still, with the locks that it holds."""
SILENCE = 40.0
"""Seconds without a byte of a server that was asked something: longer than it may take for any statement."""
REACH: Mapping[str, Any] = {
    "connect_timeout": 10,
    "tcp_user_timeout": 30_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
}
"""How long to wait for a machine that does not answer, in libpq's words: for a connection, and for any sign of life."""


class PatientConnection(Connection[Row]):
    """A connection that waits for an answer for so long, and no longer."""

    def wait(self, gen: PQGen[RV], *args: Any, **kwargs: Any) -> RV:
        """What an exchange gives. OperationalError where the server keeps silent in it."""
        return super().wait(_limited(gen, self.pgconn), *args, **kwargs)


class PatientAsyncConnection(AsyncConnection[Row]):
    """The same, for who waits for other things besides."""

    async def wait(self, gen: PQGen[RV], *args: Any, **kwargs: Any) -> RV:
        """What an exchange gives. OperationalError where the server keeps silent in it."""
        return await super().wait(_limited(gen, self.pgconn), *args, **kwargs)


def _limited(exchange: PQGen[RV], connection: PGconn) -> Generator[Any, Any, RV]:
    """An exchange that ends, and its connection with it, when nothing was heard for SILENCE.

    It is woken ten times a second where nothing comes. Who only listens asked nothing, and is not ACTIVE.
    """
    heard = monotonic()
    ready: Any = None
    try:
        while True:
            wants = exchange.send(ready)
            ready = yield wants
            if ready:
                heard = monotonic()
            elif connection.transaction_status == TransactionStatus.ACTIVE and monotonic() - heard > SILENCE:
                connection.finish()
                raise OperationalError(f"the server takes connections, and says nothing for {SILENCE:.0f} s")
    except StopIteration as end:
        result: RV = end.value
        return result
