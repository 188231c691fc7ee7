"""The body of a delivery: a CloudEvents 1.0 event in structured mode."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

import orjson

from db.feed import Message
from rules.personal_data import masked_text

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


def envelope(message: Message) -> bytes:
    """The event of a message, the same in every attempt. The data hold codes and numbers; words of a person
    among them get stars for personal data."""
    event = {
        "specversion": "1.0",
        "id": str(message.id),
        "source": f"/lianxi/{message.city}",
        "type": message.type,
        "subject": message.subject,
        "time": message.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": _without_personal_data(message.data),
    }
    return orjson.dumps(event)


def _without_personal_data(data: Mapping[str, Any]) -> dict[str, Any]:
    said = data.get("reason")
    return {**data, "reason": masked_text(said)} if isinstance(said, str) else dict(data)
