"""Exec plugins of a kubeconfig: the official client runs them; what goes wrong is said without what they printed."""

from __future__ import annotations

import subprocess
from typing import cast

from whydrift.adapters.http.words import one_line
from whydrift.adapters.kubernetes.access import NoAccess
from whydrift.core.model.values import Json, JsonObject, is_object, text

VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
"""The versions of ExecCredential (Kubernetes documentation, "client-go credential plugins")."""


def run_plugin(stated: JsonObject, folder: str, cluster: JsonObject) -> JsonObject:
    """The status of the ExecCredential that a plugin answers: a token, or certificate and key. NoAccess otherwise."""
    command = one_line(text(stated, "command"), ())
    if text(stated, "apiVersion") not in VERSIONS:
        raise NoAccess(f"the exec plugin {command} speaks neither v1 nor v1beta1 of {VERSIONS[0][:-3]}: update it")
    status = _run(command, stated, folder, cluster)
    if not is_object(status) or not (text(status, "token") or text(status, "clientCertificateData")):
        raise NoAccess(_failed(command, ""))
    return status


def _run(command: str, stated: JsonObject, folder: str, cluster: JsonObject) -> Json:
    from kubernetes.config.config_exception import ConfigException
    from kubernetes.config.exec_provider import ExecProvider
    from kubernetes.config.kube_config import ConfigNode

    node, about = ConfigNode("exec", stated), ConfigNode("cluster", dict(cluster))  # type: ignore[no-untyped-call]  # untyped library
    try:
        status = ExecProvider(node, folder, about).run()  # type: ignore[no-untyped-call]  # as above
    except FileNotFoundError as error:
        hint = one_line(text(stated, "installHint"), ())
        raise NoAccess(f"the exec plugin {command} is not installed{f': {hint}' if hint else ''}") from error
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise NoAccess(f"the exec plugin {command} cannot be run ({reason})") from error
    except (ConfigException, KeyError, TypeError, ValueError) as error:
        raise NoAccess(_failed(command, str(error))) from None  # the cause quotes what the plugin printed
    return cast(Json, status)  # decoded JSON


def _failed(command: str, said: str) -> str:
    """The client's message goes on with what the plugin printed, which may be a token: only its beginning is told."""
    code = said.removeprefix("exec: process returned ").partition(".")[0]
    if said.startswith("exec: process returned ") and code.lstrip("-").isdigit():
        return f"the exec plugin {command} failed (exit code {code}): any kubectl command shows why"
    return f"the exec plugin {command} did not answer with credentials: does kubectl work?"
