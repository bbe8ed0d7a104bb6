"""Keeps findings, messages and where a watcher stands, in SQLite or PostgreSQL, behind `ports.watching.Store`.

Border: SQL and nothing else; what a look means for findings is decided in core/history.
"""
