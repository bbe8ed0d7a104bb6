"""What went wrong, in one line each: transport errors and error bodies → words, without a secret in them."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from whydrift.adapters.http.endpoint import Advice, Endpoint

if TYPE_CHECKING:
    import httpx2

LONGEST = 240


class Again(StrEnum):
    """When asking again makes sense: never, once the server was met (it may be restarting), or always."""

    NEVER = "never"
    WHEN_MET = "when met"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Lost:
    """No complete answer: why, for people, and when to ask again. `refused`: nobody listens there, for the moment."""

    why: str
    again: Again = Again.NEVER
    refused: bool = False


def lost(error: Exception, endpoint: Endpoint) -> Lost:
    """A transport error in words that say what to try."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError) and not _is_end(cause):
            return Lost(f"TLS: {_tls(cause, endpoint)}")
        if isinstance(cause, socket.gaierror):
            again = Again.WHEN_MET if cause.errno == socket.EAI_AGAIN else Again.NEVER
            return Lost(f"{endpoint.nearest} is not known (DNS): a typing error, or a VPN that is off?", again)
        if isinstance(cause, ConnectionRefusedError):
            why = f"{endpoint.nearest} refuses connections: is it running, is the port right?"
            return Lost(why, Again.WHEN_MET, refused=True)
    return _transport(error, endpoint)


def _is_end(error: ssl.SSLError) -> bool:
    """Whether the other side just went away, which says nothing about TLS unless it happens while that is agreed."""
    return isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)) or not error.reason


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and everything that it comes from; groups included."""
    waiting, seen = [error], set[int]()
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions
        waiting += [chained for chained in (cause.__cause__, cause.__context__) if chained is not None]


VERIFY_EXPIRED, VERIFY_NOT_YET = 10, 9  # X509_V_ERR_* of OpenSSL, x509_vfy.h
VERIFY_WRONG_NAME = (62, 64)


def _tls(error: ssl.SSLError, endpoint: Endpoint) -> str:
    advice = endpoint.advice
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code == VERIFY_EXPIRED:
            return f"the certificate of {endpoint.host} has expired: renew it on the server"
        if error.verify_code == VERIFY_NOT_YET:
            return f"the certificate of {endpoint.host} is not valid yet: is a clock wrong?"
        if error.verify_code in VERIFY_WRONG_NAME:
            return f"the certificate is not for {endpoint.host}: {advice.wrong_name}"
        return f"the certificate of {endpoint.host} comes from a CA that is not known here: {advice.unknown_authority}"
    reason = error.reason or ""
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"):
        return f"{endpoint.host} does not speak TLS: {advice.not_tls}"
    if "CERTIFICATE_REQUIRED" in reason or "BAD_CERTIFICATE" in reason or "HANDSHAKE_FAILURE" in reason:
        return f"{endpoint.host} asks for a client certificate, or takes another one: {advice.client_certificate}"
    said = reason.replace("_", " ").lower()
    return f"{endpoint.host} broke off ({said}): {_mute(advice)}"


def _transport(error: Exception, endpoint: Endpoint) -> Lost:
    import httpx2

    host = endpoint.host
    match error:
        case httpx2.ConnectTimeout():
            why = f"no connection to {endpoint.nearest} in time: a firewall, a VPN that is off, a proxy?"
            return Lost(why, Again.WHEN_MET)
        case httpx2.TimeoutException():
            return Lost(f"{host} did not answer in time")
        case TimeoutError():
            return Lost(f"{host} did not finish its answer in time")
        case httpx2.ProxyError():
            said = one_line(str(error), endpoint.secrets)
            hint = "USER:PASSWORD@ in HTTPS_PROXY" if said.startswith("407") else "NO_PROXY?"
            return Lost(f"the proxy does not let us through to {host} ({said}): {hint}")
        case httpx2.RemoteProtocolError():
            return _protocol(error, endpoint)
        case httpx2.DecodingError():
            return Lost(f"{host}: the compressed answer is damaged", Again.ALWAYS)
        case httpx2.ConnectError():
            return _no_connection(error, endpoint)
        case _:
            return Lost(f"the connection to {host} broke off", Again.ALWAYS)


def _no_connection(error: Exception, endpoint: Endpoint) -> Lost:
    if endpoint.url.startswith("https:") and _went_away(error):
        return Lost(f"TLS: {endpoint.host} broke off at once: {_mute(endpoint.advice)}", Again.WHEN_MET)
    return Lost(f"no connection to {endpoint.nearest} ({_reason(error)})", Again.WHEN_MET)


def _went_away(error: BaseException) -> bool:
    gone = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, ssl.SSLError)
    return any(isinstance(cause, gone) for cause in _causes(error))


def _mute(advice: Advice) -> str:
    """What may help where a server does not say what it dislikes about TLS: Argo CD's, without TLS, hangs up."""
    return (
        f"if it does not speak TLS, {advice.not_tls}; if it asks for a client certificate, {advice.client_certificate}"
    )


def _protocol(error: httpx2.RemoteProtocolError, endpoint: Endpoint) -> Lost:
    said = str(error)
    if "illegal" in said:  # bytes of HTTP/2 or TLS where a status line belongs
        return Lost(f"{endpoint.host} does not speak HTTP/1.1: {endpoint.advice.not_http}")
    if "complete" in said:
        return Lost(f"{endpoint.host}: the answer was cut off", Again.ALWAYS)
    hint = f": {endpoint.advice.not_plain}?" if endpoint.url.startswith("http:") else ""
    return Lost(f"{endpoint.host} closed the connection without an answer{hint}", Again.ALWAYS)


def _reason(error: BaseException) -> str:
    named = [cause.strerror for cause in _causes(error) if isinstance(cause, OSError) and cause.strerror]
    return named[-1] if named else type(error).__name__


def error_body(content: bytes, content_type: str, secrets: Sequence[str]) -> str:
    """What an error's body says, in one line: the message of Argo CD's and Kubernetes' errors, else its first line."""
    if is_html(content, content_type):
        return "an HTML page"
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        said = None
    message = said.get("message") or said.get("error") if isinstance(said, dict) else None
    text = message if isinstance(message, str) else content[:2000].decode("utf-8", "replace")
    return one_line(text, secrets)


def is_html(content: bytes, content_type: str) -> bool:
    """Whether an answer is a page for people."""
    return "html" in content_type.lower() or content[:200].lstrip().lower().startswith((b"<!doctype", b"<html"))


def one_line(text: str, secrets: Sequence[str], longest: int = LONGEST) -> str:
    """A foreign text as one printable line of bounded length; secrets go before anything is cut."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "[hidden]")
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return line if len(line) <= longest else f"{line[:longest]} …"
