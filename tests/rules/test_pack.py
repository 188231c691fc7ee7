"""Loading packs: what is read, and what is said about everything that cannot be."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml

from rules.flaws import PackError
from rules.functions import CONFERENCE_DOMAINS, FUNCTIONS
from rules.model import RuleKind
from rules.pack import load_pack, pack_fields, pack_keys
from tests.shipped import shipped_policy
from wording.catalogue import Language, messages

HEAD = """\
format: 1
key: small
version: 3
title: 小规则集
title_en: Small
triage_below: 0.4
lexicon: [words]
fields:
  - {name: region, kind: choices, title: 区划, title_en: Region}
  - {name: day, kind: number, title: 日期, title_en: Day}
rules:
"""
ROW = """\
  - id: industry
    kind: base
    priority: 10
    title: 工业
    title_en: Industry
    conditions:
      - {field: sector, operator: equals, values: [industry]}
    outcome: {lead: ecology}
"""
WORDS = """\
fields:
  - {name: sector, kind: choice, title: 类别, title_en: Sector, values: [industry, port]}
  - {name: flags, kind: choices, title: 标记, title_en: Flags, values: [night]}
groups:
  - kind: premises
    sector: industry
    marks: [works]
    words: 工厂 作坊
  - {kind: premises, sector: port, weight: 0.5, stems: 砂石 煤, endings: 码头 货场, facts: {flags: night}}
readings:
  - {id: both, needs: [[works], [premises, many]], sector: industry}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policy.yaml").write_text(HEAD + ROW, encoding="utf-8")
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "words.yaml").write_text(WORDS, encoding="utf-8")
    return tmp_path


def flaws(folder: Path) -> list[tuple[str, str, int | None]]:
    """Code, path and line of everything that is wrong; each can be said in both languages."""
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    for flaw in caught.value.flaws:
        zh, en = flaw.message(Language.ZH), flaw.message(Language.EN)
        assert zh != en
        assert "{" not in zh + en
    return [(flaw.code, flaw.path, flaw.line) for flaw in caught.value.flaws]


def edit(folder: Path, old: str, new: str, file: str = "policy.yaml") -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_small_pack(folder: Path) -> None:
    policy = load_pack(folder)
    assert (policy.key, policy.version, policy.triage_below) == ("small", 3, 0.4)
    assert [field.name for field in policy.fields] == ["region", "day", "sector", "flags"]
    assert [term.text for term in policy.lexicon.terms] == [
        "砂石码头",
        "砂石货场",
        "煤码头",
        "煤货场",
        "工厂",
        "作坊",
    ]
    assert policy.lexicon.terms[0].facts == (("flags", "night"),)
    assert policy.rules[0].kind is RuleKind.BASE
    assert load_pack(folder / "policy.yaml") == policy


def test_a_word_of_two_groups_has_the_facts_of_both(folder: Path) -> None:
    more = "  - {kind: context, words: 工厂, facts: {flags: night}, marks: [seen]}\nreadings:"
    edit(folder, "readings:", more, "lexicon/words.yaml")
    term = next(term for term in load_pack(folder).lexicon.terms if term.text == "工厂")
    assert (term.kind, term.sector, term.facts) == ("premises", "industry", (("flags", "night"),))
    assert term.marks == ("works", "seen")


def test_the_packs_of_the_product() -> None:
    assert pack_keys() == ("municipal", "rugao-2014")
    for key in pack_keys():
        policy = load_pack(key)
        assert policy.key == key
        assert all(rule.title and rule.title_en for rule in policy.rules)
    municipal = load_pack("municipal")
    assert len(municipal.lexicon.terms) > 5000
    without = [rule.id for rule in municipal.rules if rule.outcome.lead and not rule.legal_basis]
    assert without == []


WRONG = [
    ("title: 小规则集", "title: 5", "pack.not_a_text", "title", 4),
    ("version: 3", "version: three", "pack.not_a_whole_number", "version", 3),
    ("version: 3", "version: true", "pack.not_a_whole_number", "version", 3),
    ("triage_below: 0.4", "triage_below: low", "pack.not_a_number", "triage_below", 6),
    ("triage_below: 0.4", "triage_below: 1.5", "check.triage_below", "triage_below", 6),
    ("format: 1", "format: 2", "pack.wrong_format", "format", 1),
    ("key: small", "key: ''", "pack.missing", "key", 2),
    ("lexicon: [words]", "lexicon: [word]", "pack.no_lexicon_file", "lexicon.0", 7),
    ("lexicon: [words]", "lexicon: [../lexicon/words]", "pack.no_lexicon_file", "lexicon.0", 7),
    ("kind: choices", "kind: several", "pack.unknown_word", "fields.0.kind", 9),
    ("kind: base", "kind: first", "pack.unknown_word", "rules.0.kind", 13),
    ("priority: 10", "priority:", "pack.missing", "rules.0.priority", 14),
    ("priority: 10", "weight: 10", "pack.unknown_key", "rules.0.weight", 14),
    ("operator: equals", "operator: is", "pack.unknown_word", "rules.0.conditions.0.operator", 18),
    ("field: sector", "field: branch", "check.unknown_field", "rules.0.conditions.0", 18),
    ("operator: equals", "operator: any_of", "check.operator_misfit", "rules.0.conditions.0", 18),
    ("values: [industry]", "values: [industri]", "check.value_not_allowed", "rules.0.conditions.0", 18),
    ("values: [industry]", "values: []", "check.no_values", "rules.0.conditions.0", 18),
    ("values: [industry]", "values: [[industry]]", "pack.not_scalars", "rules.0.conditions.0.values", 18),
    ("values: [industry]", "values: null", "pack.null_list", "rules.0.conditions.0.values", 18),
    ("lead: ecology", "lead: ecologie", "check.unknown_function", "rules.0.outcome.lead", 19),
    ("lead: ecology", "conference: party", "check.nobody_leads", "rules.0.outcome", 19),
    ("lead: ecology", "triage: maybe", "pack.not_a_flag", "rules.0.outcome.triage", 19),
    (
        "lead: ecology",
        "lead: ecology, co_functions: port",
        "pack.not_a_list",
        "rules.0.outcome.co_functions",
        19,
    ),
    (
        "lead: ecology}",
        "lead: ecology}\n    valid_from: 2026-02-30",
        "pack.not_a_day",
        "rules.0.valid_from",
        20,
    ),
    ("{lead: ecology}", "ecology", "pack.not_a_mapping", "rules.0.outcome", 19),
]


@pytest.mark.parametrize(("old", "new", "code", "path", "line"), WRONG, ids=[row[1] for row in WRONG])
def test_one_thing_wrong(old: str, new: str, code: str, path: str, line: int, folder: Path) -> None:
    edit(folder, old, new)
    assert (code, path, line) in flaws(folder)


WRONG_WORDS = [
    ("words: 工厂 作坊", "words: []", "pack.no_words", "groups.0.words", 8),
    ("kind: premises\n", "kind: place_\n", "pack.unknown_word", "groups.0.kind", 5),
    ("sector: industry\n", "sector: industri\n", "pack.unknown_sector", "groups.0.sector", 6),
    ("facts: {flags: night}", "facts: {flags: noon}", "pack.unknown_fact", "groups.1.facts", 9),
    ("facts: {flags: night}", "facts: {flag: night}", "pack.unknown_fact", "groups.1.facts", 9),
    ("facts: {flags: night}", "facts: night", "pack.not_pairs", "groups.1.facts", 9),
    ("weight: 0.5", "weight: half", "pack.not_a_number", "groups.1.weight", 9),
    ("needs: [[works]", "needs: [[work]", "pack.unknown_mark", "readings.0.needs", 11),
    ("needs: [[works]", "needs: [[]", "pack.not_groups", "readings.0.needs", 11),
    ("readings:\n", "readings:\n  - {id: both, needs: [works]}\n", "pack.repeated_reading", "readings.1", 12),
    ("sector: industry}", "against: [x]}", "pack.unknown_sector", "readings.0.against", 11),
    ("groups:", "group:", "pack.unknown_key", "group", 4),
]


@pytest.mark.parametrize(("old", "new", "code", "path", "line"), WRONG_WORDS, ids=[r[1] for r in WRONG_WORDS])
def test_one_thing_wrong_with_the_lexicon(
    old: str, new: str, code: str, path: str, line: int, folder: Path
) -> None:
    edit(folder, old, new, "lexicon/words.yaml")
    assert (code, path, line) in flaws(folder)


WRONG_YAML = [
    ("a: [", "pack.not_yaml"),
    ("\x07", "pack.not_yaml"),
    ("a: &x 1\nb: *x", "pack.no_aliases"),
    ("a: !!python/object:os.system x", "pack.no_tags"),
    ("a: 1\na: 2", "pack.repeated_key"),
    ("[1, 2]: 3", "pack.bad_key"),
    ("a: 1\n---\nb: 2", "pack.several_documents"),
    ("a: " + "[" * 50 + "]" * 50, "pack.too_deep"),
    ('"": ' + '{"": ' * 5000 + "1" + "}" * 5000, "pack.too_deep"),
    ("- a", "pack.not_a_mapping"),
    ("", "pack.not_a_mapping"),
    ("just words", "pack.not_a_mapping"),
]


@pytest.mark.parametrize(
    ("text", "code"), WRONG_YAML, ids=[code + str(at) for at, (_, code) in enumerate(WRONG_YAML)]
)
def test_not_a_table(text: str, code: str, folder: Path) -> None:
    (folder / "policy.yaml").write_text(text, encoding="utf-8")
    assert code in [flaw[0] for flaw in flaws(folder)]


def test_not_text_at_all(folder: Path) -> None:
    (folder / "policy.yaml").write_bytes(b"\xff\xfe\x00")
    assert [flaw[0] for flaw in flaws(folder)] == ["pack.not_utf8"]


@pytest.mark.parametrize("name", ["nowhere", "/nowhere/at/all", "../municipal/x", "a\x00b", ""])
def test_no_such_pack(name: str) -> None:
    with pytest.raises(PackError) as caught:
        load_pack(name)
    assert [flaw.code for flaw in caught.value.flaws] == ["pack.no_pack"]
    assert "rugao-2014" in caught.value.flaws[0].message(Language.ZH)


def test_doubled_ids_and_all_flaws_at_once(folder: Path) -> None:
    text = HEAD + ROW + ROW.replace("ecology", "nobody") + ROW.replace("id: industry", "id: other")
    (folder / "policy.yaml").write_text(text, encoding="utf-8")
    assert [(code, path) for code, path, _ in flaws(folder)] == [
        ("check.repeated_rule", "rules.1.id"),
        ("check.unknown_function", "rules.1.outcome.lead"),
    ]


def test_null_for_conditions_is_a_slip(folder: Path) -> None:
    text = "\n".join(line for line in ROW.splitlines() if "{field:" not in line)
    (folder / "policy.yaml").write_text(HEAD + text, encoding="utf-8")
    assert ("pack.null_list", "rules.0.conditions", 17) in flaws(folder)


def test_five_thousand_rules(folder: Path) -> None:
    rows = [ROW.replace("id: industry", f"id: row-{at}") for at in range(5000)]
    (folder / "policy.yaml").write_text(HEAD + "".join(rows), encoding="utf-8")
    begun = time.process_time()
    policy = load_pack(folder)
    assert len(policy.rules) == 5000
    # It takes about a second. No benchmark: this catches what grows faster than the table.
    assert time.process_time() - begun < 15


def test_the_two_catalogues_say_the_same_things() -> None:
    zh, en = messages(Language.ZH), messages(Language.EN)
    assert {key for key in zh if key.startswith("pack.")} == {key for key in en if key.startswith("pack.")}


def test_functions_and_domains_are_those_of_the_reference_data() -> None:
    reference = Path(__file__).parents[2] / "db" / "reference"
    functions = yaml.safe_load((reference / "functions.yaml").read_text(encoding="utf-8"))["functions"]
    conferences = yaml.safe_load((reference / "conferences.yaml").read_text(encoding="utf-8"))["conferences"]
    # Conferences also invite units of other trades, such as courts; rules name only these functions.
    assert {each["code"] for each in functions} >= FUNCTIONS
    assert {each["domain"] for each in conferences} == CONFERENCE_DOMAINS


@pytest.mark.parametrize("key", pack_keys())
def test_the_fields_of_a_pack_are_known_without_its_lexicon(key: str) -> None:
    assert pack_fields(key) == shipped_policy(key).fields
