"""Laws of the rules: what is granted is what was asked for, and never a Secret."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from whydrift.core.model.checkup import Lack
from whydrift.core.model.values import Json, items, text
from whydrift.core.rbac import Grant, Subject, grants_of, manifests, policy, subject
from whydrift.errors import UsageError

WORDS = st.sampled_from(["pods", "secrets", "yes", "null", "a: b", "x.example.com", "", '"', "on", "1e3"])
NAMES = WORDS.filter(bool)
GRANTS = st.builds(
    Grant,
    st.sampled_from(["get", "list"]),
    st.sampled_from(["", "apps", "no"]),
    NAMES,
    WORDS,
    st.one_of(st.just(""), NAMES),
)
JO = Subject("User", "jo")


def granted(text_: str) -> Iterator[Grant]:
    """The permissions that a YAML text grants."""
    for manifest in yaml.safe_load_all(text_):
        namespace = text(manifest, "metadata", "namespace")
        for rule in items(manifest, "rules"):
            for group in items(rule, "apiGroups"):
                for resource in items(rule, "resources"):
                    for verb in items(rule, "verbs"):
                        for name in items(rule, "resourceNames") or [""]:
                            yield Grant(str(verb), str(group), str(resource), namespace, str(name))


@given(st.lists(GRANTS, max_size=8))
def test_grants_what_was_asked_for_and_never_a_secret(grants: list[Grant]) -> None:
    wanted = {grant for grant in grants if (grant.group, grant.resource) != ("", "secrets")}
    assert set(granted(manifests(grants, JO))) == wanted


@given(st.lists(GRANTS, min_size=1, max_size=8))
def test_binds_every_role_to_the_subject(grants: list[Grant]) -> None:
    found: list[Json] = list(yaml.safe_load_all(manifests(grants, JO)))
    for role, binding in zip(found[::2], found[1::2], strict=True):
        assert text(binding, "kind") == f"{text(role, 'kind')}Binding"
        assert text(binding, "roleRef", "name") == text(role, "metadata", "name")
        assert text(binding, "metadata", "namespace") == text(role, "metadata", "namespace")
        assert items(binding, "subjects") == [{"kind": "User", "name": "jo", "apiGroup": "rbac.authorization.k8s.io"}]


def test_fills_a_lack_where_it_is() -> None:
    lack = Lack(verb="list", resource="pods", namespaces=("a", "b"))
    assert grants_of([lack]) == [Grant("list", "", "pods", "a"), Grant("list", "", "pods", "b")]
    assert grants_of([Lack(verb="get", resource="configmaps", names=("x",))]) == [
        Grant("get", "", "configmaps", "", "x")
    ]


@pytest.mark.parametrize("stated", ["", "jo", "user:", "serviceaccount:x", "serviceaccount:/x", "robot:jo", "user"])
def test_refuses_subjects_that_are_none(stated: str) -> None:
    with pytest.raises(UsageError):
        subject(stated)


def test_writes_argo_cds_policy() -> None:
    assert policy(subject("group:ops"), ["logs"]) == [
        "p, role:whydrift, logs, get, */*, allow",
        "g, ops, role:whydrift",
    ]
