"""A process that records looks until it is killed: `… writer URL FIRST STEP LOOKS [BYTES]`.

After each look that was kept it prints its number; for a store that failed it prints the error and ends. BYTES is how
large a file may get, as on a disk that is full.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.looks import at, field, look

from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.finding import Found
from whydrift.errors import StoreError

FIELDS = 12


def there(number: int) -> list[Found]:
    """What look NUMBER finds: what is there in even looks only, and one field that no other look finds."""
    comes_and_goes = [field(f"/spec/field/{place}") for place in range(FIELDS)] if number % 2 == 0 else []
    return [*comes_and_goes, field(f"/spec/only/{number}")]


def main(words: Sequence[str]) -> int:
    """Record, until somebody ends it."""
    url, first, step, looks, *size = words
    store = SqlStore(url, Path("/nonexistent"))
    if size:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(size[0]), int(size[0])))
    try:
        for number in range(int(first), int(looks), int(step)):
            store.record(look(there(number), at(number)))
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
    except StoreError as error:
        sys.stdout.write(f"{error}\n")
        return 2
    store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
