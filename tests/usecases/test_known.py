"""What is known of an object: what its surroundings share and what is its own, of this moment."""

from __future__ import annotations

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import DEFINITION, NAMESPACE, RESOURCE_TREE, SETTINGS, WEBHOOKS
from whydrift.core.model.facts import Gap, Per
from whydrift.core.model.objects import ObjectKey
from whydrift.usecases.known import Known, scope_of

SHOP, OTHER = (
    Application(
        {
            "metadata": {"name": name, "namespace": "argocd"},
            "spec": {"destination": {"server": "https://a", "namespace": "shop"}},
        }
    )
    for name in ("shop", "other")
)
WEB, API, FAR = (
    ObjectKey("apps", "Deployment", namespace, name) for namespace, name in (("", "web"), ("", "api"), ("far", "x"))
)


def test_what_is_read_later_is_known_also_where_it_was_asked_before() -> None:
    known = Known()
    assert not known.facts(SHOP, WEB).asked(SETTINGS)
    known.remember(SETTINGS, {"a": 1}, ())
    assert known.facts(SHOP, WEB).get(SETTINGS) == {"a": 1}
    known.remember(WEBHOOKS, Gap("webhooks", "403"), scope_of(Per.CLUSTER, SHOP, WEB))
    assert known.facts(SHOP, WEB).gaps[WEBHOOKS].why == "403"
    assert not known.facts(SHOP, WEB).known(WEBHOOKS)


def test_each_fact_is_known_where_it_holds_and_nowhere_else() -> None:
    known = Known()
    known.remember(DEFINITION, {"of": "web"}, scope_of(Per.OBJECT, SHOP, WEB))
    known.remember(NAMESPACE, {"of": "shop"}, scope_of(Per.NAMESPACE, SHOP, WEB))
    known.remember(RESOURCE_TREE, {"of": "shop"}, scope_of(Per.APPLICATION, SHOP, WEB))
    for _ in range(2):  # the second time of what is kept
        assert set(known.facts(SHOP, WEB).values) == {NAMESPACE, RESOURCE_TREE, DEFINITION}
        assert set(known.facts(SHOP, API).values) == {NAMESPACE, RESOURCE_TREE}
        assert set(known.facts(SHOP, FAR).values) == {RESOURCE_TREE}
        assert set(known.facts(OTHER, WEB).values) == {NAMESPACE}


def test_what_is_forgotten_is_not_known_any_more() -> None:
    known = Known()
    known.remember(DEFINITION, {"of": "web"}, scope_of(Per.OBJECT, SHOP, WEB))
    known.remember(RESOURCE_TREE, {"of": "shop"}, scope_of(Per.APPLICATION, SHOP, WEB))
    known.remember(SETTINGS, {"a": 1}, ())
    assert len(known.facts(SHOP, WEB).values) == 3
    known.forget(SHOP)
    assert set(known.facts(SHOP, WEB).values) == {SETTINGS}
