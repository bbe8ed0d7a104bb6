"""Where repositories are hosted: opens pull and merge requests on GitHub and GitLab, knows the page of others.

Border: a token goes to the host that it belongs to and nowhere else; it is never in a message, an argument or a file.
"""

from whydrift.adapters.forge.forges import Forges

__all__ = ["Forges"]
