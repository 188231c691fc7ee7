"""Global ids."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.identity import (
    NOBODY,
    GlobalId,
    global_id,
    key_of,
    read_global_id,
    uuid_of,
    uuid_or_nobody,
)

words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40)


@given(st.sampled_from(["Dispute", "Region", "PolicyRule"]), words)
def test_an_id_says_what_it_stands_for(type_name: str, key: str) -> None:
    assert read_global_id(global_id(type_name, key)) == GlobalId(type_name, key)


@given(st.text(max_size=60))
def test_whatever_is_read_was_written_so(text: str) -> None:
    found = read_global_id(text)
    assert found is None or global_id(found.type, found.key) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "Dispute:1",
        "RGlzcHV0ZQ",
        "RGlzcHV0ZTo=",
        "RGlzcHV0ZTp4=",
        "RGlzcHV0ZTp5 ",
        "_" * 401,
        "\ud800",
        global_id("Dispute", "a\x00b"),
        global_id("Dispute", "a\nb"),
    ],
)
def test_malformed_ids_stand_for_nothing(text: str) -> None:
    assert read_global_id(text) is None


def test_an_id_of_another_type_has_no_key() -> None:
    assert key_of(global_id("Region", "990100"), "Region") == "990100"
    assert key_of(global_id("Region", "990100"), "Dispute") is None


def test_only_the_usual_spelling_of_a_uuid_counts() -> None:
    key = uuid4()
    assert uuid_of(global_id("Dispute", key), "Dispute") == key
    for spelling in (key.hex, str(key).upper(), f"{{{key}}}", f"urn:uuid:{key}", "", "1"):
        assert uuid_of(global_id("Dispute", spelling), "Dispute") is None


def test_a_wrong_id_is_nobodys() -> None:
    assert uuid_or_nobody("x", "Dispute") == NOBODY == UUID(int=0)
