"""The page of a dispute, and what is done on it: naming its lead unit, objecting, deciding, merging."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.asking import ask, told
from console.form import read_form
from console.host import Host
from console.page import page
from console.turned import Turned
from console.visit import Visit, visit_of
from wording.catalogue import say

EVENTS = 100
"""Events on the page, as many as its operation asks for."""
OPEN = frozenset({"TRIAGE", "ASSIGNED", "IN_CONFERENCE"})
"""The states in which a dispute is worked on."""
Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verb:
    """What a form of the page does: a change of the API, and its input out of the form."""

    change: str
    input: Callable[[Form], dict[str, object]]


VERBS: Mapping[str, Verb] = {
    "merge": Verb(
        "mergeDisputes", lambda form: {"id": form.get("main", ""), "duplicateIds": [form.get("id", "")]}
    ),
    "assign": Verb(
        "reassignDispute", lambda form: {"id": form.get("id", ""), "leadDepartmentCode": form["unit"]}
    ),
    "object": Verb(
        "objectToAssignment",
        lambda form: {
            "id": form.get("id", ""),
            "departmentCode": form.get("lead", ""),
            "proposedDepartmentCode": form.get("unit") or None,
        },
    ),
    "accept": Verb(
        "acceptObjection",
        lambda form: {"objectionId": form.get("objection", ""), "leadDepartmentCode": form["unit"]},
    ),
    "uphold": Verb("upholdAssignment", lambda form: {"objectionId": form.get("objection", "")}),
}
"""By the name of their form and of their operation."""
NAMES_A_UNIT = frozenset({"assign", "accept"})
"""Those that cannot be done without a unit."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A form that comes back to be mended: which of the page's, as it was filled in, and what is wrong."""

    name: str = ""
    filled: Form = field(default_factory=dict)
    mistakes: Sequence[str] = ()

    def typed(self, name: str, control: str) -> str:
        """What stands in a control of a form already."""
        return self.filled.get(control, "") if name == self.name else ""

    def wrong(self, name: str) -> Sequence[str]:
        """What is wrong with a form."""
        return self.mistakes if name == self.name else ()


async def dispute(host: Host, request: Request) -> Response:
    """One dispute: what was decided, who has it, what may be about the same matter, what happened."""
    return await _page(visit_of(host, request))


async def act(host: Host, request: Request) -> Response:
    """Do what a form of the page is for; tell on the page what has to be mended first."""
    form = await read_form(host, request)
    visit = visit_of(host, request)
    name = request.path_params["act"]
    if name == "decide":
        name = "accept" if "accept" in form else "uphold"
    if name not in VERBS:
        raise Turned(404, say("console.no_such_page", visit.language))
    verb = VERBS[name]
    visit.demand(verb.change)
    if not visit.vouches(form.get("token")):
        return await _page(visit, 403, Returned(name, form, [say("console.expired", visit.language)]))
    if name in NAMES_A_UNIT and not form.get("unit"):
        return await _page(visit, 422, Returned(name, form, [say("console.unit_missing", visit.language)]))
    asked = {
        **verb.input(form),
        "reason": form.get("reason", ""),
        # The page gives all its forms one key, and each of them may be sent.
        "clientMutationId": f"{name}-{form['key']}" if form.get("key") else None,
    }
    answer = (await ask(visit, name, input=asked))[verb.change]
    if answer["errors"]:
        mistakes = [told(visit, error) for error in answer["errors"]]
        return await _page(visit, 422, Returned(name, form, mistakes))
    changed = answer["dispute"] if "dispute" in answer else answer["objection"]["dispute"]
    response = RedirectResponse(f"/console/disputes/{quote(changed['number'])}", 303)
    visit.remember(response)
    return response


async def _page(visit: Visit, status: int = 200, returned: Returned | None = None) -> Response:
    """The page of the dispute in the address, with a form as far as it was filled in."""
    visit.demand("dispute")
    after = visit.request.query_params.get("after", "")
    # Nine digits are more events than any dispute has, and fewer than the API's numbers can hold.
    skipped = int(after) if re.fullmatch("[0-9]{1,9}", after) else 0
    number = visit.request.path_params["number"]
    found = (await ask(visit, "dispute", number=number, after=skipped))["dispute"]
    if found is None:
        raise Turned(404, say("error.unknown_dispute", visit.language))
    alike = (await ask(visit, "alike", id=found["id"]))["similarDisputes"]["disputes"]
    open_ = next((each for each in found["objections"] if each["state"] == "OPEN"), None)
    offered = set(_offered(visit, found, open_))
    units = (await ask(visit, "units"))["departments"] if offered else []
    return page(
        visit,
        "dispute",
        status,
        dispute=found,
        outcome=found["decision"],
        units=found,
        most=EVENTS,
        alike=alike,
        open_objection=open_,
        offered=offered,
        choice=units,
        returned=returned or Returned(),
        key=secrets.token_urlsafe(16),
    )


def _offered(visit: Visit, found: Mapping[str, Any], open_: Mapping[str, Any] | None) -> Iterator[str]:
    """The forms that fit how the dispute stands, of those that the visitor may send."""
    if found["status"] not in OPEN:
        return
    if "reassignDispute" in visit.may and open_ is None:
        yield "assign"
    if "objectToAssignment" in visit.may and open_ is None and _can_be_contested(visit, found):
        yield "object"
    if open_ is not None:
        yield from (name for name in ("accept", "uphold") if VERBS[name].change in visit.may)


def _can_be_contested(visit: Visit, found: Mapping[str, Any]) -> bool:
    """Whether the visitor's unit leads and has not objected yet. Whoever has no unit speaks for all."""
    lead = found["leadDepartment"]
    if lead is None or (visit.units and lead["code"] not in visit.units):
        return False
    standing = [each for each in found["assignments"] if each["role"] == "LEAD" and not each["endedAt"]]
    return all(
        not assignment["designated"]
        and not any(
            _moment(each["raisedAt"]) >= _moment(assignment["assignedAt"]) for each in found["objections"]
        )
        for assignment in standing
    )


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)
