"""What an apply remembers on disk: the journal of what it did, and the dumps of what it is about to delete.

Border: files below one folder, synced to the disk before anything relies on them; knows nothing of steps.
"""

from whydrift.adapters.journal.dumps import FileDumps
from whydrift.adapters.journal.file import FileJournal

__all__ = ["FileDumps", "FileJournal"]
