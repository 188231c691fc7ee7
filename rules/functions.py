"""What a pack may name where no database says so: the functions (职能) and the conference domains of the
reference data. What is published is checked against the city's own."""

from __future__ import annotations

FUNCTIONS = frozenset(
    {
        "ecology",
        "urban_management",
        "agriculture",
        "transport",
        "port",
        "development_reform",
        "public_security",
        "water",
        "housing_construction",
        "natural_resources",
        "market_regulation",
        "town_government",
        "other",
    }
)
"""`other` stands for matters outside the environment; it only ever leads a list of triage candidates."""

CONFERENCE_DOMAINS = frozenset(
    {
        "environment",
        "enterprise_restructuring",
        "land",
        "demolition",
        "litigation",
        "medical",
        "labour",
        "public_services",
    }
)
"""Domains that have a standing joint conference (联席会议)."""
