"""An Application that another one may make, with a rule for it."""

from __future__ import annotations

from whydrift.core.model.application import Application
from whydrift.core.model.values import JsonObject

PARAMETERS = ("spec", "source", "helm", "parameters")
RULE: JsonObject = {"group": "apps", "kind": "Deployment", "name": "web", "jsonPointers": ["/spec/replicas"]}
CHILD = Application(
    {
        "metadata": {
            "name": "shop",
            "namespace": "argocd",
            "resourceVersion": "7",
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"},
        },
        "spec": {
            "source": {"repoURL": "charts", "path": "shop", "helm": {"parameters": [{"name": "size", "value": "3"}]}},
            "syncPolicy": {"syncOptions": ["CreateNamespace=true"]},
        },
        "status": {"sync": {"status": "OutOfSync"}},
    }
)
