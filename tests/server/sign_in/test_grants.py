"""The file of what groups may do."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.actor import Grant, Role
from server.settings import Settings
from server.sign_in.grants import BadGrants, group_grants
from wording.catalogue import Language


def test_groups_have_grants(tmp_path: Path) -> None:
    file = tmp_path / "grants.json"
    file.write_text(
        '{"leads": [{"role": "unit_lead", "unit": "u"}, {"role": "clerk", "region": "990102"}], "none": []}'
    )
    assert group_grants(Settings(oidc_grants=str(file))) == {
        "leads": (Grant(Role.UNIT_LEAD, unit="u"), Grant(Role.CLERK, region="990102")),
        "none": (),
    }
    assert group_grants(Settings()) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot be read"),
        ("", "JSON object"),
        ("[]", "JSON object"),
        ('{"a": 1}', "“a”"),
        ('{"a": ["clerk"]}', "“a”"),
        ('{"a": [{}]}', "“a”"),
        ('{"a": [{"role": 1}]}', "“a”"),
        ('{"a": [{"role": "clerk", "unit": null}]}', "“a”"),
        ('{"a": [{"role": "clerk", "units": "x"}]}', "“a”"),
        ('{"a": [{"role": "king"}]}', "“king”"),
    ],
)
def test_a_file_of_no_use_is_told_with_its_name(tmp_path: Path, text: str | None, told: str) -> None:
    file = tmp_path / "grants.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(BadGrants) as bad:
        group_grants(Settings(oidc_grants=str(file)))
    message = bad.value.message(Language.EN)
    assert message.startswith(f"{file}: ")
    assert told in message
    assert bad.value.message(Language.ZH) != message
