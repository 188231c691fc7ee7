"""Requests that are meant to keep a server busy, or to make it give what it should not, each with the code
that refuses it. The suite checks the codes; `bench.refusals` measures how soon they come."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from resolvers.cursor import cursor_writer

COMPLEX = "QUERY_TOO_COMPLEX"
BAD = "BAD_USER_INPUT"


@dataclass(frozen=True, slots=True)
class Case:
    """A request and the code of its refusal."""

    query: str
    code: str
    variables: dict[str, Any] = field(default_factory=dict)


def _many(template: str, numbers: Iterable[int]) -> str:
    """The template with each number in the place of `#`."""
    return " ".join(template.replace("#", str(number)) for number in numbers)


def _fragments(count: int, of: str, body: str) -> str:
    """Fragments F0, F1 ... on a type. In `body`, `+` is the number of the next one."""
    return (
        "".join(f" fragment F{at} on {of}{{{body.replace('+', str(at + 1))}}}" for at in range(count)) + " "
    )


PAGE = "query($n:Int,$after:String){disputes(first:$n,after:$after){nodes{id}}}"
ENTITIES = "query($r:[_Any!]!){_entities(representations:$r){... on Dispute{id}}}"
BY_NUMBER = "query($n:String){dispute(number:$n){id}}"
DEEP_LIST: list[Any] = []
for _ in range(55):
    DEEP_LIST = [DEEP_LIST]
WIDE = "types{fields{type{fields{name type{name}}}}}"

DOCUMENTS = {
    "nested too deeply": Case("{regions{" + "parent{" * 20 + "code" + "}" * 22, COMPLEX),
    "nested too deeply through fragments": Case(
        "{regions{...F0}}" + _fragments(20, "Region", "parent{...F+}") + "fragment F20 on Region{code}",
        COMPLEX,
    ),
    "nested beyond every limit": Case("{" + "a{" * 30_000 + "a" + "}" * 30_001, COMPLEX),
    "a chain of 2,000 fragments": Case(
        "{regions{...F0}}" + _fragments(2_000, "Region", "...F+") + "fragment F2000 on Region{code}", COMPLEX
    ),
    "10,000 aliases": Case("{" + _many("a#:viewer{account}", range(10_000)) + "}", COMPLEX),
    "10,000 short aliases": Case("{" + "a:a " * 10_000 + "}", COMPLEX),
    "50 aliases": Case('{dispute(number:"1"){' + _many("a#:id", range(50)) + "}}", COMPLEX),
    "aliases through fragments": Case(
        "{regions{...F0}}"
        + _fragments(30, "Region", "a:parent{...F+} b:parent{...F+}")
        + "fragment F30 on Region{code}",
        COMPLEX,
    ),
    "fragments that double 30 times": Case(
        "{regions{...F0}}" + _fragments(30, "Region", "...F+ ...F+") + "fragment F30 on Region{code}", COMPLEX
    ),
    "lists in lists through fragments": Case(
        "query($n:Int!){disputes(first:$n){nodes{region{...F0}}}}"
        + _fragments(3, "Region", "children{...F+} departments{region{...F+}}")
        + "fragment F3 on Region{code name}",
        COMPLEX,
        {"n": 100},
    ),
    "100,000 directives": Case("{viewer" + "@a" * 100_000 + "{account}}", COMPLEX),
    "100 directives": Case("{viewer" + " @skip(if:false)" * 100 + "{account}}", COMPLEX),
    "50 root fields": Case("{" + "viewer{account}" * 50 + "}", COMPLEX),
    "1,000 operations": Case(_many("query A#{viewer{account}}", range(1_000)), COMPLEX),
    "120 operations and none named": Case(_many("query A#{viewer{account}}", range(120)), BAD),
    "15 operations over 30 fragments": Case(
        _many("query A#($n:Int!){disputes(first:$n){nodes{...F0}}}", range(15))
        + _fragments(30, "Dispute", "...F+ events(first:$n){id}")
        + "fragment F30 on Dispute{id}",
        BAD,
    ),
    "10,000 variables": Case("query(" + _many("$a#:Int", range(10_000)) + "){viewer{account}}", COMPLEX),
    "200 variables": Case("query(" + _many("$a#:Int", range(200)) + "){viewer{account}}", BAD),
    "the same variable 200 times": Case("query(" + "$a:Int " * 200 + "){viewer{account}}", BAD),
    "a list in lists": Case("{nodes(ids:" + "[" * 400 + "]" * 400 + "){id}}", COMPLEX),
    "lists in lists beyond every limit": Case("{nodes(ids:" + "[" * 30_000 + "){id}}", COMPLEX),
    "an object in objects": Case("{dispute(number:" + "{a:" * 150 + "1" + "}" * 150 + "){id}}", BAD),
    "a string of 200,000 characters": Case('{dispute(number:"' + "x" * 200_000 + '"){id}}', COMPLEX),
    "a string that never ends": Case('{dispute(number:"' + "\\u0041" * 10_000, BAD),
    "a number of 60,000 digits": Case("{disputes(first:" + "9" * 60_000 + "){nodes{id}}}", BAD),
    "a name of 60,000 letters": Case("{" + "x" * 60_000 + "}", BAD),
    "120,000 comments": Case("#\n" * 120_000 + "{viewer{account}}", COMPLEX),
    "a fragment in itself": Case("{regions{...F}} fragment F on Region{code ...F}", BAD),
    "a fragment in itself, below": Case("{regions{...F}} fragment F on Region{parent{...F}}", BAD),
    "fragments in a circle, inline between": Case(
        "{regions{...F}} fragment F on Region{... on Region{... {...G}}} fragment G on Region{parent{...F}}",
        BAD,
    ),
    "fragments in a circle that nobody uses": Case(
        "{viewer{account}} fragment F on Region{...G} fragment G on Region{...F}", BAD
    ),
    "100 fragments in one circle": Case(
        "{regions{...F0}}" + _fragments(100, "Region", "...F+") + "fragment F100 on Region{...F0}", BAD
    ),
    "12 fragments in all circles": Case(
        "{regions{...F0}}" + _fragments(12, "Region", _many("...F#", range(12))), BAD
    ),
    "300 unknown fragments": Case("{" + _many("...F#", range(300)) + "}", BAD),
    "90 unused fragments": Case("{viewer{account}}" + _fragments(90, "Query", "viewer{account}"), BAD),
    "900 unknown fields": Case("{viewer{" + _many("a#", range(900)) + "}}", BAD),
    "300 unknown arguments": Case("{viewer(" + _many("a#:1", range(300)) + "){account}}", BAD),
    "one field 990 times": Case("{viewer{" + "account " * 990 + "}}", COMPLEX),
    "one object 240 times": Case("{disputes{nodes{" + "region{code}" * 240 + "}}}", COMPLEX),
    "chains of objects 60 times": Case(
        "{disputes{nodes{" + "region{parent{parent{parent{code}}}}" * 60 + "}}}", COMPLEX
    ),
    "one list 70 times": Case("{disputes{nodes{" + "events(first:1,after:2){id}" * 70 + "}}}", COMPLEX),
    "one field in 160 branches": Case('{node(id:"x"){' + "... on Region{code}" * 160 + "}}", COMPLEX),
    "objects in 100 branches": Case('{node(id:"x"){' + "... on Region{parent{code}}" * 100 + "}}", COMPLEX),
    "28 fragments, each in all before": Case(
        "{regions{...F0}}"
        + " ".join(
            f"fragment F{at} on Region{{code {_many('...F#', range(at + 1, 28))}}}" for at in range(28)
        ),
        COMPLEX,
    ),
    "the schema in the schema": Case(
        "{__schema{types{" + "fields{type{" * 10 + "name" + "}}" * 10 + "}}}", COMPLEX
    ),
    "the schema under 30 names": Case("{__schema{" + _many(f"a#:{WIDE}", range(30)) + "}}", COMPLEX),
    "all possible types of all possible types": Case(
        "{__schema{types{" + "possibleTypes{" * 3 + "name" + "}" * 3 + "}}}", BAD
    ),
    "a page of a million": Case(PAGE, COMPLEX, {"n": 10**6}),
    "a page of a million in the text": Case("{disputes(first:1000000){nodes{id}}}", COMPLEX),
    "a million from the end": Case("{disputes(last:1000000){edges{cursor}}}", COMPLEX),
    "a page of more than an Int": Case(PAGE, COMPLEX, {"n": 10**18}),
    "pages in pages": Case(
        "{disputes(first:100){nodes{events(first:100){id type}"
        " conferences{conference{sessions(first:100){id}}}}}}",
        COMPLEX,
    ),
    "a page of text in the text": Case('{disputes(first:"50"){nodes{id}}}', BAD),
    "5,000 representations": Case(ENTITIES, COMPLEX, {"r": [{"__typename": "Dispute", "id": "1"}] * 5_000}),
    "400 representations under ten names": Case(
        "query($r:[_Any!]!){" + _many("a#:_entities(representations:$r){__typename}", range(10)) + "}",
        COMPLEX,
        {"r": [{"__typename": "Dispute", "id": "1"}] * 400},
    ),
    "10,000 ids": Case("query($i:[ID!]!){nodes(ids:$i){id}}", COMPLEX, {"i": ["x"] * 10_000}),
    "10,000 flags": Case(
        "query($f:DisputeFilter){disputes(filter:$f){nodes{id}}}", COMPLEX, {"f": {"flags": ["x"] * 10_000}}
    ),
    "lists in lists in a variable": Case(BY_NUMBER, COMPLEX, {"n": [[0] * 100] * 100}),
}
"""Refused by the text and the variables, before anything is executed."""


def _forged(length: int) -> str:
    return urlsafe_b64encode(Random(7).randbytes(length)).decode().rstrip("=")


_FOREIGN = cursor_writer("disputes of another filter")("2026-01-01T00:00:00+00:00", UUID(int=7))
CURSORS = {
    "made up": _forged(40),
    "no base64": "那" * 20,
    "empty": "",
    "of another list": _FOREIGN,
    "cut off": _FOREIGN[:-5],
    "turned round": _FOREIGN[::-1],
    "of 100,000 characters": "A" * 100_000,
    "made up, of 60,000 bytes": _forged(60_000),
}
FIELDS = {
    "a page of text": Case(PAGE, BAD, {"n": "50"}),
    "a page of a list": Case(PAGE, BAD, {"n": [50]}),
    "a page of an object": Case(PAGE, BAD, {"n": {"first": 50}}),
    "a page of a half": Case(PAGE, BAD, {"n": 0.5}),
    "a page of true": Case(PAGE, BAD, {"n": True}),
    "a deep variable": Case(BY_NUMBER, BAD, {"n": DEEP_LIST}),
    "a page of nothing": Case(PAGE, BAD, {"n": 0}),
    "a page of less than nothing": Case(PAGE, BAD, {"n": -1}),
    "a page of 101": Case(PAGE, BAD, {"n": 101}),
    "both ends": Case("{disputes(first:1,last:1){nodes{id}}}", BAD),
    "101 ids": Case("query($i:[ID!]!){nodes(ids:$i){id}}", BAD, {"i": ["x"] * 101}),
    **{f"a cursor {what}": Case(PAGE, BAD, {"after": cursor}) for what, cursor in CURSORS.items()},
}
"""Refused by the types of the variables or by the field that is asked, before it asks the database."""

CASES = {**DOCUMENTS, **FIELDS}
