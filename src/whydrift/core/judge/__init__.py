"""Judges: what a sync would do now, and whether it loses anything that somebody wants.

Predicts each object from the way it is applied (never from the difference alone), and joins what would change with
the causes that were found. Its border: it reads no fact that it is not given, and offers no remedy.
"""
