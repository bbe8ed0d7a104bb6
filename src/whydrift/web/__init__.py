"""The page and its API: thin views over stored answers and findings; read only, no analysis."""
