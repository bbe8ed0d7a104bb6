"""TLS settings → an SSL context that trusts what Go's clients would trust, too."""

from __future__ import annotations

import ssl
import tempfile

from whydrift.adapters.http.endpoint import Tls
from whydrift.errors import SourceError


def ssl_context(tls: Tls) -> ssl.SSLContext:
    """The context for one endpoint. SourceError where a certificate or key is no PEM."""
    import httpx2

    context = httpx2.create_ssl_context(verify=not tls.insecure)
    # Go accepts a server certificate as its own anchor, and certificates without key identifiers (Argo CD makes such).
    context.verify_flags = (context.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN) & ~ssl.VERIFY_X509_STRICT
    try:
        if tls.authorities:
            context.load_verify_locations(cadata=tls.authorities)
    except (ssl.SSLError, ValueError) as error:
        raise SourceError("the CA certificate is not a PEM certificate") from error
    if tls.certificate:
        _load_client_certificate(context, tls)
    return context


def _load_client_certificate(context: ssl.SSLContext, tls: Tls) -> None:
    # OpenSSL's Python binding reads key pairs from files only; the file is ours alone and gone at once.
    with tempfile.NamedTemporaryFile("w", prefix="whydrift-", suffix=".pem") as both:
        both.write(f"{tls.certificate}\n{tls.key}\n")
        both.flush()
        try:
            context.load_cert_chain(both.name, password=lambda: "")  # never ask on the terminal
        except (ssl.SSLError, ValueError) as error:
            raise SourceError(
                "the client certificate and its key cannot be used (not PEM, encrypted, no pair)"
            ) from error
