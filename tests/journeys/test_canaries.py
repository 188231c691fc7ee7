"""Personal data do not get out: two hundred made-up persons stand in every text that a person can write about
disputes, and nothing that leaves the server, or that it keeps for others to read, names one of them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

import orjson
import pytest
import structlog
from sqlalchemy import select
from starlette.types import Scope

from casework.actor import Actor, Grant, Role
from casework.webhooks.envelope import envelope
from db import feed
from db.tables.audit import AuditRecord
from db.tables.event import Event, Outbox
from server.graphql.guard import GraphQLRequest
from server.logs import set_up_logs
from server.settings import LogFormat, LogLevel, Settings
from server.sign_in.identity import ACTOR
from tests.server.subscriptions.listener import Hub, hub, subscriber
from wording.catalogue import Language

TOWN = "990102001"
OWN, OTHER = "990102-urban-management", "990102-ecology"
FUMES = "小区楼下的烧烤店油烟很大,熏得没法开窗。"
SURNAMES, GIVEN = "张王李赵刘陈杨黄吴周", "民生伟芳娜敏静磊洋艳勇军杰涛超霞鹏"
IN_A_TEXT = 16
SHOWN = """
  id number title description status
  parties { name phone address } facts { words }
  decision { explanation matches { text word } }
  assignments { reason } objections { id reason decidedReason }
  conferences { id topic reason resolution { text } }
  mergers { reason splitReason } withdrawnRepeats { reason } replies { text }
  events(first: 100) { details { name value } }
"""
ALL = "{ disputes(first: 10) { nodes { %s } } jointConferences { sessions { topic reason } } }"
CHANGES = """subscription { disputeChanged {
  type dispute { title description assignments { reason } objections { reason } parties { name phone } }
} }"""
FOR_ALL = SHOWN.replace("parties { name phone address }", "")
ALIKE = """query ($id: ID!, $input: SimilarToTextInput!, $question: PreviewRoutingInput!) {
  similarDisputes(id: $id, first: 20) { disputes { score words dispute { title } } }
  similarToText(input: $input) { disputes { score words dispute { title } } }
  previewRouting(input: $question) { preview { explanation facts { words } matches { text word } } }
}"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is nobody."""

    name: str
    phone: str
    identity: str

    @property
    def told(self) -> tuple[str, ...]:
        """What must not be told of the person."""
        return self.name, self.phone, self.identity


def persons(random: Random) -> Iterator[Person]:
    """Different persons without end; the last digit of an identity number is by GB 11643."""
    seen = set()
    for number in count():
        name = random.choice(SURNAMES) + "".join(random.sample(GIVEN, 2))
        if name in seen:
            continue
        seen.add(name)
        start = f"320682{1950 + number % 50}{1 + number % 12:02}{1 + number % 28:02}{number % 1000:03}"
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        check = "10X98765432"[sum(int(d) * w for d, w in zip(start, weights, strict=True)) % 11]
        yield Person(name, f"13{random.randrange(10**8, 10**9)}", start + check)


class Town:
    """Where everybody names somebody. `said` is all that has left the server."""

    def __init__(self, server: Hub) -> None:
        self.server = server
        self.persons: list[Person] = []
        self.complaints: list[str] = []
        self.said: list[str] = []
        self._coming = persons(Random(20261122))

    def somebody(self) -> Person:
        """Another person."""
        person = next(self._coming)
        self.persons.append(person)
        return person

    def text(self, words: str = "", number: int = IN_A_TEXT) -> str:
        """Words in which some more persons say who they are."""
        people = [self.somebody() for _ in range(number)]
        return words + "".join(f"我叫{p.name}，电话{p.phone}，身份证号{p.identity}。" for p in people)

    async def ask(self, text: str, role: Role = Role.ADMINISTRATOR, **variables: Any) -> Any:
        """The answer to an operation, which somebody with a role asks."""
        scope: Scope = {"type": "http", "headers": [], ACTOR: Actor("somebody", (Grant(role),))}
        graphql = self.server.app.endpoint.graphql
        answer = await graphql.execute(scope, GraphQLRequest(text, variables), Language.ZH)
        self.said.append(orjson.dumps(answer).decode())
        return answer

    async def change(self, verb: str, answer: str = f"dispute {{ {SHOWN} }}", **given: Any) -> Any:
        """What a mutation has changed."""
        name = verb[0].upper() + verb[1:]
        inside = f"{verb}(input: $input) {{ {answer} errors {{ code message }} }}"
        text = f"mutation ($input: {name}Input!) {{ {inside} }}"
        done = (await self.ask(text, input=given))["data"][verb]
        assert done["errors"] == [], (verb, done)
        return next(iter(done.values()))

    async def submit(self, title: str | None = None) -> str:
        """The id of another complaint."""
        who = self.somebody()
        complainant = {"name": who.name, "phone": who.phone, "address": f"望澜区钟鼓街道{who.identity}号"}
        self.complaints.append(self.text(FUMES, 4))
        given: dict[str, Any] = {
            "description": self.complaints[-1],
            "regionCode": TOWN,
            "channel": "WEB",
            "title": title,
        }
        done = await self.change("submitDispute", complainant=complainant, **given)
        id: str = done["id"]
        return id

    def names(self, text: str) -> set[str]:
        """What of any person is in a text."""
        return {each for person in self.persons for each in person.told if each in text}


async def work(town: Town) -> list[str]:
    """Let officials do all that they can do with disputes, and name persons in all that they write. The ids
    of the disputes."""
    first, second, third, fourth = [await town.submit() for _ in range(4)]
    fifth = await town.submit(title=town.text("油烟", 3))
    on = "objection { id reason decidedReason dispute { title } }"
    raised = await town.change(
        "objectToAssignment",
        on,
        id=first,
        departmentCode=OWN,
        reason=town.text(),
        proposedDepartmentCode=OTHER,
    )
    await town.change("upholdAssignment", on, objectionId=raised["id"], reason=town.text())
    raised = await town.change(
        "objectToAssignment",
        on,
        id=second,
        departmentCode=OWN,
        reason=town.text(),
        proposedDepartmentCode=OTHER,
    )
    await town.change(
        "acceptObjection", on, objectionId=raised["id"], leadDepartmentCode=OTHER, reason=town.text()
    )
    await town.change("reassignDispute", id=third, leadDepartmentCode=OTHER, reason=town.text())
    session = await town.change(
        "conveneConference",
        "session { id topic reason dispute { title } }",
        id=third,
        domain="environment",
        topic=town.text("议题", 3),
        reason=town.text(),
    )
    await town.change(
        "recordConferenceResolution",
        "session { topic reason resolution { text } }",
        sessionId=session["id"],
        leadDepartmentCode=OTHER,
        text=town.text(),
    )
    await town.change("mergeDisputes", id=first, duplicateIds=[fourth, fifth], reason=town.text())
    await town.change("splitDispute", id=fifth, reason=town.text())
    await town.change("confirmRepeat", id=fifth, earlierId=first)
    await town.change("withdrawRepeat", id=fifth, earlierId=first, reason=town.text())
    await town.change("resolveDispute", id=first, reply=town.text())
    return [first, second, third, fourth, fifth]


async def look(town: Town, disputes: list[str]) -> None:
    """Ask for all of it in every part."""
    for role in Role:
        await town.ask(ALL % FOR_ALL, role)
    await town.ask(ALL % SHOWN)
    for text in town.complaints:
        question = {"text": text, "regionCode": TOWN}
        answer = await town.ask(ALIKE, Role.PARTNER_SYSTEM, id=disputes[1], input=question, question=question)
        assert answer["data"]["similarToText"]["disputes"]


async def kept(town: Town) -> str:
    """What is kept of changes for others to read, and what is sent to webhooks."""
    database = town.server.app.desk.database
    texts = []
    async with database.read() as connection:
        for table in (AuditRecord, Event, Outbox):
            texts += [str(tuple(row)) for row in await connection.execute(select(table.__table__))]
        messages = await feed.after(connection, 0, 1_000)
    assert len(messages) > 30
    return "\n".join([*texts, *(envelope(message).decode() for message in messages)])


@pytest.fixture
def logged(capfd: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """All that is logged, of the libraries too."""
    before, level = structlog.get_config(), logging.root.level
    handlers = logging.root.handlers[:]
    set_up_logs(Settings(log_level=LogLevel.DEBUG, log_format=LogFormat.JSON))
    yield capfd
    structlog.configure(**before)
    logging.root.handlers[:], logging.root.level = handlers, level


async def test_nobody_is_named(city_url: str, logged: pytest.CaptureFixture[str]) -> None:
    async with hub(city_url) as server, subscriber(server) as client:
        town = Town(server)
        await client.listen(CHANGES)
        disputes = await work(town)
        await look(town, disputes)
        town.said += [orjson.dumps(await client.next()).decode() for _ in range(20)]
        stored = await kept(town)
        metrics = server.app.state.metrics.text()
        assert len(town.persons) >= 200
        hits = {
            place: town.names(text)
            for place, text in {
                "answers": "\n".join(town.said),
                "kept": stored,
                "metrics": str(metrics),
            }.items()
        }
    captured = logged.readouterr()
    hits["logs"] = town.names(captured.err + captured.out)
    assert "request" in captured.err
    assert hits == {place: set() for place in hits}
