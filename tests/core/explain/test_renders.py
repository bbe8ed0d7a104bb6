"""What looks drawn at random."""

from __future__ import annotations

import pytest

from whydrift.core.explain.renders import looks_drawn


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-04-04 UTC 21:31:24", "2026-04-16 UTC 21:10:43"),
        ("OrYFK", "VzKuZ"),
        ("0fd9373e-f925-4a96-acf1-0378ca5305ed", "808c3894-6c56-4c87-8448-16170687d85a"),
        ("[security]\nsecret_key = 9fQ2mZ7LxT\n", "[security]\nsecret_key = b4Kp8RwYc1\n"),
        ("1700000000", "1700000123"),
    ],
)
def test_times_ids_and_random_words_look_drawn(one: str, other: str) -> None:
    assert looks_drawn(one, other)
    assert looks_drawn(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2", "5"),
        ("info", "debug"),
        ("512Mi", "1024Mi"),
        ("maxRetries: 3", "maxReplicas: 3"),
        ("registry.example.com/web:1.2.3", "registry.example.com/web:1.2.4"),
        (f"web@sha256:{'a1' * 32}", f"web@sha256:{'b2' * 32}"),
        ("same9Word", "same9Word"),
    ],
)
def test_settings_versions_and_images_do_not(one: str, other: str) -> None:
    assert not looks_drawn(one, other)
