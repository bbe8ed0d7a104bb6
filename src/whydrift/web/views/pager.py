"""Pages of a list: which one is shown, and the addresses of its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from whydrift.web.asked import Asked

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pager:
    """`total` rows, `size` a page."""

    asked: Asked
    total: int
    size: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // self.size))

    @property
    def page(self) -> int:
        """The number of the page that is shown."""
        return min(self.asked.page, self.last)

    @property
    def offset(self) -> int:
        """Rows before the page."""
        return (self.page - 1) * self.size

    @property
    def to(self) -> int:
        """Rows up to the end of the page."""
        return min(self.offset + self.size, self.total)

    @property
    def before(self) -> str:
        """The address of the page before; "" where there is none."""
        return self.asked.turned_to(page=str(self.page - 1)) if self.page > 1 else ""

    @property
    def after(self) -> str:
        """The address of the next page; "" where there is none."""
        return self.asked.turned_to(page=str(self.page + 1)) if self.page < self.last else ""

    def of(self, rows: Sequence[T]) -> Sequence[T]:
        """The rows of the page, out of all."""
        return rows[self.offset : self.to]
