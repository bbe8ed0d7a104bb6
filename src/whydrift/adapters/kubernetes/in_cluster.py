"""The cluster that whydrift itself runs in, with the service account of its pod."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from whydrift.adapters.http.endpoint import Endpoint, Tls
from whydrift.adapters.kubernetes.access import NoAccess, endpoint
from whydrift.errors import SourceError

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class InCluster:
    """`access.Configuration` out of a pod's environment and its mounted service account."""

    label = "this pod's service account"
    renews = "was the pod's service account deleted?"

    def __init__(self, environ: Mapping[str, str], folder: Path = SERVICE_ACCOUNT) -> None:
        self._environ = environ
        self._folder = folder
        self._server = ""

    def load(self) -> None:
        """Check that this is a pod. SourceError where it is none."""
        self._server, _, _ = self._read()

    def _read(self) -> tuple[str, str, str]:
        """Server, Authorization header and CA file, as the official client finds them."""
        from kubernetes.client import Configuration
        from kubernetes.config.config_exception import ConfigException
        from kubernetes.config.incluster_config import InClusterConfigLoader

        files = str(self._folder / "token"), str(self._folder / "ca.crt")
        loaded = Configuration()
        try:
            InClusterConfigLoader(*files, environ=self._environ).load_and_set(loaded)  # type: ignore[no-untyped-call]  # untyped library
        except (ConfigException, OSError) as error:
            raise SourceError(f"--in-cluster: {str(error).rstrip('.')}: is this a pod?") from error
        token = str(loaded.api_key["BearerToken"]).partition(" ")[2].strip()  # "bearer …", in small letters
        return str(loaded.host), f"Bearer {token}", str(loaded.ssl_ca_cert)

    def servers(self) -> Mapping[str, str]:
        """The one API server."""
        return {"": self._server}

    def namespace(self) -> str:
        """The pod's own namespace."""
        try:
            return (self._folder / "namespace").read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def endpoint(self, context: str) -> Endpoint:
        """The API server with the token as it is mounted now: the kubelet renews the file."""
        try:
            server, authorization, authorities = self._read()
            tls = Tls(authorities=Path(authorities).read_text("ascii"))
        except (SourceError, OSError, UnicodeDecodeError) as error:
            raise NoAccess(str(error)) from error
        return endpoint(server, tls, authorization, self._environ)
