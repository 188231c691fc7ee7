"""Values for arguments: of the city, of nothing, and some that make no sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from random import Random
from typing import Any, Final

from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type, is_list_type, is_non_null_type

from tests.resolvers.city import CITY, FARM, NOTHING, PIPE, TOWNS


class Missing(Enum):
    """The value of a variable that is left out."""

    ABSENT = "absent"


Absent: Final = Missing.ABSENT

WRONG: Sequence[Any] = (None, Absent, "nonsense", 1.5, 2.0, 1, [], {"a": 1}, True)
"""What no variable, or hardly one, can be given."""

SIZES = (1, 1, 2, 2, 3, 5)
BAD_SIZES = (0, -1, 101, 2**31 - 1)
STATUSES: Sequence[list[str]] = (["ASSIGNED"], ["TRIAGE"], ["ASSIGNED", "IN_CONFERENCE"], [])
MOMENTS = ("2026-03-14T01:30:00Z", "2026-03-15T09:30:00+08:00", "2026-03-15T09:30:00")

LIKELY: Mapping[str, float] = {"first": 0.85, "filter": 0.8, "last": 0.06, "before": 0.1, "after": 0.2}
"""How often an argument is given that may be left out; otherwise four times in ten."""


class Values:
    """Values for the places of the schema: `place` is the path of an argument, such as `disputes.first`."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self.known = known
        # Comparing and exporting take a process each: few of their questions are about something.
        self._references: Sequence[Any] = (
            *({"policyKey": key} for key in ("nothing", "\0", "Spare")),
            *({"policyKey": "spare", "number": number} for number in (0, -1, 99, 2**31 - 1)),
            *({"draftId": id} for id in ("x", known["dispute"])),
            {"draftId": known["draft"]},
            {},
        )
        self._at: Mapping[str, Sequence[Any]] = {
            "id": [*known["ids"], known["dispute"], known["conference"], known["policy"], "x", "", 7],
            "number": [*known["numbers"], "990100-2026-999999", "", "\0"],
            "code": [known["code"], "990100-water", CITY, known["region"], "nobody"],
            "region": [CITY, known["region"], *TOWNS, "nowhere"],
            "parent": [CITY, known["region"], "nowhere"],
            "city": [CITY, "990102", "\0"],
            "domain": ["environment", "nothing"],
            "function": ["ecology", "water", "nothing"],
            "leadDepartment": [known["code"], "990100-water", "nobody"],
            "coDepartment": [known["code"], "990100-water"],
            "regionCode": [*TOWNS, known["region"], "nowhere"],
            "policyKey": ["small", "spare", "nothing", "\0"],
            "simulationId": [known["simulation"], known["dispute"], "x"],
            "ruleId": ["industry", "rest", "crime", known["ids"][4], "nothing"],
            "text": [PIPE, FARM, NOTHING, "局", "（1）", "%", "", "990100-2026-0000"],
            "cursor": [known["after"], known["after"], "forged", ""],
            "flags": [["suspected_crime"], [], ["suspected_crime", "repeat"], ["x"] * 101],
            "severity": [1, 3, 5, 9],
            "status": STATUSES,
            "receivedFrom": MOMENTS,
            "receivedTo": MOMENTS,
        }

    @staticmethod
    def likelihood(place: str, name: str) -> float:
        """How often an argument, or a field of an input, is given."""
        if place.endswith(("filter", "input")):
            return 0.2
        return LIKELY.get(name, 0.4)

    def value(self, random: Random, place: str, type_: Any, *, bad: bool) -> Any:
        """A value as JSON has it; with `bad` one time in fifty of the wrong kind, which a document may not
        have."""
        if bad and random.random() < 0.02:
            return random.choice(WRONG)
        named = get_named_type(type_)
        name = place.rpartition(".")[2]
        inner = type_.of_type if is_non_null_type(type_) else type_
        if inner is type_ and random.random() < 0.04:
            return None
        if named.name == "_Any":
            return self._representations(random, bad=bad)
        if named.name == "PolicyReferenceInput":
            return random.choice(self._references)
        if isinstance(named, GraphQLInputObjectType):
            return self._object(random, place, named, bad=bad)
        if is_list_type(inner) and random.random() < 0.08 and named.name != "_Any":
            return self.value(random, place, inner.of_type, bad=bad)  # one for a list of one
        if is_list_type(inner) and name == "ids":
            return [random.choice(self._at["id"]) for _ in range(random.choice((0, 1, 2, 4)))]
        if name in ("first", "last"):
            return random.choice(BAD_SIZES if random.random() < 0.06 else SIZES)
        if name in ("after", "before"):
            places = (0, 0, 1, 2, -1) if named.name == "Int" else self._at["cursor"]
            return random.choice(places)
        if name in self._at:
            found = random.choice(self._at[name])
            one = isinstance(found, list) and not is_list_type(inner)
            return (found or ["x"])[0] if one else found
        return self._leaf(random, named, is_list=is_list_type(inner))

    @staticmethod
    def _leaf(random: Random, named: Any, *, is_list: bool) -> Any:
        if isinstance(named, GraphQLEnumType):
            names = list(named.values)
            return random.sample(names, min(2, len(names))) if is_list else random.choice(names)
        return random.random() < 0.5 if named.name == "Boolean" else random.choice(("x", "局"))

    def _object(self, random: Random, place: str, named: GraphQLInputObjectType, *, bad: bool) -> Any:
        return {
            key: self.value(random, f"{place}.{key}", each.type, bad=False)
            for key, each in named.fields.items()
            if is_non_null_type(each.type) or random.random() < self.likelihood(place, key)
        }

    def _representations(self, random: Random, *, bad: bool) -> list[Any]:
        good = (
            lambda: {"__typename": "Dispute", "id": random.choice(self._at["id"][:-1])},
            lambda: {"__typename": "Dispute", "number": random.choice(self._at["number"])},
            lambda: {"__typename": "Department", "code": random.choice(self._at["code"])},
            lambda: {"__typename": "Region", "code": random.choice(self._at["region"]), "more": [1]},
            lambda: {"__typename": "JointConference", "id": self.known["conference"]},
        )
        malformed: Sequence[Any] = (
            {},
            {"__typename": "Nope", "id": "x"},
            {"__typename": "Region", "code": 990102},
            {"__typename": "Dispute"},
            "Region",
            None if bad else 7,
        )
        return [
            random.choice(malformed) if random.random() < 0.08 else random.choice(good)()
            for _ in range(random.choice((0, 1, 3, 5)))
        ]
