"""Which differences an accepted residual is about."""

from __future__ import annotations

import pytest

from whydrift.core.model.accepted import Accepted

WEB = "apps/Deployment/web"


def accepted(application: str) -> Accepted:
    """A residual of one object."""
    return Accepted(object=WEB, reason="r", owner="o", until="2027-01-01", since="2026-01-01", application=application)


@pytest.mark.parametrize(
    ("stated", "asked", "covered"),
    [
        ("us:argocd/shop", "us:argocd/shop", True),
        ("us:argocd/shop", "eu:argocd/shop", False),
        ("us:argocd/shop", "argocd/shop", False),
        ("argocd/shop", "argocd/shop", True),
        ("argocd/shop", "eu:argocd/shop", True),
        ("argocd/shop", "argocd/shop-2", False),
        ("", "eu:argocd/shop", True),
    ],
)
def test_an_application_of_another_instance_is_another_one(stated: str, asked: str, covered: bool) -> None:
    """What is lived with in one cluster may be an outage in the other; a file without instances means any."""
    assert accepted(stated).covers(asked, WEB, "shop", "/spec/replicas") is covered
