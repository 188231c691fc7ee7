"""Visitors who are turned away."""

from __future__ import annotations


class Turned(Exception):
    """The page that was asked for cannot be shown: an HTTP status, and what to tell the visitor."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
