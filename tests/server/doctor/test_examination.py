"""All checks together, and the identity provider among them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.doctor.examination import examine
from server.doctor.finding import Verdict
from server.settings import Settings
from tests.server.sign_in.identity_provider import IdentityProvider, identity_provider


async def verdicts(**settings: Any) -> dict[str, Verdict]:
    """What is found, by check."""
    return {each.check: each.verdict async for each in examine(Settings(**settings), {})}


async def test_a_database_is_asked_after_the_settings(city_url: str) -> None:
    checks = list(await verdicts(database_url=city_url))
    assert checks.index("settings") < checks.index("database") < checks.index("audit")
    assert ("disk" in checks) is city_url.startswith("sqlite")


async def test_no_database_is_made_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "database.db"
    found = await verdicts(database_url=f"sqlite:///{path}")
    assert found["database_file"] is Verdict.WRONG
    assert "database" not in found
    assert not path.exists()


async def test_an_address_that_makes_no_sense_is_told() -> None:
    assert (await verdicts(database_url="mysql://localhost/lianxi"))["database"] is Verdict.WRONG


@pytest.mark.parametrize("broken", ["", "/.well-known/openid-configuration", "/keys"])
async def test_a_provider_has_to_answer_with_its_keys(tmp_path: Path, broken: str) -> None:
    async with identity_provider() as provider:
        assert isinstance(provider, IdentityProvider)
        if broken:
            provider.broken.add(broken)
        url = f"sqlite:///{tmp_path / 'missing.db'}"
        found = await verdicts(database_url=url, oidc_issuer=provider.issuer)
    assert found["provider"] is (Verdict.WRONG if broken else Verdict.FINE)
