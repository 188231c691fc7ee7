"""Which of the two media types of GraphQL over HTTP to answer with."""

from __future__ import annotations

from server.faults import GRAPHQL_RESPONSE, JSON
from server.language import quality

OFFERED = {
    GRAPHQL_RESPONSE: GRAPHQL_RESPONSE,
    JSON: JSON,
    # Clients that ask for nothing in particular are mostly older than the newer type.
    "application/*": JSON,
    "*/*": JSON,
}


def media_type(accept: str | None) -> str | None:
    """The media type that an Accept header prefers, JSON when it has no wish, None when it takes neither."""
    if accept is None or not accept.strip():
        return JSON
    best: str | None = None
    weight = 0.0
    for entry in accept.split(","):
        name, _, parameters = entry.partition(";")
        preference = quality(parameters)
        offered = OFFERED.get(name.strip().lower())
        if offered and preference > weight:
            best, weight = offered, preference
    return best
