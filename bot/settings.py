"""The only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from bot.errors import SettingsError

SHORTEST_SECRET = 24
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """What an operator decides. Each field is one environment variable with the prefix ``VENTANILLA_``."""

    home: Path
    database_url: str
    redis_url: str
    smtp_url: str
    mail_from: str
    public_url: str
    telegram_token: str
    telegram_api_url: str
    account_api_url: str
    desk_webhook_url: str
    desk_webhook_secret: str
    desk_mail_address: str
    desk_mail_listen: tuple[str, int] | None
    desk_mail_to: str
    allowed_origins: tuple[str, ...]
    rate_limits: bool
    log_level: str
    project: Path = ROOT

    @property
    def models(self) -> Path:
        """Where trained models are kept."""
        return self.project / "models"

    @property
    def data(self) -> Path:
        """Where the sentences, rules, guides and platform facts are kept."""
        return self.project / "data"


def load_settings(environ: Mapping[str, str] | None = None, *, project: Path | None = None) -> Settings:
    """Reads the environment and, for what it does not set, the file ``.env`` of the project.

    Args:
        environ: the values to take instead, and nothing else: whoever gives them wants a service of their own, which
            must reach nothing that the operator's file names.

    Raises:
        SettingsError: a value cannot be used; the error names the variable and what is expected.
    """
    project = project or Path(os.environ.get("VENTANILLA_PROJECT", "") or ROOT)
    values = {**_from_file(project / ".env"), **os.environ} if environ is None else environ

    def get(name: str) -> str:
        return values.get(f"VENTANILLA_{name}", "").strip()

    home = Path(get("HOME") or "./var").expanduser().resolve()
    return Settings(
        home=home,
        database_url=_database_url(get("DATABASE_URL"), home),
        redis_url=_url("REDIS_URL", get("REDIS_URL"), ("redis", "rediss")),
        smtp_url=_url("SMTP_URL", get("SMTP_URL"), ("smtp", "smtps")),
        mail_from=_address("MAIL_FROM", get("MAIL_FROM")),
        public_url=_url("PUBLIC_URL", get("PUBLIC_URL"), ("http", "https")).rstrip("/"),
        telegram_token=get("TELEGRAM_TOKEN"),
        telegram_api_url=_url("TELEGRAM_API_URL", get("TELEGRAM_API_URL"), ("http", "https")),
        account_api_url=_url("ACCOUNT_API_URL", get("ACCOUNT_API_URL"), ("http", "https")),
        desk_webhook_url=_url("DESK_WEBHOOK_URL", get("DESK_WEBHOOK_URL"), ("http", "https")),
        desk_webhook_secret=_webhook_secret(get("DESK_WEBHOOK_SECRET"), get("DESK_WEBHOOK_URL")),
        desk_mail_address=_address("DESK_MAIL_ADDRESS", get("DESK_MAIL_ADDRESS")),
        desk_mail_listen=_listen(get("DESK_MAIL_LISTEN"), get("DESK_MAIL_ADDRESS")),
        desk_mail_to=_address("DESK_MAIL_TO", get("DESK_MAIL_TO")),
        allowed_origins=_origins(get("ALLOWED_ORIGINS")),
        rate_limits=_switch("RATE_LIMITS", get("RATE_LIMITS")),
        log_level=_log_level(get("LOG_LEVEL")),
        project=project,
    )


def _from_file(path: Path) -> dict[str, str]:
    return {key: value or "" for key, value in dotenv_values(path).items()}


def _url(name: str, value: str, schemes: tuple[str, ...]) -> str:
    if not value:
        return ""
    expected = " or ".join(f"{scheme}://host" for scheme in schemes)
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError as error:
        raise SettingsError(f"VENTANILLA_{name}", f"an address such as {expected}") from error
    if parts.scheme not in schemes or not parts.hostname:
        raise SettingsError(f"VENTANILLA_{name}", f"an address such as {expected}")
    return value


def _origins(value: str) -> tuple[str, ...]:
    """Origins as browsers write them (RFC 6454, section 6.2): scheme, host and port, nothing behind."""
    origins = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    for origin in origins:
        try:
            parts = urlsplit(origin)
            plain = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
        except ValueError:
            plain = ""
        if origin != plain or parts.scheme not in ("http", "https") or "*" in origin:
            raise SettingsError(
                "VENTANILLA_ALLOWED_ORIGINS", "origins such as https://www.example.org, separated by commas"
            )
    return origins


def _database_url(value: str, home: Path) -> str:
    if not value:
        return f"sqlite+aiosqlite:///{home / 'ventanilla.db'}"
    scheme, _, rest = value.partition("://")
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "sqlite+aiosqlite": "sqlite+aiosqlite",
        "postgres": "postgresql+asyncpg",
        "postgresql": "postgresql+asyncpg",
        "postgresql+asyncpg": "postgresql+asyncpg",
    }
    if scheme not in drivers or not rest:
        raise SettingsError(
            "VENTANILLA_DATABASE_URL", "sqlite:///path/to/file.db or postgresql://user:password@host:port/name"
        )
    return f"{drivers[scheme]}://{rest}"


def _address(name: str, value: str) -> str:
    if value and ("@" not in value or any(c in value for c in "\r\n")):
        raise SettingsError(f"VENTANILLA_{name}", "an e-mail address such as ayuda@example.org")
    return value


def _webhook_secret(secret: str, url: str) -> str:
    if (secret or url) and len(secret) < SHORTEST_SECRET:
        raise SettingsError("VENTANILLA_DESK_WEBHOOK_SECRET", f"a secret of at least {SHORTEST_SECRET} characters")
    return secret


def _listen(value: str, address: str) -> tuple[str, int] | None:
    if not value:
        return None
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingsError("VENTANILLA_DESK_MAIL_LISTEN", "host and port such as 127.0.0.1:2525")
    if not address:
        raise SettingsError("VENTANILLA_DESK_MAIL_ADDRESS", "the address whose mail comes in at DESK_MAIL_LISTEN")
    return host.strip("[]"), int(port)


def _switch(name: str, value: str) -> bool:
    if value.lower() not in ("", "on", "off"):
        raise SettingsError(f"VENTANILLA_{name}", "on or off")
    return value.lower() != "off"


def _log_level(value: str) -> str:
    level = (value or "INFO").upper()
    if level not in LOG_LEVELS:
        raise SettingsError("VENTANILLA_LOG_LEVEL", "one of " + ", ".join(LOG_LEVELS))
    return level
