"""Settings: every mistake is named at once, and no secret is ever shown."""

from pathlib import Path

import pytest

from bot.settings import PROJECT, SettingsAreWrong, load_settings
from db.keys import new_key_text


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in list(os.environ):
        if name.startswith(("CARDWISE_", "TELEGRAM_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("")


def test_defaults() -> None:
    settings = load_settings()
    assert settings.telegram_token is None
    assert settings.data_dir == PROJECT / "var"
    assert settings.database == f"sqlite+aiosqlite:///{PROJECT / 'var' / 'cardwise.db'}"
    assert settings.timezone == "Asia/Shanghai"
    assert not settings.key_path.is_relative_to(settings.data_dir)


def test_every_mistake_is_named_at_once_and_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "TELEGRAM_BOT_TOKEN": "topsecret-token",
        "TELEGRAM_API_URL": "localhost",
        "TELEGRAM_PROXY_URL": "ftp://user:topsecret@host",
        "CARDWISE_DATABASE_URL": "mysql://user:topsecret@host/db",
        "CARDWISE_SECRET_KEY": "topsecret",
        "CARDWISE_LOG_FORMAT": "xml",
        "CARDWISE_TIMEZONE": "Mars/Olympus",
        "CARDWISE_DATADIR": "x",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsAreWrong) as caught:
        load_settings()
    lines = caught.value.mistakes
    assert {line.partition(":")[0] for line in lines} == set(wrong)
    assert "topsecret" not in str(lines)
    assert any("did you mean CARDWISE_DATA_DIR?" in line for line in lines)


def test_the_environment_wins_over_the_file_and_empty_means_not_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("TELEGRAM_BOT_TOKEN=1:file\nCARDWISE_TIMEZONE=Europe/Berlin\nTELEGRAM_API_URL=\n")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "2:environment")
    settings = load_settings()
    assert settings.telegram_token is not None
    assert settings.telegram_token.get_secret_value() == "2:environment"
    assert settings.timezone == "Europe/Berlin"
    assert settings.telegram_api_url is None
    assert "environment" not in repr(settings)


def test_the_key_must_not_lie_beside_the_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CARDWISE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CARDWISE_KEY_FILE", str(tmp_path / "data" / "key"))
    with pytest.raises(SettingsAreWrong, match="outside"):
        load_settings()


def test_one_key_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CARDWISE_SECRET_KEY", new_key_text())
    assert load_settings().secret_key is not None
    monkeypatch.setenv("CARDWISE_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(SettingsAreWrong, match="not both"):
        load_settings()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"CARDWISE_WEBHOOK_URL": "https://b.example.org/t"}, "belong together"),
        ({"CARDWISE_WEBHOOK_SECRET": "0123456789abcdef"}, "belong together"),
        ({"CARDWISE_WEBHOOK_URL": "http://b.example.org/t", "CARDWISE_WEBHOOK_SECRET": "x" * 16}, "https://"),
        (
            {"CARDWISE_WEBHOOK_URL": "https://b.example.org/metrics", "CARDWISE_WEBHOOK_SECRET": "x" * 16},
            "a path of its own",
        ),
        ({"CARDWISE_WEBHOOK_URL": "https://b.example.org/t", "CARDWISE_WEBHOOK_SECRET": "a b"}, "letters, digits"),
        (
            {"CARDWISE_WEBHOOK_URL": "https://b.org/t", "CARDWISE_WEBHOOK_SECRET": "x" * 16, "CARDWISE_HTTP": "off"},
            "cannot be off",
        ),
        ({"CARDWISE_HTTP": "80000"}, "must be a port"),
        ({"CARDWISE_HTTP": "localhost"}, "must be a port"),
        ({"CARDWISE_NLU_URL": "ftp://x"}, "http://"),
        ({"CARDWISE_SECRET_KEY": "short,keys"}, "CARDWISE_SECRET_KEY"),
    ],
)
def test_settings_of_the_port_and_the_webhook(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, values: dict[str, str], says: str
) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CARDWISE_DATA_DIR", str(tmp_path))
    with pytest.raises(SettingsAreWrong) as raised:
        load_settings(tmp_path / "none")
    assert any(says in mistake for mistake in raised.value.mistakes), raised.value.mistakes
    assert "0123456789abcdef" not in str(raised.value)


@pytest.mark.parametrize(
    ("given", "address"),
    [("8081", ("127.0.0.1", 8081)), ("0.0.0.0:80", ("0.0.0.0", 80)), ("[::1]:8080", ("::1", 8080)), ("off", None)],
)
def test_where_the_port_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str, address: tuple[str, int] | None
) -> None:
    monkeypatch.setenv("CARDWISE_HTTP", given)
    monkeypatch.setenv("CARDWISE_DATA_DIR", str(tmp_path))
    assert load_settings(tmp_path / "none").http == address
