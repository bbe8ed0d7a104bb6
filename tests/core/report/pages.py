"""Looks at an HTML page as a browser would: its tags, attributes and text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "br", "hr", "img", "input", "link"})


@dataclass
class Page(HTMLParser):
    """A parsed page; `open_` is empty where all tags were closed in their order."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open_: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open_.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost tag, which must be this one."""
        if not self.open_ or self.open_.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Note text, that of style sheets apart."""
        (self.styles if self.open_[-1:] == ["style"] else self.text).append(data)

    def names(self) -> set[str]:
        """The tags that it is made of."""
        return {tag for tag, _ in self.tags}

    def values(self, attribute: str) -> list[str]:
        """All values of one attribute."""
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]


def parsed(document: str) -> Page:
    """A page out of its text."""
    page = Page()
    page.feed(document)
    page.close()
    return page
