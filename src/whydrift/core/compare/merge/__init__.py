"""Two- and three-way comparison: the patch that Argo CD computes from last-applied, git and live, applied to live.

Built-in kinds take strategic merge patches, all others JSON merge patches. Border: re-encoding, ignore rules and the
choice of a strategy come before and elsewhere; the sides that come out are only compared by the caller.
"""
