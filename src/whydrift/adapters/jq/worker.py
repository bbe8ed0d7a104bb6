"""The worker: compiles jq programs and runs them, one request and one reply a line, until its input ends.

A request is `[program]` (compile it) or `[program, document as JSON text]` (run it); a reply is `["ok", result as JSON
text]` or `["error", why]`. jq sees no environment variable: gojq sees none either, and a rule shall read no secrets.
"""

from __future__ import annotations

import json
import os
import sys
from typing import IO, Any


def serve(requests: IO[str], replies: IO[str]) -> None:
    """Answer requests until there are no more."""
    os.environ.clear()
    import jq  # after the environment is gone

    programs: dict[str, Any] = {}
    for line in requests:
        program, *document = json.loads(line)
        try:
            if program not in programs:
                programs[program] = jq.compile(program)
            result = programs[program].input_text(document[0]).text() if document else "compiled"
            reply = ["ok", result] if result else ["error", "the program gave no result"]
        except ValueError as error:  # the binding's only error, for syntax and for run time
            reply = ["error", str(error)]
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
