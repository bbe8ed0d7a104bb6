"""Where the reader says that the parts of a list stand: where libyaml's own scanner sees them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import yaml

from whydrift.core.remedy.text import reading
from whydrift.core.remedy.text.nodes import Entries, Items, Node
from whydrift.core.remedy.text.reading import documents

LISTS = {
    "one after the other": "- a\n- b: c\n  d: e\n- 'f'\n",
    "holds nothing": "a:\n-\n- # nothing\n- b\n-",
    "comment that ends in a dash": "- # one-\n  # - two -\n  a\n-   # - three\n\n  b: [c]\n",
    "lists in lists": "- - a\n  - - b\n-\n  - c\n  -\n    - d\n",
    "anchors and tags": "- &a\n  - b\n- !!str c\n- *a\n- ? - d\n  : - e\n",
    "dashes in texts": "- |\n  - a\n  -\n- >-\n  b - c\n- 'd -\n\n  - e'\n",
    "byte order mark": "\ufeff- a\n- b\n",
}


def _dashes(node: Node) -> Iterator[int]:
    if isinstance(node, Items):
        yield from node.dashes
    parts = node.items if isinstance(node, Items) else ()
    pairs = node.pairs if isinstance(node, Entries) else ()
    for part in (*parts, *(part for pair in pairs for part in pair)):
        yield from _dashes(part)


@pytest.mark.parametrize("content", LISTS.values(), ids=LISTS)
def test_finds_the_dashes_that_the_scanner_sees(content: str) -> None:
    """Also where comments stand between a dash and what it begins."""
    scanned = [
        token.start_mark.index
        for token in yaml.scan(content, Loader=yaml.SafeLoader)
        if isinstance(token, yaml.BlockEntryToken) and token.start_mark is not None
    ]
    root = documents(content)[0].root
    assert root is not None
    assert sorted(_dashes(root)) == scanned


def test_texts_that_threads_read_at_once_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted twice they would never leave the count: in the end nothing was remembered, then nothing was read."""
    together = Barrier(4)

    def slowly(content: str) -> tuple[()]:
        together.wait(60)
        return ()

    monkeypatch.setattr(reading, "_read", slowly)
    monkeypatch.setattr(reading, "MOST_REMEMBERED", 10)
    remembered = reading._Remembered()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(remembered.of, ["a: text"] * 4))
    monkeypatch.setattr(reading, "_read", lambda content: ())
    remembered.of("b: 1")
    assert list(remembered._known) == ["b: 1"]
    remembered.of("c: 1")
    assert list(remembered._known) == ["b: 1", "c: 1"]
