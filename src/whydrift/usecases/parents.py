"""Finds what writes an Application: its parent, or the parent of its ApplicationSet, with the files in git."""

from __future__ import annotations

from dataclasses import replace

from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import FLEET, RENDERED_FROM
from whydrift.core.model.fleet import OWN_CLUSTER, Claim
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import items, text
from whydrift.core.remedy.places.above import SET, Holder
from whydrift.errors import SourceError
from whydrift.ports import NotRead
from whydrift.usecases.decode import decode_object
from whydrift.usecases.facts import FactReader, application_question

GROUP = "argoproj.io"


async def holder_of(reader: FactReader, application: Application) -> Holder | None:
    """What renders the Application out of git; None where nothing does, or nothing of it can be read."""
    key = written_as(application)
    fleet = reader.facts(application, key).maybe(FLEET)
    claims = fleet.holders(OWN_CLUSTER, key, application.instance) if fleet is not None else ()
    for claim in claims:
        parent = None if claim.leftover else await _read(reader, application, claim)
        if parent is None:
            continue
        await reader.read([(parent, key, RENDERED_FROM)])
        git = reader.facts(parent, key).maybe(RENDERED_FROM)
        if git is not None:
            return Holder(parent, git, key)
    return None


def written_as(application: Application) -> ObjectKey:
    """The object of git that the Application comes from: itself, or the ApplicationSet that owns it."""
    for owner in items(application.raw, "metadata", "ownerReferences"):
        if text(owner, "kind") == SET:
            return ObjectKey(GROUP, SET, application.namespace, text(owner, "name"))
    return ObjectKey(GROUP, "Application", application.namespace, application.name)


async def _read(reader: FactReader, child: Application, claim: Claim) -> Application | None:
    """The Application that a claim names, of the same Argo CD as its child; None where it cannot be read."""
    home = {"controllerNamespace": text(child.raw, "status", "controllerNamespace")}
    named = Application({"metadata": {"name": claim.application, "namespace": claim.namespace}, "status": {**home}})
    reply = await reader.source.ask(application_question(replace(named, instance=reader.instance), ""))
    if isinstance(reply, NotRead):
        return None
    try:
        return Application(decode_object(reply.content, f"application {claim.application}"), reader.instance)
    except SourceError:
        return None
