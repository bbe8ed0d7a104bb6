"""The Go types of Kubernetes' built-in kinds: what decoding into them, encoding again and defaulting does to an object.

Border: nothing here compares two objects; `whydrift.core.compare.merge` does. The table of types is handed in.
"""
