"""Visitors who are turned away."""

from __future__ import annotations

from collections.abc import Mapping

from wording.catalogue import Language, say


class Turned(Exception):
    """The page that was asked for cannot be shown: an HTTP status, what to tell the visitor, and headers that
    tell the browser."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}


def too_many(language: Language, seconds: int) -> Turned:
    """Whoever asks too often, with the seconds until they may ask again."""
    message = say("console.too_many", language, seconds=seconds)
    return Turned(429, message, {"retry-after": str(seconds)})
