"""Newer images: what has an order, and that the order is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whydrift.core.explain.versions import is_newer

NEWER = [
    ("web:1.2.0", "web:1.2.1-hotfix"),
    ("web:1.2.0", "web:1.2.0-hotfix1"),
    ("web:1.2.0-rc.1", "web:1.2.0"),
    ("web:1.2.0-rc1", "web:1.2.0-rc2"),
    ("web:1.2.0-beta.3", "web:1.2.0-rc.1"),
    ("web:v9", "web:v10"),
    ("web:1.9", "web:1.10.1"),
    ("web:2.6.1-alpine", "web:2.7.0-alpine"),
    ("web:20261101", "web:20261122"),
    ("web:2026.11.3", "web:2026.12.0"),
    ("registry.example.com:5000/shop/web:1.0", "registry.example.com:5000/shop/web:1.1"),
    ("web:1.4.0-g1a2b3c4", "web:1.5.0-g9f8e7d6"),
    ("web:release-1.4", "web:release-1.5"),
]
NO_ORDER = [
    ("web:1.2.0", "api:1.3.0"),
    ("web:1.2.0", "registry.example.com/web:1.3.0"),
    ("web:1.2.0-alpine", "web:1.3.0-debian"),
    ("web:latest", "web:1.3.0"),
    ("web:main-1a2b3c4", "web:main-9f8e7d6"),
    ("web:1234567", "web:7654321"),
    ("web:4f2a9c1", "web:5b2a9c1"),
    ("web:1.2.0", "web:1.3.0@sha256:" + "0" * 64),
    ("web", "web:1.3.0"),
]


@pytest.mark.parametrize(("before", "after"), NEWER)
def test_a_newer_version_of_the_same_image(before: str, after: str) -> None:
    assert is_newer(after, before)
    assert not is_newer(before, after)


@pytest.mark.parametrize(("before", "after"), NO_ORDER)
def test_no_order_between_other_images_digests_and_names(before: str, after: str) -> None:
    assert not is_newer(after, before)
    assert not is_newer(before, after)


words = st.sampled_from(["", "-rc.1", "-rc2", "-hotfix", "-hotfix2", "-alpha", "-alpine", "-g1a2b3c4", "_3"])
tags = st.builds("{}.{}{}".format, st.integers(0, 30), st.integers(0, 30), words)


@given(tags, tags, tags)
def test_newer_is_an_order(a: str, b: str, c: str) -> None:
    one, two, three = (f"web:{tag}" for tag in (a, b, c))
    assert not (is_newer(one, two) and is_newer(two, one))
    if is_newer(three, two) and is_newer(two, one):
        assert is_newer(three, one)
