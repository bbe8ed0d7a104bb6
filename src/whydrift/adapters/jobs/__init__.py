"""Jobs in PostgreSQL: procrastinate's tables and functions, in a schema of their own beside the store.

Its worker is not used: a look is run by the same hands whether its errand came from here or from this process.
"""
