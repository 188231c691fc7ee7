"""What a document adds up to is the SHA-256 of its canonical JSON, however it is written in pieces."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.checksum import checksums, lexicon_checksum

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
ROWS = st.lists(PLAIN, max_size=4)


def digest(said: object) -> str:
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _storable(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


@given(
    st.dictionaries(st.text(), PLAIN, max_size=4).filter(_storable),
    ROWS.filter(_storable),
    ROWS.filter(_storable),
)
def test_pieces_add_up_to_the_whole(rest: dict[str, Any], terms: list[Any], readings: list[Any]) -> None:
    document = {**rest, "terms": terms, "readings": readings, "version": 3, "format": 1}
    found = checksums(document)
    assert found.lexicon == lexicon_checksum(terms, readings) == digest([terms, readings])
    apart = ("version", "format", "terms", "readings")
    said = {name: value for name, value in document.items() if name not in apart}
    assert found.whole == digest({**said, "lexicon": found.lexicon})


def test_every_part_counts() -> None:
    document: dict[str, Any] = {"key": "a", "terms": [], "readings": []}
    changes: tuple[dict[str, Any], ...] = (
        {"key": "b"},
        {"terms": [{"text": "x"}]},
        {"readings": [{"id": "x"}]},
        {"rules": []},
    )
    sums = {checksums({**document, **change}).whole for change in ({}, *changes)}
    assert len(sums) == 1 + len(changes)


def test_the_number_of_a_version_does_not_count() -> None:
    document = {"key": "a", "terms": [], "readings": []}
    assert checksums({**document, "version": 1}) == checksums({**document, "version": 2})
