"""What the doctor tells of the settings alone: each check found fine, and found otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.doctor.finding import Verdict
from server.doctor.settings import settings_findings
from server.settings import Settings
from wording.catalogue import Language

OPEN: dict[str, Any] = {"host": "0.0.0.0", "sign_in": "required"}
SITE: dict[str, Any] = {**OPEN, "public_url": "https://lianxi.example"}
FINE, DOUBTFUL, WRONG = Verdict


def verdicts(environment: dict[str, str] | None = None, **settings: Any) -> dict[str, Verdict]:
    """What is found, by check; every finding says something in each language."""
    found = list(settings_findings(Settings(**settings), environment or {}))
    assert all(each.said[language] for each in found for language in Language)
    return {each.check: each.verdict for each in found}


def test_on_this_machine_all_is_fine_and_what_is_for_open_servers_is_not_asked() -> None:
    assert verdicts() == dict.fromkeys(("settings", "listening", "files", "trusted_only"), FINE)


def test_an_open_server_can_be_fine() -> None:
    found = verdicts(**SITE, trusted_proxies="10.0.0.5", graphiql=False)
    assert found == dict.fromkeys(
        ("settings", "listening", "files", "trusted_only", "public_url", "trusted_proxies", "graphiql"), FINE
    )


@pytest.mark.parametrize(
    ("check", "verdict", "settings"),
    [
        ("listening", WRONG, {"host": "0.0.0.0"}),
        ("listening", WRONG, {"host": "no-such-host.invalid", "sign_in": "required"}),
        ("listening", FINE, OPEN),
        ("files", WRONG, {"trusted_documents": "missing.json"}),
        ("files", WRONG, {"vote_model": "missing.json"}),
        ("files", WRONG, {"oidc_grants": "missing.json", "oidc_issuer": "https://id.example"}),
        ("trusted_only", WRONG, {"trusted_only": True}),
        ("public_url", DOUBTFUL, OPEN),
        ("public_url", DOUBTFUL, {**OPEN, "public_url": "http://lianxi.example"}),
        ("public_url", FINE, {**OPEN, "public_url": "http://localhost:8000"}),
        ("public_url", FINE, SITE),
        ("trusted_proxies", FINE, OPEN),
        ("trusted_proxies", DOUBTFUL, SITE),
        ("trusted_proxies", DOUBTFUL, {**SITE, "trusted_proxies": "10.0.0.5, 0.0.0.0/0"}),
        ("trusted_proxies", DOUBTFUL, {**SITE, "trusted_proxies": "::/0"}),
        ("graphiql", DOUBTFUL, SITE),
        ("graphiql", DOUBTFUL, {**SITE, "host": "127.0.0.1"}),
    ],
)
def test_what_is_found(check: str, verdict: Verdict, settings: dict[str, Any]) -> None:
    assert verdicts(**settings)[check] is verdict


def test_trusted_documents_alone_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "documents.json"
    path.write_text('{"all": "{ functions { code } }"}')
    found = verdicts(trusted_only=True, trusted_documents=str(path))
    assert (found["trusted_only"], found["files"]) == (FINE, FINE)


@pytest.mark.parametrize("name", ["LIANXI_DATABSE_URL", "LIANXI_QQQQ"])
def test_variables_that_are_nearly_settings_are_doubtful(name: str) -> None:
    assert verdicts({name: "x"})["settings"] is DOUBTFUL
