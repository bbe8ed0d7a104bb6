"""Reads git repositories through the git CLI: local checkouts, bundles, bare partial clones in a cache; never writes.

Nothing that a repository holds is executed: no hooks, no filters, no work tree, no shell.
"""
