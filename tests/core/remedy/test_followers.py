"""Differences that go with another one: they stand in its step, and are never done by themselves."""

from __future__ import annotations

from tests.core.remedy.offered import REPLICAS, adopted, application, deployment, item, offer
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Choice, Field, RemedyKind
from whydrift.core.model.values import ABSENT, JsonObject
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.steps import steps

WEB = ObjectKey("apps", "Deployment", "shop", "web")
CONFIG = ObjectKey("", "ConfigMap", "shop", "web")
HASH = ("metadata", "annotations", "checksum/config")
SHADOW = Choice(RemedyKind.NOTHING, "it is the shadow of spec.replicas, and goes with it", follows=Field(WEB, REPLICAS))


def of_hash(kind: RemedyKind) -> Offer:
    """A Deployment's hash of a ConfigMap about which something is done."""
    choice = Choice(kind, "it is a hash of ConfigMap web, and goes with what is done there", follows=Field(CONFIG, ()))
    return offer(choice, paths=(HASH,), cause="checksum-follows-config")


def test_a_shadow_stands_in_the_step_of_what_it_follows() -> None:
    """The edit itself is about the other field alone."""
    (step,) = steps([adopted(), offer(SHADOW, paths=(("metadata", "generation"),), cause="generation-follows-change")])
    assert [(field.path, field.cause) for field in step.fields] == [
        ("/spec/replicas", "person-edits-live"),
        ("/metadata/generation", "generation-follows-change"),
    ]
    assert step.title == "adopt spec.replicas of Deployment/web in argocd/shop"
    assert step.causes == ("person-edits-live",)


def test_what_follows_a_delete_is_not_deleted() -> None:
    """Its own object stays."""
    stale: JsonObject = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web", "namespace": "shop"}}
    left = offer(Choice(RemedyKind.GUARDED_DELETE, "nobody uses it"), held=item(ABSENT, stale, CONFIG), paths=((),))
    (step,) = steps([left, of_hash(RemedyKind.GUARDED_DELETE)])
    assert [each.id for each in step.objects] == [CONFIG.id]
    assert not any("deployment.apps web" in command for command in step.commands)


def test_without_what_it_follows_it_is_no_step() -> None:
    """Filtered out by a cause, say."""
    assert steps([of_hash(RemedyKind.GUARDED_DELETE)]) == ()


def test_another_application_has_nothing_to_do_with_it() -> None:
    """Even if its objects have the same names."""
    (step,) = steps([adopted(), offer(SHADOW, of=application("other"), paths=(HASH,))])
    assert [field.path for field in step.fields] == ["/spec/replicas"]


def test_a_sync_is_asked_for_each_object() -> None:
    """One of the ConfigMap alone would leave the pods with the old hash."""
    synced = offer(Choice(RemedyKind.SYNC, "git moved"), held=item(deployment(), deployment(5), CONFIG))
    (step,) = steps([synced, of_hash(RemedyKind.SYNC)])
    assert {each.id for each in step.objects} == {CONFIG.id, WEB.id}
