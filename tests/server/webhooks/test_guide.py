"""What the guide to webhooks shows works, and it tells of every event there is, in both languages."""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer
from pathlib import Path
from typing import Any

import pytest

from casework.desk import Desk
from casework.webhooks.kinds import TYPES
from casework.webhooks.queue import Outcome, Parcel
from casework.webhooks.schedule import SCHEDULE
from casework.webhooks.signature import new_webhook_secret
from casework.webhooks.state import Problem
from db.database import Database
from db.feed import Message
from db.tables.base import new_key
from server.webhooks.sending import Sender
from tests.casework.webhooks.hooks import CITY, LOOPBACK
from wording.catalogue import Language

DOCS = Path(__file__).parents[3] / "docs"
GUIDES = {Language.EN: DOCS / "webhooks.md", Language.ZH: DOCS / "webhooks.zh-CN.md"}
SECRET = new_webhook_secret()


def block(language: Language, kind: str) -> str:
    """The code block of a kind."""
    (found,) = re.findall(rf"```{kind}\n(.*?)```", GUIDES[language].read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


@contextmanager
def receiving(program: str) -> Iterator[int]:
    """The port at which the guide's program listens."""
    program, serving = program.replace("whsec_...", SECRET).rsplit("\n\n", 1)
    assert serving == 'HTTPServer(("", 8080), Receiver).serve_forever()\n'
    names: dict[str, Any] = {}
    exec(program, names)
    names["Receiver"].log_message = lambda *_: None
    server = HTTPServer(("127.0.0.1", 0), names["Receiver"])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("language", Language)
async def test_the_receiver_of_the_guide_knows_us(tmp_path: Path, language: Language) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'unused.db'}")
    now = datetime.now(UTC)
    message = Message(1, new_key(), CITY, "lianxi.dispute.assigned.v1", "s", now, {"sequence": 1})
    with receiving(block(language, "python")) as port:

        async def sent(secret: str, at: datetime) -> Outcome:
            desk = Desk(database, clock=lambda: at, webhook_networks=LOOPBACK)
            async with Sender(desk, ssl.create_default_context()) as sender:
                url = f"http://127.0.0.1:{port}/"
                return await sender.send(Parcel(new_key(), new_key(), 1, url, (secret,), message))

        assert await sent(SECRET, now) == Outcome(None, 204)
        assert await sent(new_webhook_secret(), now) == Outcome(Problem.STATUS, 401)
        assert await sent(SECRET, now - timedelta(hours=1)) == Outcome(Problem.STATUS, 401)
    await database.close()


@pytest.mark.parametrize("language", Language)
def test_every_event_is_told_of(language: Language) -> None:
    told = re.findall(r"^\| `(lianxi\.[^`]*)`", GUIDES[language].read_text(encoding="utf-8"), re.MULTILINE)
    assert told == list(TYPES)


def test_both_languages_show_the_same_programs() -> None:
    assert block(Language.EN, "js") == block(Language.ZH, "js")
    assert block(Language.EN, "json") == block(Language.ZH, "json")
    assert block(Language.EN, "graphql") == block(Language.ZH, "graphql")


@pytest.mark.parametrize("language", Language)
def test_figures_are_those_of_the_program(language: Language) -> None:
    text = GUIDES[language].read_text(encoding="utf-8")
    for figure in (SCHEDULE.attempts, SCHEDULE.first.seconds, SCHEDULE.longest.seconds // 3600):
        assert re.search(rf"\b{figure}\b|{figure} ", text)
