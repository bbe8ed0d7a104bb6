"""A small Argo CD with its cluster, kept in memory and served over HTTP: what is written to it is there afterwards.

It keeps what `apply` relies on: resourceVersions, uids, preconditions, dry runs, finalizers, JSON patches with tests,
operations with their `info`. The contract in tests/adapters/contracts/test_writes.py holds for it and for real servers.
"""
