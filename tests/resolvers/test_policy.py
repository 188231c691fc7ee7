"""Routing policies as partners read them."""

from __future__ import annotations

from typing import Any

from tests.resolvers.api import Api
from tests.resolvers.city import POLICY

WHOLE = """
{
  routingPolicies {
    id key title titleEn
    versions { number }
    currentVersion {
      id number status policy { key } triageBelow checksum effectiveFrom publishedAt publishedBy
      fields { name kind title titleEn values }
      rules {
        id code position kind priority title titleEn validFrom validTo regions { code }
        conditions { field operator values low high negated }
        outcome {
          leadFunction { code } coFunctions { code } candidates { code }
          conferenceDomain flags legalPath triage
        }
        legalBasis { title article url certain }
      }
    }
  }
}
"""


async def small(api: Api) -> dict[str, Any]:
    policy, _ = (await api.ask(WHOLE))["routingPolicies"]
    found: dict[str, Any] = policy
    return found


async def test_the_policy_and_its_version(settled: Api) -> None:
    policy = await small(settled)
    assert (policy["key"], policy["title"], policy["titleEn"]) == ("small", "试验分工", "A small split")
    assert policy["versions"] == [{"number": 1}]
    version = policy["currentVersion"]
    assert version["status"] == "PUBLISHED"
    assert version["effectiveFrom"] == "2026-03-16"
    assert len(version["checksum"]) == 64
    assert version["fields"][0] == {
        "name": "sector",
        "kind": "CHOICE",
        "title": "类别",
        "titleEn": "Sector",
        "values": ["industry", "tertiary_services", "agriculture"],
    }
    one = await settled.ask("query ($id: ID!) { routingPolicy(id: $id) { key } }", id=policy["id"])
    assert one["routingPolicy"] == {"key": "small"}


async def test_the_rules_are_the_published_ones(settled: Api) -> None:
    rules = (await small(settled))["currentVersion"]["rules"]
    assert [rule["code"] for rule in rules] == [rule.id for rule in POLICY.rules]
    crime = rules[-1]
    assert crime["kind"] == "OVERLAY"
    assert crime["conditions"] == [
        {
            "field": "signs",
            "operator": "ANY_OF",
            "values": ["secret_pipe"],
            "low": None,
            "high": None,
            "negated": False,
        }
    ]
    assert crime["outcome"] == {
        "leadFunction": None,
        "coFunctions": [{"code": "public_security"}],
        "conferenceDomain": "environment",
        "flags": ["suspected_crime"],
        "legalPath": None,
        "triage": False,
        "candidates": [],
    }
    assert rules[3]["outcome"]["candidates"] == [{"code": "ecology"}, {"code": "water"}]
    assert rules[0]["legalBasis"] == [
        {"title": "信访工作条例", "article": "第二十四条", "url": "", "certain": True}
    ]


async def test_rules_come_in_stretches(settled: Api) -> None:
    query = """
    query ($after: Int!, $first: Int!) { routingPolicies {
      rules(after: $after, first: $first) { code position }
      currentVersion { rules(after: $after, first: $first) { code } }
    } }
    """
    policy, _ = (await settled.ask(query, after=1, first=2))["routingPolicies"]
    assert policy["rules"] == [{"code": "services", "position": 1}, {"code": "farms", "position": 2}]
    assert policy["currentVersion"]["rules"] == [{"code": "services"}, {"code": "farms"}]
    end, _ = (await settled.ask(query, after=4, first=100))["routingPolicies"]
    assert [rule["code"] for rule in end["rules"]] == ["crime"]


async def test_the_viewer(settled: Api) -> None:
    found = await settled.ask("{ viewer { account role language } }")
    assert found["viewer"] == {"account": "demo-administrator", "role": "administrator", "language": "ZH"}
