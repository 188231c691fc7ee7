"""Terms that run out: units are warned while there is still time."""

from __future__ import annotations

NEAR = "objection_deadline_near"
"""The event that warns a unit: soon it can no longer object to leading a dispute."""
