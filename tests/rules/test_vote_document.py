"""The file of a vote: the same vote again, and for every bad file where and what to do."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.flaws import PackError
from rules.vote import BUCKETS, Vote
from rules.vote_document import read_vote, vote_document
from tests.rules.votes import learnt, vote_for
from wording.catalogue import Language

FILE = "vote.json"
SMALL = vote_document(vote_for("油烟", "urban_management", "ecology"))
DOCUMENT: dict[str, Any] = json.loads(SMALL)


def signed(document: dict[str, Any]) -> bytes:
    """A document with the checksum of what it says."""
    said = {name: value for name, value in document.items() if name != "checksum"}
    written = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return json.dumps({**said, "checksum": hashlib.sha256(written.encode()).hexdigest()}).encode()


def flaw_of(data: bytes) -> tuple[str, str]:
    """Where the one flaw of a file is, and what is wrong."""
    with pytest.raises(PackError) as refused:
        read_vote(data, FILE)
    (flaw,) = refused.value.flaws
    for language in Language:
        assert flaw.message(language).startswith(FILE)
        assert "facts train" in flaw.message(language) or flaw.code == "vote.changed"
    return flaw.path, flaw.code


@pytest.mark.parametrize("vote", [learnt(), vote_for("猪场臭", "agriculture")], ids=["learnt", "by hand"])
def test_a_vote_comes_back_as_it_was(vote: Vote) -> None:
    data = vote_document(vote)
    assert read_vote(data, FILE) == vote
    assert vote_document(read_vote(data, FILE)) == data


def test_no_word_of_a_text_is_in_the_file() -> None:
    assert vote_document(learnt()).isascii()
    document = json.loads(vote_document(learnt()))
    assert all(isinstance(each, int) for row in document["weights"] for each in row)


BAD_BYTES = {
    "empty": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"format": "\xff"}',
    "very deep": b"[" * 100_000,
    "a long number": b'{"format": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("data", BAD_BYTES.values(), ids=BAD_BYTES)
def test_what_is_no_json_is_told(data: bytes) -> None:
    assert flaw_of(data) == ("", "vote.not_json")


@pytest.mark.parametrize("data", [b"[]", b"null", b"{}", b'{"format": "policy"}', b"NaN"])
def test_another_file_is_told(data: bytes) -> None:
    assert flaw_of(data) == ("format", "vote.another_file")


def test_a_file_that_was_changed_or_cut_is_told() -> None:
    assert flaw_of(SMALL.replace(b'"sharpness":1000', b'"sharpness":1001')) == ("checksum", "vote.changed")
    assert flaw_of(json.dumps({**DOCUMENT, "checksum": None}).encode()) == ("checksum", "vote.changed")
    assert flaw_of(SMALL[:-10]) == ("", "vote.not_json")


ROW = DOCUMENT["weights"][0]
BAD_ENTRIES: dict[str, tuple[str, Any, str]] = {
    "an unknown day": ("learnt_on", "2026-02-30", "learnt_on"),
    "a day that is none": ("learnt_on", 7, "learnt_on"),
    "no sharpness": ("sharpness", None, "sharpness"),
    "sharpness 0": ("sharpness", 0, "sharpness"),
    "true for a number": ("sharpness", True, "sharpness"),
    "half a sharpness": ("sharpness", 0.5, "sharpness"),
    "no functions": ("functions", [], "functions"),
    "functions as a word": ("functions", "ecology", "functions"),
    "a function twice": ("functions", ["ecology", "ecology"], "functions"),
    "a function without a code": ("functions", ["ecology", ""], "functions"),
    "a decision too few": ("decisions", [1], "decisions"),
    "nothing decided": ("decisions", [1, 0], "decisions.1"),
    "weights as an object": ("weights", {}, "weights"),
    "a weight too few": ("weights", [ROW[:-1]], "weights.0"),
    "a word as a weight": ("weights", [ROW, [1, "2", 3]], "weights.1"),
    "a huge weight": ("weights", [[1, 1 << 40, 0]], "weights.0"),
    "a bucket out of range": ("weights", [[BUCKETS, 0, 0]], "weights.0"),
    "a bucket twice": ("weights", [ROW, ROW], "weights.1"),
    "a row that is none": ("weights", [7], "weights.0"),
}


@pytest.mark.parametrize(("name", "value", "path"), BAD_ENTRIES.values(), ids=BAD_ENTRIES)
def test_a_value_that_no_vote_has_is_told_with_its_place(name: str, value: Any, path: str) -> None:
    assert flaw_of(signed({**DOCUMENT, name: value})) == (path, "vote.unusable")


def test_a_later_version_is_not_guessed_at() -> None:
    assert flaw_of(signed({**DOCUMENT, "version": 2})) == ("version", "vote.another_version")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(DOCUMENT)), JSON)
def test_any_value_is_read_or_refused(name: str, value: Any) -> None:
    try:
        vote = read_vote(signed({**DOCUMENT, name: value}), FILE)
    except PackError:
        return
    assert sum(vote.shares("油烟").values()) == pytest.approx(1)


@given(st.binary(max_size=40), st.integers(0, len(SMALL)))
def test_any_bytes_between_are_refused_or_mean_nothing(data: bytes, at: int) -> None:
    try:
        vote = read_vote(SMALL[:at] + data + SMALL[at:], FILE)
    except PackError:
        return
    assert vote == read_vote(SMALL, FILE)
