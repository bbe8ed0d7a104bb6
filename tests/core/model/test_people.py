"""Whose name is whose: the most specific pattern counts, the user's own lists come first, nothing is guessed."""

from __future__ import annotations

import pytest

from whydrift.core.model.people import People, Writer


@pytest.mark.parametrize(
    ("manager", "writer"),
    [
        ("kubectl-edit", Writer.PERSON),
        ("argocd-server", Writer.PERSON),
        ("node-fetch", Writer.LIBRARY),
        ("OpenAPI-Generator", Writer.LIBRARY),
        ("argocd-controller", Writer.ARGOCD),
        ("keel", Writer.IMAGE_UPDATER),
        ("jenkins", Writer.PIPELINE),
        ("jenkins-operator", Writer.CONTROLLER),
        ("kustomize-controller", Writer.PIPELINE),
        ("source-controller", Writer.CONTROLLER),
        ("azure-pipelines", Writer.PIPELINE),
        ("azure-disk", Writer.CONTROLLER),
        ("openshift-console", Writer.PERSON),
        ("openshift-controller-manager", Writer.CONTROLLER),
        ("release-manager", Writer.UNKNOWN),
        ("", Writer.UNKNOWN),
    ],
)
def test_built_in_names(manager: str, writer: Writer) -> None:
    assert People().writer(manager) is writer


def test_the_users_own_lists_come_first() -> None:
    own = People(controllers=("kubectl-*",), people=("release-manager",), pipelines=("keel",))
    assert own.writer("kubectl-edit") is Writer.CONTROLLER
    assert own.writer("release-manager") is Writer.PERSON
    assert own.writer("keel") is Writer.PIPELINE
    assert own.writer("k9s") is Writer.PERSON
