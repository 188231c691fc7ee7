"""Policies as decision tables and back, and tables that others drew as policies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from rules.check import Severity, check
from rules.dmn import policy_rows
from rules.dmn.columns import Part, label_of
from rules.dmn.evaluate import evaluate_model
from rules.dmn.policy_writer import dmn_from_policy
from rules.dmn.reader import read_model
from rules.dmn.table import DecisionTable
from rules.evaluate import evaluate, is_number
from rules.flaws import PackError
from rules.lexicon import Lexicon
from rules.model import (
    DAY_FIELD,
    REGION_FIELD,
    Condition,
    FactField,
    Facts,
    FactValue,
    FieldKind,
    LegalBasis,
    Operator,
    Outcome,
    Policy,
    Rule,
    RuleKind,
)
from rules.pack import load_pack, pack_keys
from tests.rules.dmn.models import expression, input_data, model, policy_from_dmn, required, table
from tests.rules.random_policies import FUNCTIONS, random_facts, random_policy
from wording.catalogue import Language

FIELDS = (
    FactField("sector", FieldKind.CHOICE, "类别", "Sector", ("noise", "water", "dust")),
    FactField("flags", FieldKind.CHOICES, "标记", "Flags"),
    FactField("households", FieldKind.NUMBER, "户数", ""),
    FactField("licensed", FieldKind.FLAG, "有证", "Licensed"),
    FactField(REGION_FIELD, FieldKind.CHOICES, "区划", "Region"),
    FactField(DAY_FIELD, FieldKind.NUMBER, "日期", "Day"),
    FactField("unused", FieldKind.CHOICE, "未用", "Unused", ('a"b', "c,d")),
)


def rule(rule_id: str, *conditions: Condition, kind: RuleKind = RuleKind.BASE, **more: object) -> Rule:
    outcome = Outcome(lead="ecology") if kind is RuleKind.BASE else Outcome(flags=("seen",))
    plain = Rule(rule_id, kind, 10, f"规则 {rule_id}", f"Rule {rule_id}", conditions, outcome)
    return replace(plain, **more)  # type: ignore[arg-type]


def policy(*rules: Rule) -> Policy:
    return Policy("city", 3, '市 <分工> & "表"', "City", FIELDS, rules, Lexicon(), 0.55)


def there_and_back(one: Policy) -> Policy:
    return policy_from_dmn(read_model(dmn_from_policy(one).encode(), "p.dmn"))


def sound(one: Policy) -> Policy:
    """The policy without the rules that a check refuses."""

    def passes(each: Rule) -> bool:
        found = check(replace(one, rules=(each,)), frozenset(FUNCTIONS), frozenset())
        return all(finding.severity is not Severity.ERROR for finding in found)

    return replace(one, rules=tuple(each for each in one.rules if passes(each)))


EVERYTHING = rule(
    'r "1" <&>\n',
    Condition("households", Operator.BETWEEN, low=3, high=9.5),
    Condition("sector", Operator.IN, ("noise",)),
    Condition("flags", Operator.ALL_OF, ("a", "b")),
    Condition("flags", Operator.ANY_OF, ("c",), negated=True),
    Condition("households", Operator.EQUALS, (4,), negated=True),
    Condition("licensed", Operator.EQUALS, (False,)),
    priority=-7,
    title="名称\t\x01 \\n",
    title_en="",
    outcome=Outcome(
        lead="ecology",
        co_functions=("water", "port"),
        conference="environment",
        flags=("a,b", "；"),
        legal_path="诉讼",
        triage=True,
        candidates=("port",),
    ),
    legal_basis=(
        LegalBasis("《噪声法》", "第一条", "https://example.org/?a=1&b=2", False, date(2027, 1, 1)),
        LegalBasis('《"；"》'),
    ),
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
    regions=("320600", "320682"),
)


@pytest.mark.parametrize("key", pack_keys())
@pytest.mark.parametrize("language", list(Language))
def test_packs(key: str, language: Language) -> None:
    pack = load_pack(key)
    written = dmn_from_policy(pack, language)
    assert policy_from_dmn(read_model(written.encode(), "p.dmn"), pack) == pack
    without = replace(pack, lexicon=Lexicon(), cases=())
    assert policy_from_dmn(read_model(written.encode(), "p.dmn")) == without


@pytest.mark.parametrize(
    "rules",
    [
        (),
        (EVERYTHING,),
        (rule("a"), EVERYTHING, rule("b", kind=RuleKind.OVERLAY, priority=3), rule("c", priority=-9)),
        (rule("o", Condition("sector", Operator.PRESENT, negated=True), kind=RuleKind.OVERLAY),),
        (rule("open", valid_from=date(1, 1, 1)), rule("end", valid_to=date(9999, 12, 31))),
        (
            rule("both", Condition(DAY_FIELD, Operator.BETWEEN, low=739_000), valid_to=date(2026, 5, 5)),
            rule("place", Condition(REGION_FIELD, Operator.ANY_OF, ("1",)), regions=("2",)),
        ),
        (rule("one", outcome=Outcome(triage=True)), rule("same", outcome=Outcome(lead="", legal_path=""))),
    ],
)
def test_there_and_back(rules: tuple[Rule, ...]) -> None:
    assert there_and_back(policy(*rules)) == policy(*rules)


@pytest.mark.parametrize("name", ["a b", "a.b", "户数", 'x"<&>', "a-b", "if", "date"])
@pytest.mark.parametrize("kind", list(FieldKind))
@pytest.mark.parametrize("values", [(), ("a", '"', "\x00")])
def test_fields_of_any_name(name: str, kind: FieldKind, values: tuple[str, ...]) -> None:
    field = FactField(name, kind, "", "T", values)
    one = replace(policy(rule("a", Condition(name, Operator.PRESENT))), fields=(field, *FIELDS))
    assert there_and_back(one) == one


@pytest.mark.parametrize("seed", range(40))
def test_random_policies(seed: int) -> None:
    one = sound(random_policy(Random(seed), 25))
    assert there_and_back(one) == one


def kind_of(value: FactValue) -> FieldKind | None:
    """The kind of field that a fact fits."""
    if isinstance(value, bool):
        return FieldKind.FLAG
    if isinstance(value, frozenset):
        return FieldKind.CHOICES
    return FieldKind.NUMBER if is_number(value) else FieldKind.CHOICE if isinstance(value, str) else None


@pytest.mark.parametrize("seed", range(15))
def test_the_tables_decide_like_the_policy(seed: int) -> None:
    """Another engine that runs the exported tables comes to the rules that our evaluator comes to."""
    random = Random(seed)
    one = sound(random_policy(random, 25))
    # Rules about the day as a number, so that every day is written as one.
    one = replace(
        one, rules=(*one.rules, rule("d", Condition(DAY_FIELD, Operator.BETWEEN, low=1), priority=99))
    )
    tables = read_model(dmn_from_policy(one).encode(), "p.dmn")
    base, overlay = (each.name for each in tables.decisions)
    kinds = {field.name: field.kind for field in one.fields}
    for _ in range(25):
        facts: Facts = {
            name: value for name, value in random_facts(random, one).items() if kind_of(value) is kinds[name]
        }
        inputs = {n: tuple(sorted(v)) if isinstance(v, frozenset) else v for n, v in facts.items()}
        results = evaluate_model(tables, inputs)
        verdict = evaluate(one, facts)
        assert results[base].hits == (() if verdict.base is None else (verdict.base,))
        assert results[overlay].hits == verdict.overlays


def edited(one: Policy, old: str, new: str) -> Policy:
    """The policy after somebody changed a text of its file by hand."""
    written = dmn_from_policy(one)
    assert old in written
    return policy_from_dmn(read_model(written.replace(old, new).encode(), "p.dmn"), one)


def test_an_edited_cell_holds() -> None:
    one = policy(EVERYTHING)
    (found,) = edited(one, "[3..9.5]", "&gt;= 8").rules
    assert found.conditions[0] == Condition("households", Operator.BETWEEN, low=8)
    (found,) = edited(one, "2026-12-31", "2027-06-30").rules
    assert found.valid_to == date(2027, 6, 30)
    (found,) = edited(one, 'list contains(?, "320600") or ', "").rules
    assert found.regions == ("320682",)
    (found,) = edited(one, '<text>["water", "port"]</text>', '<text>"water, transport"</text>').rules
    assert found.outcome.co_functions == ("water", "transport")


def test_edited_sources_of_law_are_uncertain() -> None:
    basis = LegalBasis("《噪声法》", "第一条", "https://example.org")
    one = policy(rule("a", legal_basis=(basis,)))
    assert edited(one, "规则 a", "规则 b").rules[0].legal_basis == (basis,)
    changed = edited(one, '<text>"《噪声法》第一条"', '<text>"《噪声法》第二条；《水法》"')
    assert changed.rules[0].legal_basis == (
        LegalBasis("《噪声法》第二条", certain=False),
        LegalBasis("《水法》", certain=False),
    )


def test_regions_and_days_that_are_no_scope_become_conditions() -> None:
    one = policy(rule("a", regions=("320600",), valid_from=date(2026, 1, 1)))
    found = edited(one, 'list contains(?, "320600")', 'not(list contains(?, "320600"))').rules[0]
    assert (found.regions, found.conditions) == (
        (),
        (Condition(REGION_FIELD, Operator.ANY_OF, ("320600",), negated=True),),
    )
    found = edited(one, '&gt;=date("2026-01-01")', '&gt;date("2026-01-01")').rules[0]
    day = date(2026, 1, 1).toordinal()
    assert (found.valid_from, found.conditions) == (
        None,
        (
            Condition(DAY_FIELD, Operator.BETWEEN, low=day),
            Condition(DAY_FIELD, Operator.EQUALS, (day,), negated=True),
        ),
    )


def test_rows_that_were_moved_are_numbered_anew() -> None:
    one = policy(rule("a", priority=5), rule("b", priority=5), rule("o", kind=RuleKind.OVERLAY, priority=9))
    first, second = ('lianxi:place="0"', 'lianxi:place="1"')
    found = edited(one, first, 'lianxi:place="7"')
    assert [(each.id, each.priority) for each in found.rules] == [("a", 10), ("b", 20), ("o", 10)]
    found = edited(one, second, "")
    assert [(each.id, each.priority) for each in found.rules] == [("a", 10), ("b", 20), ("o", 10)]


def test_labels_and_input_values_hold() -> None:
    one = policy(rule("a", Condition("sector", Operator.EQUALS, ("noise",))))
    found = edited(one, 'label="类别"', 'label="事项类别"').fields[0]
    assert (found.title, found.title_en) == ("事项类别", "Sector")
    text = '<text>"noise", "water", "dust"</text>'
    assert edited(one, text, '<text>"noise"</text>').fields[0].values == ("noise",)


def test_what_xml_cannot_carry_is_refused() -> None:
    for one, where in (
        (replace(policy(), title="\x00"), "title"),
        (replace(policy(), key="\ud800"), ".key"),
        (replace(policy(), fields=(FactField(" a", FieldKind.FLAG, "", ""),)), "fields.0.name"),
        (policy(rule("a", legal_basis=(LegalBasis("\ufffe"),))), "rules.0.basis"),
    ):
        with pytest.raises(PackError) as caught:
            dmn_from_policy(one)
        assert [(flaw.code, flaw.path) for flaw in caught.value.flaws] == [("dmn.unprintable", where)]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (Condition("nowhere", Operator.PRESENT), "check.unknown_field"),
        (Condition("sector", Operator.BETWEEN, low=1), "dmn.no_cell"),
        (Condition("households", Operator.BETWEEN), "dmn.no_cell"),
        (Condition("households", Operator.IN, ()), "dmn.no_cell"),
        (Condition("flags", Operator.EQUALS, ("a",)), "dmn.no_cell"),
    ],
)
def test_conditions_that_no_cell_can_say(condition: Condition, code: str) -> None:
    with pytest.raises(PackError) as caught:
        dmn_from_policy(policy(rule("a", condition)))
    assert [flaw.code for flaw in caught.value.flaws] == [code]


CELLS = {
    "n:number": ("-", "1", "<2", ">=3", "[1..3)", "not([1..2])", "<1,>3", "null", "not(2, 4)"),
    "w:string": ("-", '"a"', '"a","b"', 'not("a")', "null"),
    "f:boolean": ("-", "true", "false"),
}


@pytest.mark.parametrize("hit_policy", ["UNIQUE", "ANY", "FIRST", "PRIORITY"])
@pytest.mark.parametrize("default", ["", '"port"'])
def test_single_hit_tables_that_others_drew(hit_policy: str, default: str) -> None:
    random = Random(hit_policy + default)
    leads = list(FUNCTIONS)
    compared = 0
    for _ in range(60):
        random.shuffle(leads)
        values = ",".join(f'"{lead}"' for lead in leads)
        rows = [
            [*(random.choice(cells) for cells in CELLS.values()), f'"{random.choice(leads)}"']
            for _ in range(random.randint(0, 6))
        ]
        drawn = model(table(hit_policy, list(CELLS), [f"lead:string:{values}:{default}"], rows))
        found = policy_from_dmn(drawn)
        ordered = found.base_rules()
        for n in (None, 0, 1, 2, 2.5, 3, 4):
            facts: dict[str, str | float | bool] = {
                name: value
                for name, value in (
                    ("n", n),
                    ("w", random.choice(("a", "b", "c", None))),
                    ("f", random.choice((True, False, None))),
                )
                if value is not None
            }
            result = evaluate_model(drawn, dict(facts))["决定"]
            if result.problem is None:
                verdict = evaluate(found, facts)
                lead = None if verdict.base is None else ordered[verdict.base].outcome.lead
                assert lead == result.value
                compared += 1
    assert compared > 100


@pytest.mark.parametrize("hit_policy", ["COLLECT", "RULE ORDER", "OUTPUT ORDER"])
def test_multiple_hit_tables_add(hit_policy: str) -> None:
    rows = [["<1,>3", '"b"'], [">= 1", '"a"'], [">= 2", '"a, b"']]
    base = table("FIRST", ["n:number"], ["牵头:string"], [["-", '"ecology"']], name="base")
    added = table(hit_policy, ["n:number"], ['flags:string:"a, b","a","b"'], rows, name="more")
    found = policy_from_dmn(model(base, added))
    assert [rule.outcome.lead for rule in found.base_rules()] == ["ecology"]
    overlays = found.overlay_rules()
    for n, flags in ((0, {"b"}), (1, {"a"}), (2, {"a", "b"}), (4, {"a", "b"})):
        held = evaluate(found, {"n": n}).overlays
        assert {flag for at in held for flag in overlays[at].outcome.flags} == flags
    ids = [rule.id for rule in overlays]
    assert ids == (
        ["more_3", "more_2", "more_1", "more_1~2"]
        if hit_policy == "OUTPUT ORDER"
        else ["more_1", "more_1~2", "more_2", "more_3"]
    )


@pytest.mark.parametrize("language", list(Language))
def test_headings_in_either_language(language: Language) -> None:
    outputs = [f"{label_of(part, language)}" for part in Part]
    row = [
        '"r"',
        '"名"',
        '"name"',
        '"ecology"',
        '"water，port"',
        '"environment"',
        '["x"]',
        '"诉讼"',
        "false",
        "null",
        '"《噪声法》；《水法》"',
    ]
    found = policy_from_dmn(model(table("UNIQUE", ["天气:string"], outputs, [['"晴"', *row]]))).rules[0]
    assert found == Rule(
        "r",
        RuleKind.BASE,
        10,
        "名",
        "name",
        (Condition("天气", Operator.EQUALS, ("晴",)),),
        Outcome("ecology", ("water", "port"), "environment", ("x",), "诉讼"),
        (LegalBasis("《噪声法》", certain=False), LegalBasis("《水法》", certain=False)),
    )


def test_a_policy_that_is_kept() -> None:
    pack = load_pack("rugao-2014")
    drawn = model(
        table("FIRST", ["sector:string", "新要素:number"], ["lead:string"], [['"industry"', "> 1", '"port"']])
    )
    found = policy_from_dmn(drawn, pack)
    assert (found.key, found.version, found.lexicon, found.cases) == (
        pack.key,
        pack.version,
        pack.lexicon,
        pack.cases,
    )
    assert found.fields == (*pack.fields, FactField("新要素", FieldKind.NUMBER, "新要素", "新要素"))
    (one,) = found.rules
    assert (one.id, one.title, one.title_en) == ("决定_1", "决定_1", "决定_1")


def test_words_of_a_kept_list_are_any_of_them() -> None:
    kept = policy()
    drawn = model(
        table("FIRST", ["flags:string"], ["lead:string"], [['"a","b"', '"port"'], ['not("c")', '"port"']])
    )
    assert [rule.conditions[0] for rule in policy_from_dmn(drawn, kept).rules] == [
        Condition("flags", Operator.ANY_OF, ("a", "b")),
        Condition("flags", Operator.ANY_OF, ("c",), negated=True),
    ]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["-", "> 1"], FieldKind.NUMBER),
        (["2"], FieldKind.NUMBER),
        (["true"], FieldKind.FLAG),
        (['"a"'], FieldKind.CHOICE),
        (['list contains(?, "a")'], FieldKind.CHOICES),
        (["-"], FieldKind.CHOICE),
    ],
)
def test_columns_without_a_type(cells: list[str], kind: FieldKind) -> None:
    drawn = model(table("FIRST", ["x"], ["lead:string"], [[cell, '"port"'] for cell in cells]))
    assert policy_from_dmn(drawn).fields == (FactField("x", kind, "x", "x"),)


FIRST = table("FIRST", ["x:number"], ["lead:string"], [["1", '"port"']], name="a")


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        (table("COLLECT", ["x"], ["flags"], []), "no_base_table", ""),
        (FIRST + table("ANY", ["x"], ["lead"], [], name="b"), "several_tables", "b"),
        (FIRST + expression("b", "1"), "no_policy_logic", "b"),
        (
            input_data("x", "number") + table("FIRST", ["x + 1:number"], ["lead"], []),
            "no_policy_input",
            "决定 x + 1",
        ),
        (FIRST + table("COLLECT", ["x:string"], ["flags"], [], name="b"), "two_types", "b x"),
        (table("FIRST", ["x"], ["leader"], []), "unknown_output", "决定 leader"),
        (table("FIRST", ["x"], ["lead", "牵头"], []), "repeated_output", "决定 牵头"),
        (table("FIRST", ["x:number"], ["lead"], [["-", "x"]]), "no_policy_answer", "决定 #1 lead"),
        (table("FIRST", ["x:number"], ["lead"], [["-", "1"]]), "not_a_word", "决定 #1 lead"),
        (table("FIRST", ["x:number"], ["flags"], [["-", "1"]]), "not_words", "决定 #1 flags"),
        (table("FIRST", ["x:number"], ["flags"], [["-", '["a", 1]']]), "not_words", "决定 #1 flags"),
        (table("FIRST", ["x:number"], ["triage"], [["-", '"yes"']]), "not_a_flag", "决定 #1 triage"),
        (
            table("FIRST", ["x:number", "y:number"], ["lead"], [["> y", "-", "null"]]),
            "no_policy_cell",
            "决定 #1 x",
        ),
        (
            FIRST + table("COLLECT", ["x:number"], ["flags"], [], name="b", aggregation="COUNT"),
            "aggregated_policy",
            "b",
        ),
        (FIRST + table("COLLECT", ["x:number"], ["flags:::null"], [], name="b"), "default_of_many", "b"),
        (
            table("FIRST", ["x:number"] * 3, ["lead"], [["<1,>3,[1..2),(2..3],2"] * 3 + ["null"]]),
            "too_many_alternatives",
            "决定 #1",
        ),
    ],
)
def test_tables_that_are_no_policy(body: str, code: str, place: str) -> None:
    with pytest.raises(PackError) as caught:
        policy_from_dmn(model(body))
    assert [(flaw.code, flaw.path) for flaw in caught.value.flaws] == [(f"dmn.{code}", place)]
    assert caught.value.flaws[0].message(Language.EN)


def test_rows_that_fall_apart_into_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_rows, "MOST_RULES", 5)
    drawn = model(table("FIRST", ["x:number"], ["lead"], [["<1,>3", '"port"']] * 4))
    with pytest.raises(PackError) as caught:
        policy_from_dmn(drawn)
    assert [(flaw.code, flaw.path) for flaw in caught.value.flaws] == [("dmn.too_many", "决定 #3")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version="3"', 'version="three"'),
        ('triageBelow="0.55"', 'triageBelow="nan"'),
        ("basis='[[", "basis='[{["),
    ],
)
def test_attributes_that_cannot_be_read(old: str, new: str) -> None:
    one = policy(rule("a", legal_basis=(LegalBasis("《噪声法》"),)))
    with pytest.raises(PackError) as caught:
        edited(one, old, new)
    assert [flaw.code for flaw in caught.value.flaws] == ["dmn.bad_extra"]


def test_requirements_between_tables_do_not_matter_to_a_policy() -> None:
    more = table("COLLECT", ["x:number"], ["flags"], [["1", '"f"']], name="b", requires=required("a"))
    found = policy_from_dmn(model(more, FIRST))
    assert [rule.kind for rule in found.rules] == [RuleKind.BASE, RuleKind.OVERLAY]


def test_the_file_is_a_model_that_runs() -> None:
    written = read_model(dmn_from_policy(policy(rule("a"))).encode(), "p.dmn")
    assert all(isinstance(decision.logic, DecisionTable) for decision in written.decisions)
    value = evaluate_model(written, {})[written.decisions[0].name].value
    assert value == {"rule": "a", "title": "规则 a", "title_en": "Rule a", "lead": "ecology"}
