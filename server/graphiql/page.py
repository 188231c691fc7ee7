"""The page and its files. GraphiQL and React come by an npm lock at set-up and are not part of this product;
where they are not installed, the page says how to."""

from __future__ import annotations

import hashlib
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from server.language import language_of
from server.settings import Settings
from wording.catalogue import Language, say

HERE: Final = Path(__file__).parent
FILES: Final = {
    "react.js": HERE / "node_modules/react/umd/react.production.min.js",
    "react-dom.js": HERE / "node_modules/react-dom/umd/react-dom.production.min.js",
    "graphiql.js": HERE / "node_modules/graphiql/graphiql.min.js",
    "graphiql.css": HERE / "node_modules/graphiql/graphiql.min.css",
    "start.js": HERE / "start.js",
    "page.css": HERE / "page.css",
}
"""What the page is made of, by the name in its address."""
PAGES: Final = {name: Template((HERE / f"{name}.html").read_text("utf-8")) for name in ("page", "missing")}
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src data:; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
EDITION: Final = hashlib.sha256(
    b"".join((HERE / name).read_bytes() for name in ("package-lock.json", "start.js", "page.css"))
).hexdigest()[:12]
"""Goes into the addresses of the files, so that no browser keeps older ones."""


def graphiql(settings: Settings) -> list[BaseRoute]:
    """The routes of GraphiQL; none where the settings turn it off."""

    async def page(request: Request) -> Response:
        language = language_of(request.scope, settings.language)
        installed = all(path.is_file() for path in FILES.values())
        return _page("page", language) if installed else _page("missing", language, 503)

    return [Route("/graphiql", page), Route("/graphiql/{name}", file)] if settings.graphiql else []


async def file(request: Request) -> Response:
    """One of the files, for as long as a browser likes. Raises HTTPException for any other."""
    path = FILES.get(request.path_params["name"])
    if path is None or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, headers={"cache-control": "public, max-age=31536000, immutable"})


def _page(name: str, language: Language, status: int = 200) -> Response:
    words = {
        key: escape(say(f"graphiql.{key}", language))
        for key in ("title", "welcome", "needs_script", "missing", "install")
    }
    tag = {Language.ZH: "zh-Hans", Language.EN: "en"}[language]
    body = PAGES[name].substitute(words, language=tag, edition=EDITION)
    headers = {
        "content-security-policy": POLICY,
        "cache-control": "no-store",
        "vary": "accept-language",
        "referrer-policy": "same-origin",
    }
    return HTMLResponse(body, status, headers)
