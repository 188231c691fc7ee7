"""Making pages: the templates, and the headers that keep pages harmless."""

from __future__ import annotations

import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from console.form import CHANNELS
from console.picture import picture
from console.text import grounds, pieces
from console.visit import Visit
from console.words import Words

HERE = Path(__file__).parent
STATIC = HERE / "static"
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    # Without a referrer browsers would send forms with `Origin: null`, and we could not tell our own.
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "vary": "accept-language, cookie",
}
EDITION = hashlib.sha256((STATIC / "console.css").read_bytes()).hexdigest()[:12]
"""Goes into the stylesheet's address, so that no browser keeps an older one."""

TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals.update(pieces=pieces, grounds=grounds, picture=picture, edition=EDITION, channels=CHANNELS)


def page(visit: Visit, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page in the visitor's language."""
    words = Words(visit.language)
    body = TEMPLATES.get_template(f"{template}.html").render(
        visit=visit, say=words, t=words.t, name=words.name, lang=visit.language, **values
    )
    response = HTMLResponse(body, status, HEADERS)
    visit.remember(response)
    return response
