"""Settings: defaults, the environment, and clear words about bad ones."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server.language import preferred_language, spoken
from server.settings import (
    FILE,
    SECRET,
    BadSettings,
    Settings,
    is_overheard,
    read_settings,
    unknown_variables,
)
from wording.catalogue import Language


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LIANXI_{name.upper()}", raising=False)
        monkeypatch.delenv(f"LIANXI_{name.upper()}{FILE}", raising=False)


def test_defaults_need_no_environment() -> None:
    settings = read_settings()
    assert (settings.host, settings.port, settings.language) == ("127.0.0.1", 8000, Language.ZH)
    assert settings.database_url == "sqlite+aiosqlite:///var/lianxi.db"


def test_the_command_line_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXI_PORT", "9000")
    monkeypatch.setenv("LIANXI_HOST", "")
    assert read_settings(host=None, port=None).port == 9000
    assert read_settings(host="localhost", port="9001").port == 9001
    assert read_settings().host == "127.0.0.1"


BAD = {
    "LIANXI_PORT": ["x", "-1", "65536", "8000.5", " "],
    "LIANXI_HOST": ["x" * 300],
    "LIANXI_LANGUAGE": ["fr", "中文"],
    "LIANXI_LOG_LEVEL": ["loud"],
    "LIANXI_LOG_FORMAT": ["xml"],
    "LIANXI_DATABASE_URL": ["not a url", "postgresql://user:hunter2@host:port/name"],
    "LIANXI_MAX_BODY_BYTES": ["0", "999999999999"],
    "LIANXI_GRAPHQL_INTROSPECTION": ["perhaps"],
    "LIANXI_GRAPHQL_MAX_DEPTH": ["2", "none"],
    "LIANXI_SIGN_IN": ["maybe"],
    "LIANXI_PUBLIC_URL": [
        "lianxi.example",
        "ftp://lianxi.example",
        "https://",
        "https://lianxi.example/path",
        "https://user:secret@lianxi.example",
        "https://lianxi.example:port",
        "https://lianxi.example?a=b",
    ],
    "LIANXI_TRUSTED_PROXIES": ["everybody", "10.0.0.1/33", "10.0.0.1;10.0.0.2"],
    "LIANXI_SEALING_KEY": ["hunter2"],
    "LIANXI_SESSION_HOURS": ["0", "169"],
    "LIANXI_OIDC_ISSUER": ["id.example", "http://id.example", "https://id.example/#a", "file:///etc/passwd"],
    "LIANXI_OIDC_CLIENT_ID": ["console"],
}


@pytest.mark.parametrize(("variable", "value"), [(name, value) for name in BAD for value in BAD[name]])
def test_a_bad_setting_is_named_with_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSettings) as bad:
        read_settings()
    for language in Language:
        (message,) = bad.value.messages(language)
        assert message.startswith(f"{variable}=")
        assert "pydantic" not in message
        assert "hunter2" not in message


def test_what_belongs_together_is_there_together(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PUBLIC_URL": "https://lianxi.example/",
        "OIDC_ISSUER": "http://127.0.0.1:9000/realms/city",
        "OIDC_CLIENT_ID": "console",
        "SEALING_KEY": "k" * 32,
        "TRUSTED_PROXIES": "10.0.0.1, fd00::/8",
    }.items():
        monkeypatch.setenv(f"LIANXI_{name}", value)
    settings = read_settings()
    assert settings.public_url == "https://lianxi.example"
    assert settings.oidc_issuer == "http://127.0.0.1:9000/realms/city", "as it is written, to the letter"


@pytest.mark.parametrize(
    ("url", "overheard"),
    [
        ("http://localhost:8000", False),
        ("http://127.0.0.1", False),
        ("http://[::1]:8000", False),
        ("https://lianxi.example", False),
        ("http://lianxi.example", True),
        ("http://10.0.0.1:8000", True),
    ],
)
def test_on_this_machine_nobody_listens_on_the_way(
    monkeypatch: pytest.MonkeyPatch, url: str, overheard: bool
) -> None:
    monkeypatch.setenv("LIANXI_PUBLIC_URL", url)
    assert is_overheard(urlsplit(read_settings().public_url)) is overheard


def test_all_bad_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXI_PORT", "x")
    monkeypatch.setenv("LIANXI_LOG_LEVEL", "x")
    with pytest.raises(BadSettings) as bad:
        read_settings()
    assert bad.value.variables == ("LIANXI_LOG_LEVEL", "LIANXI_PORT")


SECRETS = {
    "database_url": "postgresql://user:hunter2@db.example/lianxi",
    "sealing_key": "hunter2" * 5,
    "oidc_client_secret": "hunter2",
}


@pytest.mark.parametrize("name", sorted(SECRET))
def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    path = tmp_path / "secret"
    path.write_text(f"{SECRETS[name]}\n")
    monkeypatch.setenv(f"LIANXI_{name.upper()}_FILE", str(path))
    assert getattr(read_settings(), name) == SECRETS[name]


BAD_FILES: dict[str, bytes | None] = {
    "settings.file_unreadable": None,
    "settings.file_empty": b" \n",
    "settings.file_and_value": b"hunter2" * 5,
}


@pytest.mark.parametrize("said", BAD_FILES)
def test_a_file_of_no_use_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str) -> None:
    path, content = tmp_path / "secret", BAD_FILES[said]
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("LIANXI_SEALING_KEY_FILE", str(path))
    if said == "settings.file_and_value":
        monkeypatch.setenv("LIANXI_SEALING_KEY", "hunter2" * 6)
    with pytest.raises(BadSettings) as bad:
        read_settings()
    assert bad.value.files == {"LIANXI_SEALING_KEY_FILE": said}
    for language in Language:
        (message,) = bad.value.messages(language)
        assert message.startswith("LIANXI_SEALING_KEY_FILE")
        assert "hunter2" not in message


@pytest.mark.parametrize("content", [b"\xff\xfe", b"hunter2"])
def test_what_a_file_holds_has_to_be_good(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    monkeypatch.setenv("LIANXI_SEALING_KEY_FILE", str(path))
    with pytest.raises(BadSettings) as bad:
        read_settings()
    assert "hunter2" not in "".join(bad.value.messages(Language.EN))


def test_variables_that_are_nearly_settings_are_noticed() -> None:
    environment = {
        "LIANXI_DATABSE_URL": "x",
        "LIANXI_PORT": "1",
        "LIANXI_SEALING_KEY_FILE": "x",
        "LIANXI_TEST_POSTGRES_URL": "x",
        "LIANXI_QQQQ": "x",
        "PATH": "x",
    }
    assert unknown_variables(environment) == [
        ("LIANXI_DATABSE_URL", "LIANXI_DATABASE_URL"),
        ("LIANXI_QQQQ", ""),
    ]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, Language.ZH),
        ("", Language.ZH),
        ("en", Language.EN),
        ("EN-us", Language.EN),
        ("zh-Hans-CN", Language.ZH),
        ("fr, en;q=0.5", Language.EN),
        ("zh;q=0.3, en;q=0.5", Language.EN),
        ("en;q=0, zh;q=0.1", Language.ZH),
        ("en;q=nonsense", Language.ZH),
        ("en;q=nan", Language.ZH),
        (";;;,,,=", Language.ZH),
        ("english", Language.ZH),
    ],
)
def test_the_language_that_the_header_prefers(header: str | None, language: Language) -> None:
    assert spoken(header, Language.ZH) is language


@pytest.mark.parametrize(
    ("value", "language"), [("", "zh"), ("en", "en"), (" EN ", "en"), ("fr", "zh"), ("zh", "zh")]
)
def test_early_messages_have_a_language_even_with_a_bad_setting(value: str, language: str) -> None:
    assert preferred_language({"LIANXI_LANGUAGE": value}) == language
