"""What tools print → manifests: what helm writes around a document counts for nothing, and is not read for it twice."""

from __future__ import annotations

import pytest

from whydrift.adapters.render.manifests import yaml_manifests
from whydrift.core.remedy.text import reading

WEB = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: b\n"


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
@pytest.mark.parametrize(
    "last",
    ["  text: |+\n    x\n", "  text: |2+\n      x\n", "  text: >+\n    x\n", "  text: |\n    x\n", "  text: x\n", ""],
)
def test_what_helm_writes_above_a_document_counts_for_nothing(last: str, end: str) -> None:
    """Neither do the line breaks below, but for a text that keeps them."""
    plain, printed = f"---\n{WEB}{last}{end}", f"---\n# Source: shop/templates/web.yaml\n{WEB}{last}{end}"
    assert yaml_manifests(printed.encode(), "it") == yaml_manifests(plain.encode(), "it")


@pytest.mark.parametrize("above", ["", "# a comment\n", "# Source of all: x\n"])
def test_a_document_that_a_template_was_seen_to_print_is_not_read_again(
    above: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Charts bring definitions of hundreds of kilobytes: in search of places their text was read before."""
    text = f"{above}{WEB}  once: {above!r}\n"
    [document] = reading.documents(text)
    read: list[str] = []

    def noted(content: str) -> tuple[()]:
        read.append(content)
        return ()

    monkeypatch.setattr(reading, "_read", noted)
    output = f"---\n# Source: shop/templates/web.yaml\n{text}\n".encode()
    assert yaml_manifests(output, "it") == (document.value,)
    assert not read
