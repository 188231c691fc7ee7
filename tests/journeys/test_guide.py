"""Every operation and command that the guides show can be run, and does what the guides say."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from graphql import parse

from tests.journeys.policies import CHIEF, EDITOR
from tests.journeys.serving import Client, serving
from tests.schema.test_guide import named_operations

SMELL = {"description": "金龙化工厂半夜排放刺鼻气体", "regionCode": "990121101", "channel": "HOTLINE"}
OPERATIONS = named_operations("api.md")
ROOT = Path(__file__).parents[2]
PAGES = [f"docs/{name}" for name in ("api", "federation", "open311", "subscriptions", "webhooks")]
HUB = "http://127.0.0.1:8000/graphql"
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
REMARK = re.compile(r"^#.*|\s+(#|//) .*", re.MULTILINE)


@dataclass
class Reader:
    """Runs the guide's operations by their names, and keeps which were run."""

    client: Client
    ran: set[str] = field(default_factory=set)

    async def run(self, name: str, account: str | None = None, **variables: Any) -> Any:
        """The answer of an operation that shows no errors anywhere."""
        self.ran.add(name)
        client = self.client.of(account) if account else self.client
        data = await client.ask(OPERATIONS[name], **variables)
        assert [error for each in data.values() if each for error in each.get("errors", [])] == []
        return data

    async def submit(self) -> dict[str, Any]:
        """A dispute that was just submitted."""
        dispute: dict[str, Any] = (await self.run("Submit", input=SMELL))["submitDispute"]["dispute"]
        return dispute


async def test_every_operation_of_the_guide_can_be_run(city_url: str) -> None:
    # Writing a workbook takes a while where everything runs at once.
    async with serving(city_url, request_seconds=600, statement_seconds=30) as client:
        reader = Reader(client)
        await disputes(reader)
        await routing(reader)
        draft = await policies(reader)
        await simulation(reader, draft)
        assert sorted(set(OPERATIONS) - reader.ran) == []


async def disputes(reader: Reader) -> None:
    """A complaint is submitted, found, given to another unit, and joined by its like."""
    first = await reader.submit()
    shown = (await reader.run("Dispute", number=first["number"]))["dispute"]
    assert (shown["id"], shown["leadDepartment"]) == (first["id"], first["leadDepartment"])
    (term,) = (await reader.run("Deadlines", number=first["number"]))["dispute"]["deadlines"]
    assert (term["kind"], term["isOver"]) == ("OBJECTION", False)
    moved = (await reader.run("Reassign", dispute=first["id"]))["reassignDispute"]["dispute"]
    assert moved == {"number": first["number"], "version": 3}
    alike = (await reader.run("Alike"))["similarToText"]["disputes"]
    assert [each["dispute"]["number"] for each in alike] == [first["number"]]
    main, duplicate = await reader.submit(), await reader.submit()
    merged = (await reader.run("Merge", main=main["id"], duplicate=duplicate["id"]))["mergeDisputes"]
    assert [each["number"] for each in merged["dispute"]["mergedDisputes"]] == [duplicate["number"]]
    assert (await reader.run("TriagePage"))["disputes"]["edges"] == []


async def routing(reader: Reader) -> None:
    """What would be decided, and how decisions fare."""
    asked = {"text": "小区楼下的烧烤店油烟很大", "regionCode": "990102001"}
    assert (await reader.run("WhyNot", input=asked))["explainRouting"]["explanation"]["outcome"]
    assert (await reader.run("Records"))["ruleRecords"]["records"] == []


async def policies(reader: Reader) -> str:
    """A policy from a draft to a version; the draft's id."""
    created = await reader.run("CreateDraft", EDITOR)
    draft: str = created["createPolicyDraft"]["draft"]["id"]
    await reader.run("EditDraft", EDITOR, draft=draft)
    await reader.run("CheckAndSubmitDraft", EDITOR, draft=draft)
    published = await reader.run("ApproveAndPublishDraft", CHIEF, draft=draft)
    assert published["publishPolicyVersion"]["draft"]["publishedVersion"]["number"] == 1
    looked = await reader.run("Difference", draft=draft)
    assert looked["policyDifference"] == {"count": 0, "changes": [], "errors": []}
    assert looked["exportPolicy"]["file"]["name"] == "harbour-1.xlsx"
    return draft


async def simulation(reader: Reader, draft: str) -> None:
    """A draft is tried on what is stored."""
    started = (await reader.run("Simulate", draft=draft))["startPolicySimulation"]["simulation"]
    state = started["state"]
    async with asyncio.timeout(60):
        while state == "RUNNING":
            shown = await reader.client.ask(OPERATIONS["Simulation"], simulation=started["id"])
            state = shown["policySimulation"]["state"]
    shown = await reader.run("Simulation", simulation=started["id"])
    assert shown["changedCases"]["cases"] == []


def blocks(page: str) -> list[str]:
    """The code blocks of a page."""
    return BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))


def requests(page: str) -> Iterator[tuple[str, Any, str]]:
    """What the commands of a page send: the address, the body, and the block that follows."""
    shown = blocks(page)
    for block, after in zip(shown, [*shown[1:], ""], strict=True):
        if block.startswith("curl ") and "-d '{" in block:
            words = shlex.split(block)
            (address,) = (word for word in words if word.startswith("http"))
            yield address, json.loads(words[words.index("-d") + 1]), after


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_show_the_same_code(page: str) -> None:
    english, chinese = blocks(f"{page}.md"), blocks(f"{page}.zh-CN.md")
    assert [REMARK.sub("", block) for block in english] == [REMARK.sub("", block) for block in chinese]


@pytest.mark.parametrize(
    ("page", "count"), [("docs/api", 1), ("docs/federation", 3), ("docs/subscriptions", 1)]
)
def test_the_commands_send_operations(page: str, count: int) -> None:
    sent = [body for _, body, _ in requests(f"{page}.md")]
    assert [parse(body["query"]) for body in sent]
    assert len(sent) == count


async def test_the_answers_that_the_commands_show_are_given(city_url: str) -> None:
    async with serving(city_url) as client:
        for address, body, after in requests("docs/api.md"):
            assert address == HUB
            data = await client.ask(body["query"], **body["variables"])
            assert {"data": data} == json.loads(after)
