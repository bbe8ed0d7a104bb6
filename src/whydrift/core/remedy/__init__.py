"""Verdicts → remedies: what should be done about a difference, and the edit that does it. Nothing is proven here.

`choice` decides what (design/decisions.md, Remedy), `places` finds where in git (or in the Application) it is done,
`text` changes a file so that nothing else moves. Whether it works is the word of `core.prove`.
"""
