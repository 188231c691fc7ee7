"""Two servers on one database take up what somebody else publishes, while they answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from casework.actor import Actor
from casework.desk import Desk
from casework.publication import publish_policy
from casework.replay import replay_all
from tests.server.process import started
from tests.shipped import shipped_policy

EDITOR = Actor.of("editor-a", "rule_editor")
CITY, TOWN = "990100", "990102001"
SUBMIT = """
mutation($input: SubmitDisputeInput!) {
  submitDispute(input: $input) {
    dispute { decision { policyVersion { number } leadFunction { code } } }
    errors { code }
  }
}
"""
COMPLAINT = {"description": "小区楼下的烧烤店油烟很大,熏得没法开窗。", "regionCode": TOWN, "channel": "WEB"}


async def test_both_servers_decide_by_the_new_version(desk: Desk, city_url: str, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
    policy = shipped_policy("municipal")
    rules = tuple(
        replace(rule, outcome=replace(rule.outcome, lead="ecology"))
        if rule.outcome.lead == "urban_management"
        else rule
        for rule in policy.rules
    )
    with started(city_url, folders[0]) as first, started(city_url, folders[1]) as second:
        async with httpx.AsyncClient(timeout=60) as client:
            for server in (first, second):
                assert await _decision(client, server.address) == (1, "urban_management")
            assert (await publish_policy(desk, EDITOR, replace(policy, rules=rules), CITY)).new
            for server in (first, second):
                found = await _decision(client, server.address)
                while found == (1, "urban_management"):
                    found = await _decision(client, server.address)
                assert found == (2, "ecology")
    again = await replay_all(desk)
    assert again.total == again.equal >= 4


async def _decision(client: httpx.AsyncClient, address: str) -> tuple[int, str]:
    body: dict[str, Any] = {"query": SUBMIT, "variables": {"input": COMPLAINT}}
    answer = (await client.post(f"{address}/graphql", json=body)).json()
    assert "errors" not in answer, answer
    decision = answer["data"]["submitDispute"]["dispute"]["decision"]
    return decision["policyVersion"]["number"], decision["leadFunction"]["code"]
