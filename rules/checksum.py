"""What a policy's document adds up to: equal sums, equal policies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Checksums:
    """SHA-256 in hexadecimal: of the canonical document without its number, and of terms and readings."""

    whole: str
    lexicon: str


def checksums(document: Mapping[str, Any]) -> Checksums:
    """What a document adds up to. Takes a second for fifty thousand rules."""
    said = {name: value for name, value in document.items() if name not in ("version", "format")}
    return Checksums(_digest(said), _digest([document["terms"], document["readings"]]))


def _digest(said: object) -> str:
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
