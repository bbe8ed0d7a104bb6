"""Argo CD's own comparison, done again: pure, and held to what Argo CD's code answers (tests/vectors.py).

`objects` compares one object, `applications` a whole application, on the `terms` that the application and the
`settings` of its Argo CD set. The steps are modules of their own: `targets`, `namespaces` and `pairing` find what
stands against what; `tracking`, `ignore` and `known_types` take away what does not count; `typed`, `merge` and
`structured` are the engines; `masks` hides Secrets. `differences` and `alignment` then say where two sides differ.
Not here: health, and what needs a server; the answer to a dry run and jq are handed in.
"""
