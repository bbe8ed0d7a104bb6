"""What is said to people is one line, whatever stands in it."""

from __future__ import annotations

import pytest

from whydrift.core.report.words import plain


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\n\tb\r", "a: 1\\n\\tb\\r"),
        ("\x1b[31mred\x07", "\\u001b[31mred\\u0007"),
        ("\u202egnp.exe\ud800", "\\u202egnp.exe\\ud800"),
        ("grün ✓", "grün ✓"),
    ],
    ids=["ends of lines", "escapes", "directions and halves", "letters"],
)
def test_control_characters_are_spelled_out_and_never_sent(text: str, says: str) -> None:
    assert plain(text) == says
