"""Drafting: made from nothing, from a version or from content, edited row by row, given up."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from uuid import UUID

import pytest
from sqlalchemy import select

from casework.desk import Desk
from casework.draft import DraftState
from casework.drafting import (
    CreateDraft,
    DiscardDraft,
    ReplaceDraft,
    create_draft,
    discard_draft,
    replace_draft,
)
from casework.editing import MOST_EDITS, EditDraft, edit_draft
from casework.errors import ErrorCode
from casework.policy import read_draft, read_policy, version_numbered
from db import audit
from db.tables.audit import AuditRecord
from db.tables.base import new_key
from db.tables.policy import PolicyDraft, PolicyRule, PolicyText
from rules.document import policy_document
from rules.lexicon import Lexicon, Reading, Term
from rules.model import Case, Condition, Expected, FactField, FieldKind, Operator, Policy, Rule
from rules.pack import load_pack
from tests.casework.drafts import (
    CHIEF,
    CITY,
    EDITOR,
    LEXICON,
    SMALL,
    TOWN,
    changed_of,
    drafted,
    in_state,
    version_of,
)
from tests.rules.policies import base, equals

LONG = "长" * 201
BROKEN = "\ud800"
NUL = "a\x00b"


async def said(desk: Desk, draft: UUID) -> Policy:
    """What a draft says."""
    async with desk.database.read() as connection:
        return await read_draft(connection, draft)


async def codes_of(desk: Desk, request: CreateDraft) -> list[tuple[ErrorCode, tuple[str, ...]]]:
    """How a draft is refused, and that nothing of it is left."""
    result = await create_draft(desk, EDITOR, request)
    async with desk.database.read() as connection:
        assert (await connection.execute(select(PolicyDraft.id))).all() == []
        assert len((await connection.execute(select(PolicyText.id))).all()) == 2  # the shipped policies'
    return [(error.code, error.path) for error in result.errors]


async def test_content_comes_back_as_it_was(desk: Desk) -> None:
    draft = await drafted(desk)
    assert policy_document(await said(desk, draft)) == policy_document(SMALL)


async def test_a_shipped_policy_can_be_a_draft(desk: Desk) -> None:
    draft = await drafted(desk, load_pack("rugao-2014"))
    assert replace(await said(desk, draft), key="rugao-2014") == load_pack("rugao-2014")


async def test_from_nothing_it_asks_about_what_every_policy_does(desk: Desk) -> None:
    request = CreateDraft("new-split", CITY, title=" 新分工 ", title_en="New")
    policy = await said(desk, changed_of(await create_draft(desk, EDITOR, request)))
    assert (policy.key, policy.version, policy.title, policy.title_en) == ("new-split", 1, "新分工", "New")
    assert policy.rules == ()
    assert {"sector", "region", "day", "severity"} <= {field.name for field in policy.fields}


async def test_without_an_english_title_the_chinese_one_stands_for_it(desk: Desk) -> None:
    request = CreateDraft("new-split", CITY, title="新分工")
    assert (await said(desk, changed_of(await create_draft(desk, EDITOR, request)))).title_en == "新分工"


async def test_from_a_version_it_says_what_that_says(desk: Desk) -> None:
    request = CreateDraft("municipal", TOWN, from_version=1, title_en="Changed")
    draft = changed_of(await create_draft(desk, EDITOR, request))
    async with desk.database.read() as connection:
        version = await version_numbered(connection, "municipal", 1)
        assert version is not None
        published = await read_policy(connection, version)
    assert await said(desk, draft) == replace(published, version=2, title_en="Changed")
    async with desk.database.read() as connection:
        row = (await connection.execute(select(PolicyDraft.__table__))).one()
    assert (row.city, row.base_number, row.state, row.version) == (CITY, 1, "drafting", 1)
    assert row.authors == [EDITOR.id]


UNBEGUN: list[tuple[CreateDraft, list[tuple[ErrorCode, tuple[str, ...]]]]] = [
    (CreateDraft("Groß", TOWN, title="题"), [(ErrorCode.POLICY_KEY_MALFORMED, ("policyKey",))]),
    (CreateDraft("", TOWN, title="题"), [(ErrorCode.POLICY_KEY_MALFORMED, ("policyKey",))]),
    (CreateDraft("a" * 65, TOWN, title="题"), [(ErrorCode.POLICY_KEY_MALFORMED, ("policyKey",))]),
    (CreateDraft("new", TOWN), [(ErrorCode.TEXT_EMPTY, ("title",)), (ErrorCode.TEXT_EMPTY, ("titleEn",))]),
    (CreateDraft("new", TOWN, title=LONG, title_en="New"), [(ErrorCode.TEXT_TOO_LONG, ("title",))]),
    (CreateDraft("new", "000000", title="题"), [(ErrorCode.UNKNOWN_REGION, ("regionCode",))]),
    (CreateDraft("new", TOWN, title="题", note=BROKEN), [(ErrorCode.TEXT_UNREADABLE, ("note",))]),
    (CreateDraft("municipal", TOWN, from_version=2), [(ErrorCode.UNKNOWN_VERSION, ("fromVersion",))]),
    (CreateDraft("municipal", TOWN, from_version=0), [(ErrorCode.UNKNOWN_VERSION, ("fromVersion",))]),
    (CreateDraft("municipal", TOWN, from_version=2**63), [(ErrorCode.UNKNOWN_VERSION, ("fromVersion",))]),
    (CreateDraft("none", TOWN, from_version=1), [(ErrorCode.UNKNOWN_VERSION, ("fromVersion",))]),
    (
        CreateDraft("municipal", TOWN, from_version=1, title=LONG),
        [(ErrorCode.TEXT_TOO_LONG, ("title",))],
    ),
]


async def test_what_cannot_be_begun(desk: Desk) -> None:
    for request, expected in UNBEGUN:
        assert await codes_of(desk, request) == expected


FIRST = SMALL.rules[0]
TERM = LEXICON.terms[0]
UNKEEPABLE: list[tuple[Policy, ErrorCode, tuple[str, ...]]] = [
    (replace(SMALL, title=LONG), ErrorCode.TEXT_TOO_LONG, ("title",)),
    (replace(SMALL, triage_below=nan), ErrorCode.NUMBER_OUT_OF_RANGE, ("triage_below",)),
    (replace(SMALL, rules=(FIRST, FIRST)), ErrorCode.REPEATED_NAME, ("rules", "1", "id")),
    (replace(SMALL, rules=(replace(FIRST, id=" "),)), ErrorCode.TEXT_EMPTY, ("rules", "0", "id")),
    (replace(SMALL, rules=(replace(FIRST, id="x" * 65),)), ErrorCode.TEXT_TOO_LONG, ("rules", "0", "id")),
    (replace(SMALL, rules=(replace(FIRST, title=LONG),)), ErrorCode.TEXT_TOO_LONG, ("rules", "0", "title")),
    (
        replace(SMALL, rules=(replace(FIRST, title_en=NUL),)),
        ErrorCode.TEXT_UNREADABLE,
        ("rules", "0", "title_en"),
    ),
    (
        replace(SMALL, rules=(replace(FIRST, priority=2**31),)),
        ErrorCode.NUMBER_OUT_OF_RANGE,
        ("rules", "0", "priority"),
    ),
    (
        replace(
            SMALL, rules=(replace(FIRST, conditions=(Condition("severity", Operator.BETWEEN, low=inf),)),)
        ),
        ErrorCode.NUMBER_OUT_OF_RANGE,
        ("rules", "0", "conditions", "0", "low"),
    ),
    (
        replace(SMALL, rules=(replace(FIRST, conditions=(equals("sector", BROKEN),)),)),
        ErrorCode.TEXT_UNREADABLE,
        ("rules", "0", "conditions", "0", "values", "0"),
    ),
    (replace(SMALL, lexicon=Lexicon((TERM, TERM))), ErrorCode.REPEATED_NAME, ("terms", "1", "text")),
    (
        replace(SMALL, lexicon=Lexicon((replace(TERM, text=LONG),))),
        ErrorCode.TEXT_TOO_LONG,
        ("terms", "0", "text"),
    ),
    (
        replace(SMALL, lexicon=Lexicon((replace(TERM, weight=-inf),))),
        ErrorCode.NUMBER_OUT_OF_RANGE,
        ("terms", "0", "weight"),
    ),
    (
        replace(SMALL, lexicon=Lexicon((), LEXICON.readings * 2)),
        ErrorCode.REPEATED_NAME,
        ("readings", "1", "id"),
    ),
    (
        replace(SMALL, rules=(replace(FIRST, title_en=" "),)),
        ErrorCode.TEXT_EMPTY,
        ("rules", "0", "title_en"),
    ),
    (
        replace(SMALL, rules=(replace(FIRST, conditions=(equals("", "port"),)),)),
        ErrorCode.TEXT_EMPTY,
        ("rules", "0", "conditions", "0", "field"),
    ),
    (
        replace(SMALL, lexicon=Lexicon((), (Reading("empty", needs=()),))),
        ErrorCode.ROW_INCOMPLETE,
        ("readings", "0", "needs"),
    ),
    (
        replace(SMALL, cases=(Case("无", Expected(lead="port")),)),
        ErrorCode.ROW_INCOMPLETE,
        ("cases", "0", "text"),
    ),
    (replace(SMALL, cases=SMALL.cases * 2), ErrorCode.REPEATED_NAME, ("cases", "1", "name")),
    (replace(SMALL, fields=SMALL.fields * 2), ErrorCode.REPEATED_NAME, ("fields", "9", "name")),
    (replace(SMALL, fields=SMALL.fields * 200), ErrorCode.TOO_MANY_ROWS, ("fields",)),
    (
        replace(SMALL, cases=(Case("大", Expected("port"), facts={"severity": 10**400}),)),
        ErrorCode.NUMBER_OUT_OF_RANGE,
        ("cases", "0", "facts", "severity"),
    ),
]


async def test_content_that_no_database_can_keep(desk: Desk) -> None:
    for content, code, path in UNKEEPABLE:
        found = await codes_of(desk, CreateDraft("small", TOWN, content=content))
        assert found[0] == (code, ("content", *path))


async def test_a_draft_may_be_wrong(desk: Desk) -> None:
    nowhere = replace(
        SMALL, rules=(base("away", equals("nothing", "x"), lead="astrology"),), triage_below=7.0
    )
    assert (await said(desk, await drafted(desk, nowhere))).rules == nowhere.rules


def ids(policy: Policy) -> list[str]:
    """The rules in their order."""
    return [rule.id for rule in policy.rules]


def rule(id: str) -> Rule:
    """Any row."""
    return base(id, equals("sector", "port"), lead="port")


@pytest.mark.parametrize(
    ("edit", "order"),
    [
        ({"put_rules": ((rule("new"), None),)}, "port industry rest new"),
        ({"put_rules": ((rule("new"), "port"),)}, "new port industry rest"),
        ({"put_rules": ((rule("a"), "rest"), (rule("b"), "rest"))}, "port industry a b rest"),
        ({"put_rules": ((rule("a"), "rest"), (rule("b"), "a"))}, "port industry b a rest"),
        (
            {"put_rules": ((rule("a"), None), (rule("b"), "port"), (rule("c"), None))},
            "b port industry rest a c",
        ),
        ({"put_rules": ((rule("industry"), None),)}, "port industry rest"),
        ({"put_rules": ((rule("rest"), "port"),)}, "rest port industry"),
        ({"put_rules": ((rule("port"), "rest"),)}, "industry port rest"),
        ({"put_rules": ((rule("port"), "port"),)}, "port industry rest"),
        ({"remove_rules": ("industry",)}, "port rest"),
        ({"remove_rules": ("port", "rest"), "put_rules": ((rule("new"), "industry"),)}, "new industry"),
        ({"remove_rules": ("port",), "put_rules": ((rule("port"), None),)}, "industry rest port"),
    ],
)
async def test_rules_are_put_and_taken_away(
    desk: Desk, edit: dict[str, tuple[tuple[Rule, str | None], ...]], order: str
) -> None:
    draft = await drafted(desk)
    changed_of(await edit_draft(desk, EDITOR, EditDraft(draft, 1, **edit)))  # type: ignore[arg-type]
    policy = await said(desk, draft)
    assert ids(policy) == order.split()
    put = {row.id: row for row, _ in edit.get("put_rules", ())}
    assert [row for row in policy.rules if row.id in put] == [put[id] for id in ids(policy) if id in put]
    async with desk.database.read() as connection:
        places = await connection.scalars(
            select(PolicyRule.position)
            .join(PolicyDraft, PolicyDraft.text_id == PolicyRule.text_id)
            .order_by(PolicyRule.position)
        )
        assert list(places) == list(range(len(policy.rules)))


async def test_all_the_rest_is_edited_as_well(desk: Desk) -> None:
    draft = await drafted(desk)
    changed, new = replace(LEXICON.terms[1], weight=2.0), Term("锅炉", "premises", sector="industry")
    reading = Reading("dock", needs=(("premises",),), sector="port")
    case = Case("锅炉", Expected(lead="ecology"), text="锅炉冒烟")
    fields = (*SMALL.fields, FactField("n", FieldKind.NUMBER, "数", "N"))
    edit = EditDraft(
        draft,
        1,
        put_terms=(changed, new),
        remove_terms=("噪声",),
        put_readings=(reading,),
        remove_readings=("chimney-fumes",),
        put_cases=(case,),
        remove_cases=("码头归港口",),
        fields=fields,
        triage_below=0.25,
        title="新名",
        title_en="New name",
        note="为什么",
    )
    changed_of(await edit_draft(desk, CHIEF, edit))
    assert await said(desk, draft) == replace(
        SMALL,
        lexicon=Lexicon((LEXICON.terms[0], changed, new), (reading,)),
        cases=(case,),
        fields=fields,
        triage_below=0.25,
        title="新名",
        title_en="New name",
    )
    async with desk.database.read() as connection:
        row = (await connection.execute(select(PolicyDraft.__table__))).one()
    assert (row.version, row.note, row.authors) == (2, "为什么", [EDITOR.id, CHIEF.id])


REFUSED: list[tuple[dict[str, object], ErrorCode, tuple[str, ...]]] = [
    ({"remove_rules": ("port", "gone")}, ErrorCode.NOT_IN_DRAFT, ("removeRules", "1")),
    ({"remove_terms": ("gone",)}, ErrorCode.NOT_IN_DRAFT, ("removeTerms", "0")),
    ({"remove_readings": ("gone",)}, ErrorCode.NOT_IN_DRAFT, ("removeReadings", "0")),
    ({"remove_cases": ("gone",)}, ErrorCode.NOT_IN_DRAFT, ("removeCases", "0")),
    ({"put_rules": ((rule("new"), "gone"),)}, ErrorCode.NOT_IN_DRAFT, ("putRules", "0", "before")),
    (
        {"put_rules": ((rule("a"), None), (rule("a"), None))},
        ErrorCode.REPEATED_NAME,
        ("putRules", "1", "code"),
    ),
    ({"put_terms": (replace(TERM, text=NUL),)}, ErrorCode.TEXT_UNREADABLE, ("putTerms", "0", "text")),
    ({"remove_rules": (NUL,)}, ErrorCode.TEXT_UNREADABLE, ("removeRules", "0")),
    ({"remove_terms": ("", BROKEN)}, ErrorCode.TEXT_UNREADABLE, ("removeTerms", "1")),
    ({"put_rules": ((rule("new"), NUL),)}, ErrorCode.TEXT_UNREADABLE, ("putRules", "0", "before")),
    ({"title": " "}, ErrorCode.TEXT_EMPTY, ("title",)),
    ({"title_en": LONG}, ErrorCode.TEXT_TOO_LONG, ("titleEn",)),
    ({"triage_below": inf}, ErrorCode.NUMBER_OUT_OF_RANGE, ("triageBelow",)),
    ({"fields": SMALL.fields * 2}, ErrorCode.REPEATED_NAME, ("fields", "9", "name")),
    ({"note": "长" * 2_001}, ErrorCode.TEXT_TOO_LONG, ("note",)),
    ({"remove_rules": tuple(map(str, range(MOST_EDITS + 1)))}, ErrorCode.TOO_MANY_ROWS, ()),
    ({"expected_version": 2}, ErrorCode.CONFLICT, ("expectedVersion",)),
    ({"draft_id": new_key()}, ErrorCode.UNKNOWN_DRAFT, ("id",)),
]


async def test_an_edit_that_is_refused_changes_nothing(desk: Desk) -> None:
    draft = await drafted(desk)
    for edit, code, path in REFUSED:
        request = EditDraft(**{"draft_id": draft, "expected_version": 1, **edit})  # type: ignore[arg-type]
        result = await edit_draft(desk, EDITOR, request)
        assert [(error.code, error.path) for error in result.errors][:1] == [(code, path)]
    assert await said(desk, draft) == SMALL
    assert await version_of(desk, draft) == 1


async def test_content_is_replaced_whole(desk: Desk) -> None:
    draft = await drafted(desk)
    other = replace(SMALL, rules=SMALL.rules[::-1], lexicon=Lexicon(), cases=(), title="另一")
    changed_of(
        await replace_draft(desk, CHIEF, ReplaceDraft(draft, 1, replace(other, key="ignored", version=9)))
    )
    assert await said(desk, draft) == other
    result = await replace_draft(desk, CHIEF, ReplaceDraft(draft, 2, UNKEEPABLE[2][0]))
    assert [error.code for error in result.errors] == [ErrorCode.REPEATED_NAME]
    assert await said(desk, draft) == other


CLOSED = [state for state in DraftState if state not in (DraftState.DRAFTING, DraftState.CHECKED)]


@pytest.mark.parametrize("state", CLOSED)
async def test_only_an_open_draft_is_written(desk: Desk, state: DraftState) -> None:
    draft = await in_state(desk, await drafted(desk), state)
    results = [
        await edit_draft(desk, EDITOR, EditDraft(draft, 1, put_rules=((rule("new"), None),))),
        await edit_draft(desk, EDITOR, EditDraft(draft, 1, title="新名")),
        await replace_draft(desk, EDITOR, ReplaceDraft(draft, 1, replace(SMALL, rules=()))),
        await discard_draft(desk, EDITOR, DiscardDraft(draft, 1)),
    ]
    assert [[error.code for error in result.errors] for result in results] == [[ErrorCode.WRONG_STATE]] * 4
    assert await said(desk, draft) == SMALL


async def test_a_draft_can_be_given_up(desk: Desk) -> None:
    draft = await drafted(desk)
    changed_of(await discard_draft(desk, EDITOR, DiscardDraft(draft, 1)))
    async with desk.database.read() as connection:
        assert await connection.scalar(select(PolicyDraft.state)) == DraftState.DISCARDED


async def test_a_request_that_is_sent_twice_is_carried_out_once(desk: Desk) -> None:
    create = CreateDraft("small", TOWN, content=SMALL)
    draft = changed_of(await create_draft(desk, EDITOR, create, key="begin"))
    assert changed_of(await create_draft(desk, EDITOR, create, key="begin")) == draft
    other = await create_draft(desk, EDITOR, replace(create, content=replace(SMALL, cases=())), key="begin")
    assert [error.code for error in other.errors] == [ErrorCode.KEY_REUSED]
    edit = EditDraft(draft, 1, remove_rules=("port",))
    for _ in range(2):
        assert changed_of(await edit_draft(desk, EDITOR, edit, key="edit")) == draft
    assert await version_of(desk, draft) == 2


async def test_every_step_is_in_the_audit_log(desk: Desk) -> None:
    draft = await drafted(desk)
    changed_of(await edit_draft(desk, EDITOR, EditDraft(draft, 1, remove_rules=("port",), title="新名")))
    changed_of(await discard_draft(desk, CHIEF, DiscardDraft(draft, 2)))
    async with desk.database.read() as connection:
        found = await connection.execute(
            select(AuditRecord.actor, AuditRecord.action, AuditRecord.data)
            .where(AuditRecord.subject == f"small/draft/{draft}")
            .order_by(AuditRecord.sequence)
        )
        assert [tuple(row) for row in found] == [
            (EDITOR.id, "create_draft", {"from_version": None, "base": 0}),
            (EDITOR.id, "edit_draft", {"removed_rules": ["port"], "changed": ["title"]}),
            (CHIEF.id, "discard_draft", {}),
        ]
        assert (await audit.verify(connection)).valid
