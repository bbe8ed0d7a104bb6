"""HTTP as whydrift's live adapters speak it: GET only, gentle, never half an answer, never a secret in a message.

Border: knows hosts, TLS, proxies, retries and words for what went wrong; knows nothing of Argo CD or Kubernetes. httpx2
is imported when the first request is made.
"""
