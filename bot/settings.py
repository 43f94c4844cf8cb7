"""Settings from the environment and `.env`, checked together: every mistake is named at once."""

import difflib
import os
import re
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import platformdirs
from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

PROJECT = Path(__file__).resolve().parent.parent


class SettingsAreWrong(Exception):
    """One line for each setting that is wrong, in `mistakes`. Values of secrets are never part of them."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes


class Address(NamedTuple):
    """Where a port is opened."""

    host: str
    port: int


_OWN_PATHS = ("/healthz", "/readyz", "/metrics")


class Settings(BaseModel):
    """Everything an operator can set. An empty value counts as not set."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    telegram_token: SecretStr | None = Field(None, alias="TELEGRAM_BOT_TOKEN")
    telegram_api_url: str | None = Field(None, alias="TELEGRAM_API_URL")
    telegram_proxy_url: SecretStr | None = Field(None, alias="TELEGRAM_PROXY_URL")
    data_dir: Path = Field(PROJECT / "var", alias="CARDWISE_DATA_DIR")
    database_url: SecretStr | None = Field(None, alias="CARDWISE_DATABASE_URL")
    key_file: Path | None = Field(None, alias="CARDWISE_KEY_FILE")
    secret_key: SecretStr | None = Field(None, alias="CARDWISE_SECRET_KEY")
    log_format: Literal["text", "json"] = Field("text", alias="CARDWISE_LOG_FORMAT")
    timezone: str = Field("Asia/Shanghai", alias="CARDWISE_TIMEZONE")
    # The school whose counsellors are there for students who have joined none.
    default_desk: str | None = Field(None, alias="CARDWISE_DEFAULT_DESK")
    # Above so many recipients a second person must approve a campaign.
    approve_from: int = Field(50, alias="CARDWISE_APPROVE_FROM", ge=0, le=1_000_000)

    webhook_url: str | None = Field(None, alias="CARDWISE_WEBHOOK_URL")
    webhook_secret: SecretStr | None = Field(None, alias="CARDWISE_WEBHOOK_SECRET")
    # Where the webhook, health and metrics are served; this machine alone unless told otherwise.
    http: Address | None = Field(Address("127.0.0.1", 8080), alias="CARDWISE_HTTP")
    nlu_url: str | None = Field(None, alias="CARDWISE_NLU_URL")

    @field_validator("telegram_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"\d+:\S+", value.get_secret_value()):
            raise ValueError("must look like 123456789:AbC…, as @BotFather gave it")
        return value

    @field_validator("telegram_api_url")
    @classmethod
    def _api_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        _check_url(value, ("http", "https"))
        return value.rstrip("/")

    @field_validator("nlu_url")
    @classmethod
    def _nlu_url(cls, value: str | None) -> str | None:
        if value is not None:
            _check_url(value, ("http", "https"))
            value = value.rstrip("/").removesuffix("/model/parse")
        return value

    @field_validator("webhook_url")
    @classmethod
    def _webhook_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        _check_url(value, ("http", "https"))
        if urlsplit(value).path.rstrip("/") in _OWN_PATHS:
            raise ValueError("needs a path of its own, such as https://bot.example.org/telegram")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _webhook_secret(cls, value: SecretStr | None) -> SecretStr | None:
        # Bot API, setWebhook: 1 to 256 of these characters. The doctor says when it is short enough to be guessed.
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError("must be 1 to 256 letters, digits, _ and - (best from `openssl rand -hex 32`)")
        return value

    @field_validator("http", mode="before")
    @classmethod
    def _http(cls, value: object) -> object:
        return _address(value) if isinstance(value, str) else value

    @field_validator("telegram_proxy_url")
    @classmethod
    def _proxy_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            _check_url(value.get_secret_value(), ("http", "https", "socks5", "socks5h"))
        return value

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, value: SecretStr | None) -> SecretStr | None:
        schemes = ("sqlite+aiosqlite://", "postgresql+psycopg://")
        if value is None:
            return None
        url = value.get_secret_value()
        if not url.startswith(schemes):
            raise ValueError(f"must start with {' or '.join(schemes)}")
        if url.startswith(schemes[0]) and url.removeprefix(schemes[0]).strip("/") in ("", ":memory:"):
            raise ValueError("must name a file, such as sqlite+aiosqlite:////path/to/cardwise.db")
        try:
            urlsplit(url).port  # noqa: B018 - raises for a port that is no number
        except ValueError:
            raise ValueError("the port is not a number") from None
        return value

    @field_validator("secret_key")
    @classmethod
    def _secret_key(cls, value: SecretStr | None) -> SecretStr | None:
        from db.keys import KeyProblem, several_from_text

        try:
            if value is not None:
                several_from_text(value.get_secret_value())
        except KeyProblem as error:
            raise ValueError(str(error)) from None
        return value

    @field_validator("data_dir", "key_file")
    @classmethod
    def _path(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().resolve()

    @field_validator("data_dir")
    @classmethod
    def _folder(cls, value: Path) -> Path:
        if value.exists() and not value.is_dir():
            raise ValueError(f"{value} is a file, not a folder")
        return value

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{value!r} is not a time zone such as Asia/Shanghai") from None
        return value

    @model_validator(mode="after")
    def _one_key(self) -> "Settings":
        if self.key_file and self.secret_key:
            raise ValueError("set CARDWISE_KEY_FILE or CARDWISE_SECRET_KEY, not both")
        self._check_webhook()
        if not self.secret_key and self.key_path.resolve().is_relative_to(self.data_dir.resolve()):
            raise ValueError(
                f"CARDWISE_KEY_FILE: the key ({self.key_path}) must lie outside CARDWISE_DATA_DIR ({self.data_dir}): "
                "a backup of the data must not hold the key"
            )
        return self

    def _check_webhook(self) -> None:
        if (self.webhook_url is None) != (self.webhook_secret is None):
            raise ValueError("CARDWISE_WEBHOOK_URL and CARDWISE_WEBHOOK_SECRET belong together: set both or neither")
        if self.webhook_url is None:
            return
        if self.http is None:
            raise ValueError("CARDWISE_HTTP: the webhook needs a port, it cannot be off")
        # Telegram itself delivers by https only; a Bot API server of one's own may do without.
        if not self.webhook_url.startswith("https://") and self.telegram_api_url is None:
            raise ValueError("CARDWISE_WEBHOOK_URL: must start with https://, Telegram delivers to nothing else")

    @property
    def webhook_path(self) -> str | None:
        return (urlsplit(self.webhook_url).path or "/") if self.webhook_url is not None else None

    @property
    def key_path(self) -> Path:
        return self.key_file or Path(platformdirs.user_config_dir("cardwise")) / "key"

    @property
    def database(self) -> str:
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_dir / 'cardwise.db'}"


def _address(value: str) -> Address | None:
    """`8080`, `0.0.0.0:8080` or `[::1]:8080`; `off` for none."""
    if value.strip().lower() == "off":
        return None
    host, _, port = value.strip().rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError("must be a port such as 8080, an address such as 0.0.0.0:8080, or off")
    return Address(host.strip("[]") or "127.0.0.1", int(port))


def _check_url(value: str, schemes: tuple[str, ...]) -> None:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        raise ValueError("is not a URL") from None
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"must be a URL starting with {', '.join(f'{scheme}://' for scheme in schemes)}")


def load_settings(env_file: Path | None = None) -> Settings:
    """The settings in force. Raises SettingsAreWrong naming every mistake, with no secret in it.

    The environment wins over `.env`, which is looked for in the current folder and then beside the project.
    """
    path = env_file or next((p for p in (Path(".env"), PROJECT / ".env") if p.is_file()), None)
    try:
        from_file = {name: value for name, value in dotenv_values(path).items() if value} if path else {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsAreWrong([f"{path}: cannot be read as UTF-8 text ({type(error).__name__})"]) from None
    values = {**from_file, **{name: value for name, value in os.environ.items() if value}}
    mistakes = _misspelt(values)
    settings: Settings | None = None
    known = {alias: values[alias] for alias in _aliases() if alias in values}
    try:
        settings = Settings.model_validate(known)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        mistakes.extend(map(_line, found))
        mistakes.extend(_between_the_others(known, {str(part) for one in found for part in one["loc"]}))
    if mistakes or settings is None:
        raise SettingsAreWrong(mistakes)
    return settings


def _between_the_others(known: dict[str, str], wrong: set[str]) -> list[str]:
    """Mistakes between settings, which pydantic looks for only when each of them is right by itself."""
    if not wrong:
        return []
    try:
        Settings.model_validate({name: value for name, value in known.items() if name not in wrong})
    except ValidationError as error:
        return [_line(mistake) for mistake in error.errors(include_url=False, include_input=False)]
    return []


def _aliases() -> list[str]:
    return [field.alias for field in Settings.model_fields.values() if field.alias]


def _misspelt(values: dict[str, str]) -> list[str]:
    known = _aliases()
    lines = []
    for name in sorted(values):
        if name.startswith("CARDWISE_") and name not in known:
            near = difflib.get_close_matches(name, known, 1)
            lines.append(f"{name}: is not a setting" + (f"; did you mean {near[0]}?" if near else ""))
    return lines


def _line(mistake: object) -> str:
    assert isinstance(mistake, dict)
    name = str(mistake["loc"][0]) if mistake["loc"] else ""
    message = str(mistake["msg"]).removeprefix("Value error, ")
    return f"{name}: {message}" if name else message
