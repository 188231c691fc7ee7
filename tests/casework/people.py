"""People of the tests, each in one part that holds everywhere."""

from __future__ import annotations

from casework.actor import Actor

CLERK = Actor.of("clerk-a", "clerk")
LEAD = Actor.of("officer-a", "unit_lead")
OFFICE = Actor.of("office-a", "conference_office")
EDITOR = Actor.of("editor-a", "rule_editor")
APPROVER = Actor.of("chief-b", "rule_approver")
