"""Groups of words put together into one lexicon."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.lexicon import Term, TermKind
from rules.lexicon_file import LexiconFiles
from rules.yaml_source import read_yaml

HIDES = "  - {kind: ignore, words: 环保局}\n"
MARKS = "  - {kind: history, marks: [office], words: 环保局}\n"
VOTES = "  - {kind: premises, sector: industry, marks: [works], words: 环保局}\n"


def term(path: Path, groups: str) -> Term:
    file = path / "words.yaml"
    file.write_text(f"groups:\n{groups}", encoding="utf-8")
    files = LexiconFiles()
    files.add(read_yaml(file))
    assert not files.flaws
    (found,) = files.lexicon().terms
    return found


@pytest.mark.parametrize("groups", [HIDES + MARKS, MARKS + HIDES])
def test_a_word_that_one_group_hides_keeps_its_marks(groups: str, tmp_path: Path) -> None:
    found = term(tmp_path, groups)
    assert (found.kind, found.marks) == (TermKind.HISTORY, ("office",))


@pytest.mark.parametrize("groups", [MARKS + VOTES, VOTES + MARKS, HIDES + VOTES + MARKS])
def test_the_kind_is_of_the_group_that_votes(groups: str, tmp_path: Path) -> None:
    found = term(tmp_path, groups)
    assert (found.kind, found.sector) == (TermKind.PREMISES, "industry")
    assert set(found.marks) == {"office", "works"}
