"""What an address asks for: filters, search, page and days, out of a query that anybody may have written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from whydrift.core.model.finding import ApplicationName
from whydrift.core.report.words import CONTROL
from whydrift.web.reader import Visible

LONGEST = 200
MOST = 20
LAST_PAGE = 10_000
LONGEST_ID = 18
"""Digits: what a database takes."""
DAYS = (7, 30, 90, 365)


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that is asked for: its path and query, what the reader may see, and the time (RFC 3339)."""

    path: str
    now: str
    visible: Visible = None
    names: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def word(self, key: str, otherwise: str = "") -> str:
        """The first value of a key."""
        return next(iter(self.query.get(key, ())), otherwise)

    def words(self, key: str) -> tuple[str, ...]:
        """All values of a key that say something."""
        return tuple(value for value in self.query.get(key, ()) if value)

    @property
    def page(self) -> int:
        """Which page, from 1 on."""
        return self.number("page", 1, LAST_PAGE)

    @property
    def days(self) -> int:
        """How many days back."""
        return self.number("days", 30, DAYS[-1])

    def number(self, key: str, otherwise: int, most: int) -> int:
        """A number from 1 to `most`."""
        stated = self.word(key)
        if not (stated.isascii() and stated.isdigit()) or len(stated) > 9:
            return otherwise
        return min(max(int(stated), 1), most)

    def id(self, key: str) -> int:
        """An id that somebody was told of; 0, before all of them, where none is stated."""
        stated = self.word(key)
        return int(stated) if stated.isascii() and stated.isdigit() and len(stated) <= LONGEST_ID else 0

    def turned_to(self, **changes: str) -> str:
        """The address of the same page with other values; "" drops a key, and another page than the first is left."""
        query = {key: values for key, values in self.query.items() if key not in changes and key != "page"}
        query |= {key: (value,) for key, value in changes.items() if value}
        return self.path + encoded(query)

    @property
    def address(self) -> str:
        """This page's own address."""
        return self.path + encoded(self.query)

    @property
    def application(self) -> ApplicationName:
        """The application that the path names."""
        names = self.names
        return ApplicationName(names.get("instance", "-").removeprefix("-"), names["namespace"], names["name"])

    def sees(self, name: ApplicationName) -> bool:
        """Whether the reader may see an application."""
        return self.visible is None or name in self.visible

    def under(self, root: str) -> Asked:
        """The same below the path at which a proxy serves it."""
        return replace(self, path=root + self.path)


def cleaned(pairs: list[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """A query without control characters, shortened, each key a few times at most."""
    found: dict[str, tuple[str, ...]] = {}
    for key, value in pairs[: 10 * MOST]:
        values = found.get(key[:LONGEST], ())
        if len(values) < MOST:
            found[key[:LONGEST]] = (*values, CONTROL.sub("", value)[:LONGEST].strip())
    return found


def encoded(query: Mapping[str, tuple[str, ...]]) -> str:
    """A query string with its question mark, "" where it says nothing."""
    stated = [(key, value) for key, values in query.items() for value in values if value]
    return f"?{urlencode(stated, quote_via=quote, errors='replace')}" if stated else ""


def application_path(name: ApplicationName, below: str = "/apps") -> str:
    """Where an application's page is."""
    return f"{below}/{name.path}"
