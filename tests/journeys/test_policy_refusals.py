"""What the verbs about policies refuse: with the field of the input that is meant, and nothing is stored."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode
from typing import Any

from tests.journeys.policies import (
    CASE,
    CONTENT,
    KEY,
    SERVICES,
    TOWN,
    condition,
    drafted,
    refused,
    step,
    verb,
)
from tests.journeys.serving import serving

LONG = "长" * 201
HUGE = 1e300
TERM = {"text": "饭店", "kind": "PREMISES"}
READING = {"code": "kitchens", "needs": [["kitchen"]]}
FACT = {"field": "severity", "number": 1}


def outcome(**more: Any) -> dict[str, Any]:
    """The rule with another outcome."""
    return {**SERVICES, "outcome": {"leadFunction": "ecology", **more}}


def asking(**more: Any) -> dict[str, Any]:
    """The rule with another condition."""
    return {**SERVICES, "conditions": [condition("severity", "IN", **more)]}


def case(**more: Any) -> dict[str, Any]:
    """The case, changed."""
    return {**CASE, **more}


EDITS: list[tuple[dict[str, Any], str, str]] = [
    ({"putRules": [{**SERVICES, "titleEn": LONG}]}, "TEXT_TOO_LONG", "putRules.0.titleEn"),
    ({"putRules": [{**SERVICES, "title": " "}]}, "TEXT_EMPTY", "putRules.0.title"),
    ({"putRules": [{**SERVICES, "code": ""}]}, "TEXT_EMPTY", "putRules.0.code"),
    ({"putRules": [{**SERVICES, "code": "x" * 65}]}, "TEXT_TOO_LONG", "putRules.0.code"),
    ({"putRules": [{**SERVICES, "code": "\0"}]}, "TEXT_UNREADABLE", "putRules.0.code"),
    ({"putRules": [SERVICES, SERVICES]}, "REPEATED_NAME", "putRules.1.code"),
    ({"putRules": [{**SERVICES, "priority": -(2**31)}]}, "NUMBER_OUT_OF_RANGE", "putRules.0.priority"),
    ({"putRules": [{**SERVICES, "before": "gone"}]}, "NOT_IN_DRAFT", "putRules.0.before"),
    ({"putRules": [{**SERVICES, "before": "\0"}]}, "TEXT_UNREADABLE", "putRules.0.before"),
    ({"putRules": [{**SERVICES, "regions": ["\0"]}]}, "TEXT_UNREADABLE", "putRules.0.regions.0"),
    ({"putRules": [{**SERVICES, "regions": [""]}]}, "ROW_INCOMPLETE", "putRules.0.regions"),
    ({"putRules": [asking(words=["a", "\0"])]}, "TEXT_UNREADABLE", "putRules.0.conditions.0.words.1"),
    ({"putRules": [asking(numbers=[1, HUGE])]}, "NUMBER_OUT_OF_RANGE", "putRules.0.conditions.0.numbers.1"),
    (
        {"putRules": [asking(numbers=[2**53])]},
        "NUMBER_OUT_OF_RANGE",
        "putRules.0.conditions.0.numbers.0",
    ),
    ({"putRules": [asking(low=-HUGE)]}, "NUMBER_OUT_OF_RANGE", "putRules.0.conditions.0.low"),
    ({"putRules": [outcome(leadFunction="\0")]}, "TEXT_UNREADABLE", "putRules.0.outcome.leadFunction"),
    ({"putRules": [outcome(coFunctions=["\0"])]}, "TEXT_UNREADABLE", "putRules.0.outcome.coFunctions.0"),
    (
        {"putRules": [outcome(conferenceDomain="\0")]},
        "TEXT_UNREADABLE",
        "putRules.0.outcome.conferenceDomain",
    ),
    (
        {"putRules": [{**SERVICES, "legalBasis": [{"title": ""}]}]},
        "TEXT_EMPTY",
        "putRules.0.legalBasis.0.title",
    ),
    ({"putTerms": [{**TERM, "text": ""}]}, "TEXT_EMPTY", "putTerms.0.text"),
    ({"putTerms": [{**TERM, "weight": HUGE}]}, "NUMBER_OUT_OF_RANGE", "putTerms.0.weight"),
    (
        {"putTerms": [{**TERM, "facts": [{"field": "a", "word": ""}]}]},
        "ROW_INCOMPLETE",
        "putTerms.0.facts",
    ),
    (
        {"putTerms": [{**TERM, "facts": [{"field": "a", "word": "\0"}]}]},
        "TEXT_UNREADABLE",
        "putTerms.0.facts.0.word",
    ),
    ({"putReadings": [{**READING, "needs": []}]}, "ROW_INCOMPLETE", "putReadings.0.needs"),
    ({"putReadings": [{**READING, "code": "\0"}]}, "TEXT_UNREADABLE", "putReadings.0.code"),
    ({"putCases": [case(expected={})]}, "ROW_INCOMPLETE", "putCases.0.expected.leadFunction"),
    (
        {"putCases": [case(expected={"triage": True, "ruleCode": "\0"})]},
        "TEXT_UNREADABLE",
        "putCases.0.expected.ruleCode",
    ),
    ({"putCases": [case(text=None)]}, "ROW_INCOMPLETE", "putCases.0.text"),
    ({"putCases": [case(name=LONG)]}, "TEXT_TOO_LONG", "putCases.0.name"),
    ({"putCases": [case(regionCode="\0")]}, "TEXT_UNREADABLE", "putCases.0.regionCode"),
    ({"putCases": [case(facts=[{**FACT, "flag": True}])]}, "ROW_INCOMPLETE", "putCases.0.facts.severity"),
    ({"putCases": [case(facts=[FACT, FACT])]}, "ROW_INCOMPLETE", "putCases.0.facts.severity"),
    ({"putCases": [case(facts=[{"field": "severity"}])]}, "ROW_INCOMPLETE", "putCases.0.facts.severity"),
    ({"putCases": [case(text="长" * 20_001)]}, "TEXT_TOO_LONG", "putCases.0.text"),
    ({"fields": [CONTENT["fields"][0]] * 2}, "REPEATED_NAME", "fields.1.name"),
    ({"fields": [{**CONTENT["fields"][0], "titleEn": ""}]}, "TEXT_EMPTY", "fields.0.titleEn"),
    ({"triageBelow": HUGE}, "NUMBER_OUT_OF_RANGE", "triageBelow"),
    ({"title": ""}, "TEXT_EMPTY", "title"),
    ({"titleEn": LONG}, "TEXT_TOO_LONG", "titleEn"),
    ({"note": "长" * 2_001}, "TEXT_TOO_LONG", "note"),
    ({"removeRules": ["services", "gone"]}, "NOT_IN_DRAFT", "removeRules.1"),
    ({"removeTerms": ["\0"]}, "TEXT_UNREADABLE", "removeTerms.0"),
    ({"removeReadings": [""]}, "NOT_IN_DRAFT", "removeReadings.0"),
    ({"removeCases": ["gone"]}, "NOT_IN_DRAFT", "removeCases.0"),
    ({"expectedVersion": 0}, "CONFLICT", "expectedVersion"),
    ({"id": "UmVnaW9uOjk5MDEwMA"}, "UNKNOWN_DRAFT", "id"),
    ({"id": "\0"}, "UNKNOWN_DRAFT", "id"),
    ({"clientMutationId": "x" * 256}, "KEY_TOO_LONG", "clientMutationId"),
]
OTHERS: list[tuple[str, dict[str, Any], str, str]] = [
    ("createPolicyDraft", {"policyKey": "Nein!", "regionCode": TOWN}, "POLICY_KEY_MALFORMED", "policyKey"),
    ("createPolicyDraft", {"policyKey": "\0", "regionCode": TOWN}, "POLICY_KEY_MALFORMED", "policyKey"),
    (
        "createPolicyDraft",
        {"policyKey": KEY, "regionCode": "\0", "title": "甲"},
        "UNKNOWN_REGION",
        "regionCode",
    ),
    ("createPolicyDraft", {"policyKey": KEY, "regionCode": TOWN}, "TEXT_EMPTY", "title"),
    (
        "createPolicyDraft",
        {"policyKey": KEY, "regionCode": TOWN, "title": "甲", "titleEn": LONG},
        "TEXT_TOO_LONG",
        "titleEn",
    ),
    (
        "createPolicyDraft",
        {"policyKey": KEY, "regionCode": TOWN, "fromVersion": 2**31 - 1},
        "UNKNOWN_VERSION",
        "fromVersion",
    ),
    ("draftRuleProposal", {"policyKey": "\0", "ruleId": "x"}, "UNKNOWN_POLICY", "policyKey"),
    ("draftRuleProposal", {"policyKey": "municipal", "ruleId": "\0"}, "UNKNOWN_RULE", "ruleId"),
    (
        "rollbackPolicy",
        {"policyKey": "\0", "toNumber": 1, "expectedNewest": 1, "reason": "x"},
        "CONFLICT",
        "expectedNewest",
    ),
    (
        "rollbackPolicy",
        {"policyKey": "municipal", "toNumber": -1, "expectedNewest": 1, "reason": "x"},
        "UNKNOWN_VERSION",
        "toNumber",
    ),
    (
        "rollbackPolicy",
        {"policyKey": "municipal", "toNumber": 1, "expectedNewest": 1, "reason": " "},
        "REASON_REQUIRED",
        "reason",
    ),
    ("setRegionPolicy", {"regionCode": "\0"}, "UNKNOWN_REGION", "regionCode"),
    ("setRegionPolicy", {"regionCode": TOWN, "policyKey": "\0"}, "UNKNOWN_POLICY", "policyKey"),
    ("setRegionPolicy", {"regionCode": TOWN, "policyKey": KEY}, "UNKNOWN_POLICY", "policyKey"),
]
STEPS = (
    "checkPolicyDraft",
    "submitPolicyDraft",
    "approvePolicyDraft",
    "rebasePolicyDraft",
    "discardPolicyDraft",
    "publishPolicyVersion",
)
WHOLE = """
query ($id: ID!) { policyDraft(id: $id) {
  version title note triageBelow fields { name } rules { code title conditions { field values low } }
  terms { text weight } cases { name }
} }"""


async def test_what_is_refused_names_its_field_and_changes_nothing(city_url: str) -> None:
    async with serving(city_url) as client:
        draft = await step(client, "editPolicyDraft", await drafted(client), **CONTENT)
        before = await client.ask(WHOLE, id=draft["id"])
        seen = {"id": draft["id"], "expectedVersion": draft["version"]}
        for edit, code, path in EDITS:
            found = await refused(client, "editPolicyDraft", **{**seen, "triageBelow": 0.5, **edit})
            assert found[0] == (code, path.split(".")), edit
        for name, given, code, path in OTHERS:
            assert (await refused(client, name, **given))[0] == (code, path.split("."))
        for name in STEPS:
            assert await refused(client, name, **seen | {"id": "x"}) == [("UNKNOWN_DRAFT", ["id"])]
            stale = seen | {"expectedVersion": 2**31 - 1}
            assert await refused(client, name, **stale) == [("CONFLICT", ["expectedVersion"])]
        assert await refused(client, "returnPolicyDraft", **seen, reason="") == [
            ("REASON_REQUIRED", ["reason"])
        ]
        assert await client.ask(WHOLE, id=draft["id"]) == before
        assert len((await client.ask("{ policyDrafts { id } }"))["policyDrafts"]) == 1


def zipped(**files: bytes) -> bytes:
    """An archive that calls itself a workbook."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return target.getvalue()


ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "'
    + b"&b;" * 1_000
    + b'">]><definitions>&c;</definitions>'
)
FILES: dict[str, tuple[str, bytes]] = {
    "nothing": ("a.json", b""),
    "noise": ("a.xlsx", bytes(range(256)) * 40),
    "no archive": ("a.xlsx", b"PK\x03\x04" + b"\0" * 400),
    "an empty archive": ("a.xlsx", zipped()),
    "a bomb": ("a.xlsx", zipped(**{"xl__workbook.xml": b"\0" * 100_000_000})),
    "an entity": ("a.dmn", ENTITY),
    "an entity bomb": ("a.dmn", BOMB),
    "an entity in a workbook": (
        "a.xlsx",
        zipped(**{"[Content_Types].xml": ENTITY, "xl__workbook.xml": ENTITY}),
    ),
    "half of JSON": ("a.json", b'{"key": "split"'),
    "deep JSON": ("a.json", b"[" * 100_000),
    "no number": ("a.json", b'{"triage_below": NaN}'),
    "a key twice": ("a.json", b'{"key": "a", "key": "b"}'),
    "an alias bomb": ("a.yaml", b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
    "a tag": ("a.yaml", b"!!python/object/apply:os.system [id]"),
    "another charset": ("a.yaml", "标题".encode("gb18030")),
    "a name": ("../../\0" + "x" * 400, b"{}"),
}


NO_BASE64 = ("!", "A", "AA==AA==", "长", "\0")
OUR_OWN = ("Traceback", "Error", ".py", "root:")
"""What no message may have: words of libraries, and what an entity leads to."""


async def test_files_that_are_no_policy_leave_nothing(city_url: str) -> None:
    sent = [(name, b64encode(content).decode()) for name, content in FILES.values()]
    async with serving(city_url, max_body_bytes=4_000_000) as client:
        for name, content in (*sent, *(("a.json", text) for text in NO_BASE64)):
            given = {"content": content, "fileName": name, "regionCode": TOWN}
            answer = (await client.ask(verb("importPolicyDraft"), input=given))["importPolicyDraft"]
            assert answer["draft"] is None
            assert {(error["code"], *error["path"]) for error in answer["errors"]} == {
                ("FILE_FLAW", "content")
            }
            told = " ".join(error["message"] for error in answer["errors"])
            assert not any(word in told for word in OUR_OWN), told
        draft = await drafted(client)
        unknown = {"content": sent[0][1], "fileName": "a.json", "draftId": "x"}
        assert (await refused(client, "importPolicyDraft", **unknown))[0] == ("UNKNOWN_DRAFT", ["draftId"])
        assert [each["id"] for each in (await client.ask("{ policyDrafts { id } }"))["policyDrafts"]] == [
            draft["id"]
        ]


async def test_a_file_larger_than_a_request_is_refused_as_such(city_url: str) -> None:
    given = {"content": "A" * 300_000, "fileName": "a.json", "regionCode": TOWN}
    async with serving(city_url) as client:
        answer = await client.post(verb("importPolicyDraft"), input=given)
        assert answer.status_code == 413
        assert "LIANXI_MAX_BODY_BYTES" in answer.json()["errors"][0]["message"]


MALFORMED: list[bytes] = [
    b'{"query": "mutation ($input: EditPolicyDraftInput!) { editPolicyDraft(input: $input)'
    b' { errors { code } } }",'
    b' "variables": {"input": {"id": "x", "expectedVersion": 1, %b}}}' % part
    for part in (
        b'"triageBelow": 1e400',
        b'"triageBelow": NaN',
        b'"triageBelow": 9007199254740993',
        b'"triageBelow": "1"',
        b'"title": "\\ud800"',
        b'"putRules": [{"priority": 2147483648}]',
        b'"putRules": [{"kind": "NEITHER"}]',
        b'"putRules": 7',
        b'"putTerms": [{"text": "a", "kind": "PREMISES", "weight": null}]',
        b'"removeRules": [null]',
        b'"removeRules": [' + b'"a",' * 1_000 + b'"a"]',
        b'"nothing": 1',
        b'"expectedVersion": 2147483648',
        b'"expectedVersion": 1.5',
    )
]


async def test_requests_of_the_wrong_shape_are_told_as_such(city_url: str) -> None:
    async with serving(city_url) as client:
        for body in MALFORMED:
            answer = await client.http.post(
                "/graphql", content=body, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code in (200, 400), body
            assert answer.json().get("data") is None
            (error, *_) = answer.json()["errors"]
            assert error["extensions"]["code"] in CODES, error


CODES = ("BAD_REQUEST", "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "QUERY_TOO_COMPLEX")
