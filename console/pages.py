"""The pages of the console and their addresses."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.staticfiles import StaticFiles

from console.asking import ask, told
from console.dispute import act, dispute
from console.door import Door
from console.form import Complaint, complaint_of, read_form
from console.host import Host
from console.page import STATIC, page
from console.regions import Place, tree
from console.sign_in import (
    change_password,
    code,
    confirm_code,
    enrol_code,
    enter,
    from_provider,
    leave,
    out_of_provider,
    password,
    sign_in,
    signed_out,
    to_provider,
)
from console.visit import Visit, visit_of
from wording.catalogue import say

PAGE = 20
"""Disputes on a page of the list."""
FIELDS = {"text": "text", "description": "text", "regionCode": "region", "channel": "channel"}
"""Where the API's input fields stand in the form; what stands nowhere is told above it."""


def pages(host: Host) -> Sequence[BaseRoute]:
    """The routes of the console; `/` leads there."""
    router = Router(
        [
            Route("/console", partial(home, host)),
            Route("/console/preview", partial(preview, host), methods=["POST"]),
            Route("/console/preview", to_home, methods=["GET"]),
            Route("/console/disputes", partial(disputes, host)),
            Route("/console/disputes", partial(submit, host), methods=["POST"]),
            Route("/console/disputes/{number}", partial(dispute, host)),
            Route("/console/disputes/{number}/{act}", partial(act, host), methods=["POST"]),
            Route("/console/disputes/{number}/{act}", to_page),
            Route("/console/sign-in", partial(sign_in, host)),
            Route("/console/sign-in", partial(enter, host), methods=["POST"]),
            Route("/console/sign-in/provider", partial(to_provider, host)),
            Route("/console/sign-in/return", partial(from_provider, host)),
            Route("/console/sign-out", partial(leave, host), methods=["POST"]),
            Route("/console/sign-out/provider", partial(out_of_provider, host)),
            Route("/console/signed-out", partial(signed_out, host)),
            Route("/console/password", partial(password, host)),
            Route("/console/password", partial(change_password, host), methods=["POST"]),
            Route("/console/code", partial(code, host)),
            Route("/console/code", partial(enrol_code, host), methods=["POST"]),
            Route("/console/code/confirm", partial(confirm_code, host), methods=["POST"]),
            Route("/console/code/confirm", to_page),
            Mount("/console/static", StaticFiles(directory=STATIC)),
        ]
    )
    door = Door(router, host)
    return [Route("/", to_home), Route("/console", door), Route("/console/{rest:path}", door)]


async def to_home(request: Request) -> Response:
    """The form, for those who come without one: from `/`, or by going back to a page that was a form's."""
    return RedirectResponse("/console", 303)


async def to_page(request: Request) -> Response:
    """The page that a form stood on, for those who load its answer again or choose another language there."""
    page, query = request.url.path.rpartition("/")[0], request.url.query
    return RedirectResponse(f"{page}?{query}" if query else page, 303)


async def home(host: Host, request: Request) -> Response:
    """The form: an empty one, or with an example in it."""
    visit = visit_of(host, request)
    visit.demand("previewRouting")
    data = await ask(visit, "form")
    if "example" in request.query_params:
        example = Complaint(say("console.example", visit.language))
        return page(visit, "form", **_form(data, example, {}))
    return page(visit, "form", **_form(data, Complaint(), {}))


async def preview(host: Host, request: Request) -> Response:
    """Who would lead, or what to mend first."""
    form = await read_form(host, request)
    visit, complaint = visit_of(host, request, form.get("lang")), complaint_of(form)
    visit.demand("previewRouting")
    mistakes = complaint.mistakes(visit.language)
    if mistakes:
        return page(visit, "form", 422, **_form(await ask(visit, "form"), complaint, mistakes))
    asked = {"text": complaint.text, "regionCode": complaint.region, "channel": complaint.channel}
    data = await ask(visit, "preview", input=asked)
    answer = data["previewRouting"]
    if answer["errors"]:
        return page(visit, "form", 422, **_form(data, complaint, _by_field(visit, answer["errors"])))
    return page(
        visit,
        "preview",
        **_form(data, complaint, {}),
        outcome=answer["preview"],
        units=answer["preview"],
        key=secrets.token_urlsafe(16),
    )


async def submit(host: Host, request: Request) -> Response:
    """Store the complaint, once for a page however often its button is pressed."""
    form = await read_form(host, request)
    visit, complaint = visit_of(host, request, form.get("lang")), complaint_of(form)
    visit.demand("submitDispute")
    if not visit.vouches(form.get("token")):
        return await _again(visit, 403, complaint, {"": say("console.expired", visit.language)})
    mistakes = complaint.mistakes(visit.language)
    if mistakes:
        return await _again(visit, 422, complaint, mistakes)
    asked = {
        "description": complaint.text,
        "regionCode": complaint.region,
        "channel": complaint.channel,
        "clientMutationId": form.get("key") or None,
    }
    answer = (await ask(visit, "submit", input=asked))["submitDispute"]
    if answer["errors"]:
        return await _again(visit, 422, complaint, _by_field(visit, answer["errors"]))
    response = RedirectResponse(f"/console/disputes/{answer['dispute']['number']}", 303)
    visit.remember(response)
    return response


async def disputes(host: Host, request: Request) -> Response:
    """Disputes, newest first, a page at a time."""
    visit = visit_of(host, request)
    visit.demand("disputes")
    before, after = (request.query_params.get(name) or None for name in ("before", "after"))
    asked: Mapping[str, Any] = {"last": PAGE, "before": before} if before else {"first": PAGE, "after": after}
    return page(visit, "disputes", found=(await ask(visit, "disputes", **asked))["disputes"])


async def _again(visit: Visit, status: int, complaint: Complaint, mistakes: Mapping[str, str]) -> Response:
    return page(visit, "form", status, **_form(await ask(visit, "form"), complaint, mistakes))


def _form(data: Mapping[str, Any], complaint: Complaint, mistakes: Mapping[str, str]) -> dict[str, Any]:
    places: list[Place] = tree(data["regions"])
    return {"places": places, "complaint": complaint, "mistakes": mistakes}


def _by_field(visit: Visit, errors: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {FIELDS.get(next(iter(error["path"]), ""), ""): told(visit, error) for error in errors}
