"""What a city holds, by the names of variables: real ids, numbers, codes and cursors."""

from __future__ import annotations

from typing import Any

from tests.resolvers.accounts import NAME
from tests.resolvers.api import Api
from tests.resolvers.city import CITY, FARM, PIPE, TOWNS

LOOK = """
{
  disputes(first: 5) {
    pageInfo { endCursor }
    nodes {
      id number
      decision { id } assignments { id } parties { id } events { id } conferences { id }
      objections { id }
    }
  }
  jointConferences(domain: "environment") { id }
  routingPolicies { id currentVersion { id rules { id } } }
  region(code: "990102") { id }
  department(code: "990100-ecology") { id }
  merged: disputes(filter: {status: [MERGED]}, first: 1) { nodes { id } }
  policyDrafts { id simulations(first: 1) { id } }
  webhooks { id }
  webhookDeliveries(first: 3) { nodes { id } pageInfo { endCursor } }
}
"""


async def known(api: Api) -> dict[str, Any]:
    """Values for every variable of the corpus; `ids` has one of each type that is a Node."""
    there = await api.ask(LOOK)
    disputes, policy = there["disputes"]["nodes"], there["routingPolicies"][0]
    dispute = next(each for each in disputes if each["conferences"] and each["objections"])
    parts = ("decision", "assignments", "parties", "events", "conferences", "objections")
    below = [part[0] if isinstance(part, list) else part for part in map(dispute.get, parts)]
    drafts = [each["id"] for each in there["policyDrafts"]]
    simulations = [one["id"] for each in there["policyDrafts"] for one in each["simulations"]]
    webhooks, deliveries = there["webhooks"], there["webhookDeliveries"]
    (conference,) = there["jointConferences"]
    version = policy["currentVersion"]
    roots = [dispute, conference, policy, version, version["rules"][0], there["region"], there["department"]]
    return {
        "dispute": dispute["id"],
        "number": dispute["number"],
        "numbers": [each["number"] for each in disputes],
        "merged": next((each["id"] for each in there["merged"]["nodes"]), "nothing"),
        "conference": conference["id"],
        "policy": policy["id"],
        "ids": [each["id"] for each in (*roots, *below)]
        + drafts[:1]
        + simulations[:1]
        + [each["id"] for each in (*webhooks[:1], *deliveries["nodes"][:1])],
        "account": NAME,
        "webhook": webhooks[0]["id"] if webhooks else "nothing",
        "delivered": deliveries["pageInfo"]["endCursor"],
        "draft": drafts[0] if drafts else "nothing",
        "simulation": simulations[0] if simulations else "nothing",
        "spare": "spare",
        "representations": [
            {"__typename": "Dispute", "id": dispute["id"]},
            {"__typename": "Dispute", "id": disputes[-1]["id"]},
            {"__typename": "Department", "code": "990100-ecology"},
            {"__typename": "JointConference", "id": conference["id"]},
            {"__typename": "Region", "code": CITY},
            {"__typename": "Dispute", "id": "nothing"},
        ],
        "after": there["disputes"]["pageInfo"]["endCursor"],
        "code": "990100-ecology",
        "region": "990102",
        "city": CITY,
        "domain": "environment",
        "text": PIPE,
        "towns": list(TOWNS),
        "filter": {"region": CITY, "status": ["ASSIGNED", "TRIAGE"]},
        "order": {"field": "NUMBER", "direction": "ASC"},
        "question": {"text": PIPE, "regionCode": TOWNS[0]},
        "complaint": {"text": FARM, "regionCode": TOWNS[3]},
        "rule": "rest",
        "key": "small",
        "often": "services",
        "few": 3,
        "whole": False,
        "language": "EN",
    }
