"""Answers → text, JSON, Markdown, TSV. Strings out of values, still pure; nothing here decides anything."""
