"""Requests of the right shape: every field that the schema has, asked with arguments of its types.

What stands in them a city has, or might have: ids that came back in answers, codes, days, files. So changes
are really made, and refused for what they say rather than for how they are written. One value in forty is
of another kind, or beyond every bound.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from resolvers.identity import read_global_id
from rules.exchange import FileFormat, write_policy
from rules.lexicon import Lexicon, Term
from rules.model import Condition, FactField, FieldKind, Operator, Outcome, Policy, Rule, RuleKind

SMALL: Final = "harbour"
"""The key of a policy of two rules."""
MOST_KEPT: Final = 200
ODD_SHARE: Final = 1 / 40
LONG_WORK: Final = frozenset(
    {"checkPolicyDraft", "submitPolicyDraft", "startPolicySimulation", "exportPolicy", "importPolicyDraft"}
)
"""What takes as long as a policy is large, up to a minute, as the guide says: only the small one is named."""
ODD_TEXT: Final = (
    "",
    " ",
    "\x00",
    "\u202e\u200b\ufeff",
    "𝟙２③",
    "ﷺ" * 50,
    "a\u0301" * 200,
    "' OR 1=1 --",
    "%00%ff../../etc/passwd",
    "${7*7}{{7*7}}",
    "=cmd|' /C calc'!A0",
    "x" * 70_000,
    "990102",
    "990100-water",
    "9" * 400,
    "2026-02-30T25:61:61Z",
)
ODD_VALUES: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    2**31,
    2**53 + 1,
    -(2**63) - 1,
    10**40,
    1e308,
    5e-324,
    0.5,
    [],
    {},
    [None],
    [[[[[]]]]],
    {"": {}},
    {"__typename": "Dispute", "id": 1},
)
_TEXTS = (
    "小区楼下的烧烤店油烟很大,熏得没法开窗。",
    "养猪场把粪水排进河里,臭气熏天,13812345678 王先生。",
    "码头上灰尘很大,夜里装卸噪声扰民,已经反映三次。",
    "属水体问题",
    "Dust from lorries at the wharf, every night.",
    "好",
)
_REGIONS = ("990100", "990102", "990102001", "990121101", "990199", "110000")
_UNITS = ("990100-water", "990100-ecology", "990102-urban_management", "990100-port", "990100-nobody")
_FUNCTIONS = ("ecology", "water", "port", "urban_management", "agriculture", "nobody")
_FIELDS = ("sector", "severity", "premises", "pollutant", "place", "unknown")
_WORDS: Final[Mapping[str, Sequence[Any]]] = {
    "regionCode": _REGIONS,
    "regionCodes": _REGIONS,
    "regions": _REGIONS,
    "region": _REGIONS,
    "parent": _REGIONS,
    "city": _REGIONS[:1],
    "departmentCode": _UNITS,
    "leadDepartmentCode": _UNITS,
    "coDepartmentCodes": _UNITS,
    "inviteDepartmentCodes": _UNITS,
    "proposedDepartmentCode": _UNITS,
    "leadDepartment": _UNITS,
    "coDepartment": _UNITS,
    "unit": _UNITS,
    "function": _FUNCTIONS,
    "leadFunction": _FUNCTIONS,
    "coFunctions": _FUNCTIONS,
    "candidates": _FUNCTIONS,
    "policyKey": ("municipal", SMALL, "nosuch"),
    "ruleId": ("livestock", "catering-fumes", "wharf", "rest"),
    "ruleCode": ("livestock", "wharf"),
    "before": ("wharf", "rest"),
    "code": ("wharf", "rest", "grave", *_UNITS, *_REGIONS, *_FUNCTIONS),
    "removeRules": ("wharf", "grave"),
    "field": _FIELDS,
    "name": (*_FIELDS, "码头归港口"),
    "word": ("port", "industry", "fumes"),
    "words": ("port", "industry", "fumes"),
    "values": ("port", "industry"),
    "sector": ("port", "industry"),
    "account": ("bench-1", "bench-2", "nobody"),
    "role": ("clerk", "partner_system", "king"),
    "roles": ("clerk", "partner_system", "king"),
    # No address that a server would call, even if all of these were taken for good.
    "url": ("https://127.0.0.1:9/a", "http://[::1]/", "https://localhost", "ftp://a", "https://10.0.0.1/x"),
    "types": ("lianxi.dispute.submitted.v1", "lianxi.dispute.assigned.v1", "all"),
    "clientMutationId": ("a", "b", "c", "一", "d" * 64),
    "fileName": ("x.json", "x.xlsx", "x.dmn", "x.yaml", "x", "../x"),
    "phone": ("13812345678", "0513-12345678", "1"),
}
_WHOLE = (0, 1, 1, 1, 2, 2, 3, 4, 20, 100, 101, -1, 2**31 - 1)
_MOMENTS = ("2026-03-15T01:30:00Z", "2026-01-01T00:00:00+08:00", "9999-12-31T23:59:59Z", "yesterday")
_DAYS = ("2026-03-15", "2026-01-01", "9999-12-31", "2026-02-30")


class Shapes:
    """Makes requests for the fields of a schema, all of them in turn."""

    def __init__(self, schema: GraphQLSchema, random: Random) -> None:
        self._random = random
        self._schema = schema
        self._files = _files(random)
        self._ids: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=MOST_KEPT))
        self._small: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=MOST_KEPT))
        roots = {"query": schema.query_type, "mutation": schema.mutation_type}
        self._fields = [
            (kind, name, field)
            for kind, root in roots.items()
            if root is not None
            for name, field in root.fields.items()
        ]
        self._turn: list[tuple[str, str, GraphQLField]] = []

    def keep(self, id: str, *, small: bool = False) -> None:
        """Ask with this id, too; `small`: of something whose whole text may be worked on."""
        found = read_global_id(id)
        if found is not None:
            (self._small if small else self._ids)[found.type].append(id)

    def request(self) -> dict[str, Any]:
        """The body of a request."""
        if not self._turn:
            self._turn = self._random.sample(self._fields, len(self._fields))
        kind, name, field = self._turn.pop()
        writing = _Writing(self, name)
        text = writing.field(name, field, 4)
        told = f"({','.join(writing.told)})" if writing.told else ""
        return {"query": f"{kind}{told}{{{text}}}", "variables": writing.variables}

    def value(self, of: Any, name: str, field: str) -> Any:
        """A value for an argument of the root field `field`, mostly of the type `of`."""
        random = self._random
        if random.random() < ODD_SHARE:
            return random.choice((*ODD_TEXT, *ODD_VALUES))
        if isinstance(of, GraphQLNonNull):
            return self.value(of.of_type, name, field)
        if isinstance(of, GraphQLList):
            return [self.value(of.of_type, name, field) for _ in range(random.choice((0, 1, 1, 2, 3)))]
        if isinstance(of, GraphQLInputObjectType):
            return {
                each: self.value(part.type, each, field)
                for each, part in of.fields.items()
                if random.random() < _likely(part)
            }
        if isinstance(of, GraphQLEnumType):
            return random.choice(list(of.values))
        return self._leaf(of, name, field)

    def _leaf(self, of: GraphQLScalarType, name: str, field: str) -> Any:
        random = self._random
        match of.name:
            case "ID" if name not in _WORDS and name not in {"after", "before"}:
                return self._id(name, field)
            case "Int":
                return random.choice(_WHOLE)
            case "Float":
                return random.choice((0.0, 0.5, 1.0, 4, 1e-9, 2.0**53))
            case "Boolean":
                return random.random() < 0.5
            case "DateTime":
                return random.choice(_MOMENTS)
            case "Date":
                return random.choice(_DAYS)
            case "_Any":
                type_name = random.choice(("Dispute", "Department", "Region", "JointConference", "Nobody"))
                return {"__typename": type_name, "id": self._id(type_name, field)}
        if name == "content":
            return random.choice(self._files)()
        if name == "policyKey" and field in LONG_WORK:
            return SMALL
        return random.choice(_WORDS.get(name, _TEXTS))

    def _id(self, name: str, field: str) -> str:
        """Mostly one of the type that the argument is about, as its name or the field's tells."""
        random = self._random
        ids = self._small if field in LONG_WORK else self._ids
        meant = [
            each
            for words in (name, field)
            for each in ids
            if each.lower().removeprefix("policy") in words.lower()
        ]
        if not ids:
            return "nothing"
        return random.choice(ids[meant[0] if meant and random.random() < 0.85 else random.choice(list(ids))])


class _Writing:
    """The text of one request, and the variables that it grows."""

    def __init__(self, shapes: Shapes, root: str) -> None:
        self._shapes = shapes
        self._random = shapes._random
        self._root = root
        self.told: list[str] = []
        self.variables: dict[str, Any] = {}

    def field(self, name: str, field: GraphQLField, depth: int) -> str:
        """A field with its arguments and what is asked of it."""
        likely = 0.7 if depth == 4 else 0.3
        given = [
            f"{each}:{self._variable(each, argument)}"
            for each, argument in field.args.items()
            if is_required_argument(argument) or self._random.random() < likely
        ]
        arguments = f"({','.join(given)})" if given else ""
        return f"{name}{arguments}{self._selection(field.type, depth - 1)}"

    def _variable(self, name: str, argument: GraphQLArgument) -> str:
        own = f"v{len(self.told)}"
        self.told.append(f"${own}:{argument.type}")
        self.variables[own] = self._shapes.value(argument.type, name, self._root)
        return f"${own}"

    def _selection(self, of: Any, depth: int) -> str:
        named = get_named_type(of)
        if is_leaf_type(named):
            return ""
        if is_abstract_type(named):
            some = self._random.sample(self._shapes._schema.get_possible_types(named), 2)
            parts = " ".join(f"... on {each.name}{self._selection(each, depth)}" for each in some)
            return f"{{__typename {parts}}}"
        assert is_composite_type(named)
        assert not isinstance(named, GraphQLUnionType)
        leaves: list[tuple[str, GraphQLField]] = []
        deeper: list[tuple[str, GraphQLField]] = []
        asked = ["__typename"]
        for name, field in named.fields.items():
            if name == "errors":
                asked.append("errors{code path message}")
            elif name == "id":
                asked.append(name)
            else:
                (leaves if is_leaf_type(get_named_type(field.type)) else deeper).append((name, field))
        chosen = self._random.sample(leaves, min(len(leaves), 4))
        if depth > 0:
            chosen += self._random.sample(deeper, min(len(deeper), 2))
        asked += [self.field(name, field, depth) for name, field in chosen]
        return f"{{{' '.join(asked)}}}"


def _likely(part: GraphQLInputField) -> float:
    return 0.98 if is_required_input_field(part) else 0.45


def small_policy() -> Policy:
    """Two rules and a word."""
    sector = Condition("sector", Operator.EQUALS, ("port",))
    return Policy(
        key=SMALL,
        version=1,
        title="港区分工",
        title_en="The harbour's split",
        fields=(FactField("sector", FieldKind.CHOICE, "类别", "Sector", ("port", "industry")),),
        rules=(
            Rule("wharf", RuleKind.BASE, 10, "码头", "Wharf", (sector,), Outcome(lead="port")),
            Rule(
                "rest", RuleKind.BASE, 90, "其余", "Rest", (), Outcome(triage=True, candidates=("ecology",))
            ),
        ),
        lexicon=Lexicon((Term("码头", "premises", sector="port"),)),
    )


def _files(random: Random) -> list[Any]:
    """Makers of files in base64: policies, policies in which bytes were changed, and what is none."""
    policy = small_policy()
    whole = [
        write_policy(replace(policy, title=title), each) for each in FileFormat for title in ("甲", "乙")
    ]
    bomb = "\n".join(f"a{at}: &a{at} [{','.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 9))
    entities = (
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><definitions>&b;</definitions>'
    )
    none = (
        *(b"", b"{}", b"[]", b"PK\x03\x04", b"<definitions/>", b"\xd0\xcf\x11\xe0", b"rules: []"),
        *(b"[" * 20_000, b"{" + b'"a":{' * 500, f"a0: &a0 x\n{bomb}".encode(), entities.encode()),
        *(b"<a>" * 5_000, json.dumps({"rules": [{}] * 500}).encode(), b"\xff\xfe<\x00a\x00"),
    )

    def changed() -> str:
        content = bytearray(random.choice(whole))
        for _ in range(random.choice((1, 3, 30))):
            content[random.randrange(len(content))] = random.randrange(256)
        return b64encode(content).decode()

    return [
        changed,
        lambda: b64encode(random.choice(whole)).decode(),
        lambda: b64encode(random.choice(none)).decode(),
        lambda: random.choice(("", "====", "!", "A", "é")),
    ]
