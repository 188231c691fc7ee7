"""A policy as plain data and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.document import policy_document, policy_from_document
from rules.facts_document import facts_document, facts_from_document
from rules.flaws import PackError
from rules.model import FactValue
from rules.pack import load_pack, pack_keys


@pytest.mark.parametrize("key", pack_keys())
def test_there_and_back(key: str) -> None:
    policy = load_pack(key)
    document = policy_document(policy)
    assert json.loads(json.dumps(document)) == document
    assert policy_from_document(json.loads(json.dumps(document))) == policy


VALUES = st.one_of(
    st.text(max_size=5),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.frozensets(st.text(max_size=5), max_size=4),
)


@given(st.dictionaries(st.text(min_size=1, max_size=8), VALUES, max_size=6))
def test_facts_there_and_back(facts: dict[str, FactValue]) -> None:
    stored = json.loads(json.dumps(facts_document(facts)))
    again = facts_from_document(stored)
    assert again == facts
    assert {name: type(value) for name, value in again.items()} == {
        name: type(value) for name, value in facts.items()
    }


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"rules": None}, ["pack.null_list"]),
        ({"rules": {}}, ["pack.not_a_list"]),
        ({"rules": [None]}, ["pack.not_a_mapping"]),
        ({"terms": [{"text": "工厂", "kind": "premises", "facts": [["flags"]]}]}, ["pack.not_pairs"]),
        ({"terms": [{"kind": "premises"}]}, ["pack.missing"]),
        ({"readings": [{"id": "x", "needs": "marks"}]}, ["pack.not_a_list", "pack.not_groups"]),
        ({"lexicon": []}, ["pack.unknown_key"]),
    ],
)
def test_a_document_that_is_none(change: dict[str, object], codes: list[str]) -> None:
    document = {**policy_document(load_pack("rugao-2014")), **change}
    with pytest.raises(PackError) as caught:
        policy_from_document(document)
    assert set(codes) <= {flaw.code for flaw in caught.value.flaws}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "key",
                        "rules",
                        "fields",
                        "terms",
                        "readings",
                        "id",
                        "conditions",
                        "outcome",
                        "needs",
                        "facts",
                        "legal_basis",
                        "kind",
                    ]
                ),
                inner,
            )
        ),
        max_leaves=12,
    )
)
def test_any_data_is_a_policy_or_a_list_of_flaws(data: object) -> None:
    with pytest.raises(PackError) as caught:
        policy_from_document(data)
    assert caught.value.flaws
