"""What should be done about a difference, cause by cause: the table "Remedy" of decisions.md, one module a group.

Each function takes a case and gives a choice; `core.remedy.choice` knows which function belongs to which cause.
"""
