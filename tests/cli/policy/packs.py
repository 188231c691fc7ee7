"""Small policy files."""

from __future__ import annotations

import json


def pack(rows: list[dict[str, object]]) -> str:
    """A policy file of base rows that ask for a channel."""
    fields = [{"name": "channel", "kind": "choice", "title": "渠道", "title_en": "Channel"}]
    rules = [{"kind": "base", "title": "规则", "title_en": "Rule", **row} for row in rows]
    head = {
        "format": 1,
        "key": "mine",
        "version": 1,
        "title": "我的",
        "title_en": "Mine",
        "triage_below": 0.5,
    }
    # JSON is YAML.
    return json.dumps({**head, "lexicon": [], "fields": fields, "rules": rules}, ensure_ascii=False)


def row(rule: str, priority: int, channel: str, lead: str) -> dict[str, object]:
    asked = [{"field": "channel", "operator": "equals", "values": [channel]}]
    return {"id": rule, "priority": priority, "conditions": asked, "outcome": {"lead": lead}}
