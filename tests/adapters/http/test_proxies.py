"""Which proxy a URL goes through, in the situations that golang.org/x/net/http/httpproxy documents."""

from __future__ import annotations

import pytest

from whydrift.adapters.http.proxies import proxy_for

PROXY = "http://proxy.corp:3128"


@pytest.mark.parametrize(
    ("url", "environ", "expected"),
    [
        ("https://argocd.example.com", {}, None),
        ("https://argocd.example.com", {"HTTPS_PROXY": PROXY}, PROXY),
        ("https://argocd.example.com", {"https_proxy": "proxy.corp:3128"}, PROXY),
        ("https://argocd.example.com", {"HTTP_PROXY": PROXY}, None),
        ("http://argocd.example.com", {"HTTP_PROXY": PROXY}, PROXY),
        ("https://localhost:8080", {"HTTPS_PROXY": PROXY}, None),
        ("https://127.1.2.3", {"HTTPS_PROXY": PROXY}, None),
        ("https://[::1]:8080", {"HTTPS_PROXY": PROXY}, None),
        ("https://argocd.example.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, None),
        ("https://argocd.example.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": "other.com, Example.COM"}, None),
        ("https://example.com", {"HTTPS_PROXY": PROXY, "no_proxy": "example.com"}, None),
        ("https://example.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": ".example.com"}, PROXY),
        ("https://argocd.example.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": ".example.com"}, None),
        ("https://argocd.example.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": "*.example.com"}, None),
        ("https://notexample.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": "example.com"}, PROXY),
        ("https://argocd.example.com:8443", {"HTTPS_PROXY": PROXY, "NO_PROXY": "example.com:443"}, PROXY),
        ("https://argocd.example.com", {"HTTPS_PROXY": PROXY, "NO_PROXY": "example.com:443"}, None),
        ("https://10.1.2.3", {"HTTPS_PROXY": PROXY, "NO_PROXY": "10.0.0.0/8"}, None),
        ("https://10.1.2.3", {"HTTPS_PROXY": PROXY, "NO_PROXY": "10.1.2.3"}, None),
        ("https://11.1.2.3", {"HTTPS_PROXY": PROXY, "NO_PROXY": "10.0.0.0/8"}, PROXY),
        ("https://[fd00::1]", {"HTTPS_PROXY": PROXY, "NO_PROXY": "fd00::/8"}, None),
        ("https://[fd00::1]:6443", {"HTTPS_PROXY": PROXY, "NO_PROXY": "[fd00::1]:6443"}, None),
        ("https://argocd-server.argocd.svc", {"HTTPS_PROXY": PROXY, "NO_PROXY": ".svc,.cluster.local"}, None),
    ],
)
def test_goes_through_the_proxy_that_go_would_use(url: str, environ: dict[str, str], expected: str | None) -> None:
    assert proxy_for(url, environ) == expected
