"""The JSON API: the answer of `whydrift -o json` and the history, as documents with a schema."""
