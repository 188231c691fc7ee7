"""The addresses of GeoReport v2. Each asks the API as the account whose key the request shows, so that
rights, masks and records are those of the API; nothing here is decided or stored.

Only API keys count, not the cookie of a session: forms may come from any site.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from server.faults import FaultCode
from server.faults import Refusal as Fault
from server.graphql.guard import read_body
from server.headers import READ
from server.open311.answers import DEFINITIONS, REQUESTS, SERVICES, Item, Refused, answer, refusal
from server.pages import PageHost
from server.sign_in.credentials import API_KEY, COOKIE
from server.sign_in.identity import ACTOR
from wording.catalogue import Language, say

ROOT: Final = "/open311/v2"
FORM: Final = "application/x-www-form-urlencoded"
MOST: Final = 100
"""Requests in one answer; for more, ask for shorter spans of time."""
MOST_NAMED: Final = 20
OPEN = ("TRIAGE", "ASSIGNED", "IN_CONFERENCE", "MERGED")
CLOSED = ("RESOLVED",)
STATUSES: Final[Mapping[str, Sequence[str]]] = {"open": OPEN, "closed": CLOSED}
HTTP: Final = {
    FaultCode.UNAUTHENTICATED: 403,
    FaultCode.FORBIDDEN: 403,
    FaultCode.NOT_FOUND: 404,
    FaultCode.RATE_LIMITED: 429,
    FaultCode.CONFLICT: 409,
    FaultCode.INTERNAL: 500,
    FaultCode.TIMEOUT: 503,
}
"""The status of an error of the API; 400 for the rest."""

FUNCTIONS = "{functions{code name nameEn}}"
SUBMIT = (
    "mutation($i:SubmitDisputeInput!)"
    "{submitDispute(input:$i){dispute{number leadDepartment{name}} errors{message}}}"
)
REPORT = (
    " fragment R on Dispute{number status receivedAt region{code name} leadDepartment{name}"
    " decision{leadFunction{code name nameEn}}}"
)
BY_NUMBER = "query($n:String!){dispute(number:$n){...R}}" + REPORT
NEWEST = "query($f:DisputeFilter,$n:Int){disputes(filter:$f,first:$n){nodes{...R}}}" + REPORT

Parameters = Mapping[str, str]
Handle = Callable[["Asked"], Awaitable[Response]]


class Asked:
    """A request of GeoReport: in which format and language it is to be answered, and its parameters."""

    def __init__(self, host: PageHost, scope: Scope, form: str, parameters: Parameters) -> None:
        self.host = host
        self.form = form
        self.parameters = parameters
        self.language = host.language(scope)
        headers = [(name, value) for name, value in scope["headers"] if name != COOKIE]
        if key := parameters.get("api_key"):
            headers.append((API_KEY, key.encode()))
        self._scope = {name: value for name, value in scope.items() if name not in {READ, ACTOR}}
        self._scope["headers"] = headers

    async def admit(self) -> None:
        """Find out who asks, and whether they may ask for more. Raises the server's Refusal."""
        await self.host.sign_in.admit(self._scope)
        if self.host.graphql.rates is not None:
            self.host.graphql.rates.admit(self._scope)

    async def ask(self, document: str, **variables: Any) -> Any:
        """The data of an operation of the API. Raises Refused for its errors."""
        found = await self.host.execute(self._scope, document, variables, self.language)
        for error in found.get("errors", ()):
            raise Refused(HTTP.get(error["extensions"]["code"], 400), error["message"])
        return found["data"]

    def refused(self, status: int, key: str, **values: object) -> Refused:
        """A refusal of our own."""
        return Refused(status, say(key, self.language, **values))

    def name(self, function: Mapping[str, str]) -> str:
        """The name of a function of government."""
        return function["name" if self.language is Language.ZH else "nameEn"]


def open311(host: PageHost) -> Sequence[BaseRoute]:
    """The routes; none where the settings do not ask for them, or nobody could show who they are."""
    if not (host.settings.open311 and host.settings.signs_in):
        return ()
    places: tuple[tuple[str, str, Handle], ...] = (
        ("GET", "/services", services),
        ("GET", "/services/{code}", definition),
        ("GET", "/requests", requests),
        ("GET", "/requests/{number}", one_request),
        ("POST", "/requests", report),
    )
    return [
        Route(f"{ROOT}{path}.{form}", _endpoint(host, handle, form), methods=[method])
        for method, path, handle in places
        for form in ("json", "xml")
    ]


def _endpoint(host: PageHost, handle: Handle, form: str) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            parameters = {**await _parameters(host, request), **request.path_params}
            asked = Asked(host, request.scope, form, parameters)
            await asked.admit()
            return await handle(asked)
        except Refused as refused:
            return refusal(refused, form)
        except Fault as fault:
            said = say(fault.problem.key, host.language(request.scope), **fault.problem.values)
            # GeoReport has one status for a key that is missing and one that is not good.
            status = 403 if fault.status == 401 else fault.status
            return refusal(Refused(status, said, fault.headers), form)

    return endpoint


async def _parameters(host: PageHost, request: Request) -> Parameters:
    if request.method != "POST":
        text = request.scope["query_string"]
    elif request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Fault(415, "open311.form")
    else:
        text = await read_body(request.receive, host.most_bytes, host.body_seconds)
    try:
        return dict(parse_qsl(text.decode("ascii"), errors="strict", max_num_fields=100))
    except ValueError:
        raise Fault(400, "request.bad_url") from None


async def services(asked: Asked) -> Response:
    """What can be reported: the functions of government."""
    found = (await asked.ask(FUNCTIONS))["functions"]
    return answer(SERVICES, [_service(asked, each) for each in found], asked.form)


def _service(asked: Asked, function: Mapping[str, str]) -> Item:
    return {
        "service_code": function["code"],
        "service_name": asked.name(function),
        "description": asked.name(function),
        "metadata": False,
        "type": "realtime",
        "keywords": "",
        "group": "",
    }


async def definition(asked: Asked) -> Response:
    """The attributes of a service, of which there are none."""
    code = await _known(asked, asked.parameters["code"])
    return answer(DEFINITIONS, [{"service_code": code, "attributes": []}], asked.form)


async def _known(asked: Asked, code: str) -> str:
    if code not in {each["code"] for each in (await asked.ask(FUNCTIONS))["functions"]}:
        raise asked.refused(404, "open311.service", code=code[:80])
    return code


async def report(asked: Asked) -> Response:
    """Submit what is reported as a complaint. Its place is `address_id`, a region's code; which unit is to
    deal with it is decided as for every other, whatever `service_code` says."""
    given = asked.parameters
    if service := given.get("service_code"):
        await _known(asked, service)
    for needed in ("address_id", "description"):
        if not given.get(needed, "").strip():
            raise asked.refused(400, "open311.missing", name=needed)
    name = " ".join(filter(None, (given.get("last_name"), given.get("first_name"))))
    complaint = {
        "description": given["description"],
        "regionCode": given["address_id"],
        "channel": "WEB",
        "complainant": {
            "name": name or None,
            "phone": given.get("phone"),
            "address": given.get("address_string"),
        },
    }
    done = (await asked.ask(SUBMIT, i=complaint))["submitDispute"]
    for error in done["errors"]:
        raise Refused(400, error["message"])
    unit = done["dispute"]["leadDepartment"]
    made = {
        "service_request_id": done["dispute"]["number"],
        "service_notice": unit["name"] if unit else "",
        "account_id": None,
    }
    return answer(REQUESTS, [made], asked.form, 201)


async def one_request(asked: Asked) -> Response:
    """A report by its number."""
    found = (await asked.ask(BY_NUMBER, n=asked.parameters["number"]))["dispute"]
    if found is None:
        raise asked.refused(404, "open311.request")
    return answer(REQUESTS, [_report(asked, found)], asked.form)


async def requests(asked: Asked) -> Response:
    """The newest reports, or those that are named."""
    given = asked.parameters
    if named := given.get("service_request_id"):
        numbers = named.split(",")
        if len(numbers) > MOST_NAMED:
            raise asked.refused(400, "open311.too_many", most=MOST_NAMED)
        found = [(await asked.ask(BY_NUMBER, n=number.strip()))["dispute"] for number in numbers]
    else:
        found = (await asked.ask(NEWEST, f=_filter(asked), n=MOST))["disputes"]["nodes"]
    return answer(REQUESTS, [_report(asked, each) for each in found if each], asked.form)


def _filter(asked: Asked) -> dict[str, Any]:
    given = asked.parameters
    names = {"service_code": "function", "start_date": "receivedFrom", "end_date": "receivedTo"}
    chosen: dict[str, Any] = {ours: given[theirs] for theirs, ours in names.items() if given.get(theirs)}
    if status := given.get("status"):
        wanted = [STATUSES.get(each.strip()) for each in status.split(",")]
        if None in wanted:
            raise asked.refused(400, "open311.status")
        chosen["status"] = [each for statuses in wanted for each in statuses or ()]
    return chosen


def _report(asked: Asked, dispute: Mapping[str, Any]) -> Item:
    """What anybody may know of a report: not its text, in which people name each other, nor who made it."""
    function = (dispute["decision"] or {}).get("leadFunction")
    unit = dispute["leadDepartment"]
    return {
        "service_request_id": dispute["number"],
        "status": "closed" if dispute["status"] in CLOSED else "open",
        "status_notes": None,
        "service_code": function["code"] if function else None,
        "service_name": asked.name(function) if function else None,
        "description": None,
        "agency_responsible": unit["name"] if unit else None,
        "service_notice": None,
        "requested_datetime": dispute["receivedAt"],
        "updated_datetime": None,
        "expected_datetime": None,
        "address": dispute["region"]["name"],
        "address_id": dispute["region"]["code"],
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
    }
