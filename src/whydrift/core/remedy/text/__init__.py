"""Changes YAML and JSON text so that it states what is wanted, and touches nothing else.

Its border: text in, text out. Which file and which document is the right one is `places`' matter.
"""
