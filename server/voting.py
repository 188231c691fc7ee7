"""The statistical vote of a server: read once, when it starts."""

from __future__ import annotations

from pathlib import Path

from rules.flaws import Flaw, PackError
from rules.vote import Vote
from rules.vote_document import read_vote
from server.settings import Settings


def vote_of(settings: Settings) -> Vote | None:
    """The vote in the file of the settings; None where they name none. Raises PackError for a file of no
    use: where, and what to do."""
    path = settings.vote_model
    if not path:
        return None
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else str(error)
        raise PackError([Flaw("vote.unreadable", "", {"cause": str(cause)}, path)]) from None
    return read_vote(data, path)
