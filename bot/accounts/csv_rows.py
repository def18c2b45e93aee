"""Reads the accounts CSV (``docs`` name its columns) and checks it row by row. Pure: bytes in, accounts out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timezone

from bot.accounts.interfaces import Account, Role, Status
from bot.errors import VentanillaError
from bot.platforms import Platform

COLUMNS = (
    "platform",
    "user_code",
    "username",
    "id_document",
    "ruc",
    "email",
    "phone",
    "full_name",
    "birth_date",
    "entity",
    "role",
    "status",
    "password_changed_at",
)
MAX_BYTES = 20_000_000
MAX_FIELD = 300
EMAIL = re.compile(r"[^@\s,;<>()\"]{1,64}@[^@\s,;<>()\"]{1,180}\.[^@\s.,;<>()\"]{2,63}")
PHONE = re.compile(r"\+?[0-9 ().\-]{5,30}")
LOGIN_COLUMN = {Platform.SEACE: "user_code", Platform.SOCE: "username", Platform.SECOP2: "username"}


class CsvRejected(VentanillaError):
    """The file was not taken.

    Attributes:
        line: of the file, from 1; 0 when it is about the file as a whole.
        column: its name, or empty.
        reason: a key of ``errores_csv`` in ``data/words/cuentas.yml``.
        detail: what that sentence needs besides.
    """

    def __init__(self, line: int, column: str, reason: str, detail: str = "") -> None:
        super().__init__(f"line {line}, column {column or '-'}: {reason}")
        self.line, self.column, self.reason, self.detail = line, column, reason, detail


def read_accounts(content: bytes, now: datetime) -> list[Account]:
    """Every account of a file.

    Args:
        content: UTF-8, with or without a byte order mark, separated by commas or semicolons.
        now: dates after it are refused.

    Raises:
        CsvRejected: something is wrong with it; nothing of it may be taken.
    """
    text = _text(content)
    rows = _rows(text)
    try:
        header_line, header = next(rows)
    except StopIteration:
        raise CsvRejected(0, "", "empty") from None
    names = [name.strip().lower() for name in header]
    _check_header(header_line, names)
    accounts: list[Account] = []
    seen: dict[tuple[Platform, str], int] = {}
    for line, fields in rows:
        if len(fields) != len(names):
            raise CsvRejected(line, "", "fields", str(len(names)))
        account = _Row(line, dict(zip(names, fields, strict=True)), now).account()
        place = (account.platform, account.login.casefold())
        if place in seen:
            raise CsvRejected(line, LOGIN_COLUMN[account.platform], "duplicate", str(seen[place]))
        seen[place] = line
        accounts.append(account)
    if not accounts:
        raise CsvRejected(0, "", "no_rows")
    return accounts


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise CsvRejected(0, "", "too_big", f"{MAX_BYTES // 1_000_000} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CsvRejected(content[: error.start].count(b"\n") + 1, "", "encoding") from error


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                yield begins, fields
            begins = reader.line_num + 1
    except csv.Error as error:
        raise CsvRejected(begins, "", "csv") from error


def _check_header(line: int, names: list[str]) -> None:
    for name in names:
        if name in ("password", "contraseña", "contrasena", "clave"):
            raise CsvRejected(line, name, "password_column")
        if name not in COLUMNS:
            raise CsvRejected(line, name[:40], "unknown_column")
        if names.count(name) > 1:
            raise CsvRejected(line, name, "repeated_column")
    for name in COLUMNS:
        if name not in names:
            raise CsvRejected(line, name, "missing_column")


class _Row:
    def __init__(self, line: int, fields: Mapping[str, str], now: datetime) -> None:
        self._line, self._now = line, now
        self._fields = {name: value.strip() for name, value in fields.items()}
        for name, value in self._fields.items():
            if len(value) > MAX_FIELD:
                raise self._error(name, "long", str(MAX_FIELD))
            if not value.isprintable():
                raise self._error(name, "characters")

    def account(self) -> Account:
        platform = Platform(self._choice("platform", [each.value for each in Platform]))
        login = LOGIN_COLUMN[platform]
        if not self._fields[login]:
            raise self._error(login, "required")
        if login == "username" and self._fields["user_code"]:
            raise self._error("user_code", "not_here")
        return Account(
            platform=platform,
            user_code=self._name("user_code"),
            username=self._name("username"),
            id_document=self._fields["id_document"],
            ruc=self._fields["ruc"],
            email=self._shaped("email", EMAIL.fullmatch),
            phone=self._shaped("phone", PHONE.fullmatch),
            full_name=self._fields["full_name"],
            birth_date=self._date(),
            entity=self._fields["entity"],
            role=Role(self._choice("role", [each.value for each in Role])),
            status=Status(self._choice("status", [each.value for each in Status])),
            password_changed_at=self._moment(),
        )

    def _choice(self, name: str, allowed: list[str]) -> str:
        value = self._fields[name].lower()
        if not value:
            raise self._error(name, "required")
        if value not in allowed:
            raise self._error(name, "choice", ", ".join(allowed))
        return value

    def _name(self, name: str) -> str:
        value = self._fields[name]
        if any(character.isspace() for character in value):
            raise self._error(name, "blank")
        return value

    def _shaped(self, name: str, shape: Callable[[str], object]) -> str:
        value = self._fields[name]
        if value and not shape(value):
            raise self._error(name, name)
        return value

    def _date(self) -> date | None:
        value = self._fields["birth_date"]
        if not value:
            return None
        try:
            born = date.fromisoformat(value)
        except ValueError as error:
            raise self._error("birth_date", "date") from error
        if born > self._now.date():
            raise self._error("birth_date", "future")
        return born

    def _moment(self) -> datetime | None:
        value = self._fields["password_changed_at"]
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(re.sub("[zZ]$", "+00:00", value))
            moment = moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)
        except (ValueError, OverflowError) as error:
            raise self._error("password_changed_at", "moment") from error
        # A file may come from a place where the next day has begun already.
        if moment.date() > self._now.date() and (moment - self._now).days >= 1:
            raise self._error("password_changed_at", "future")
        return moment

    def _error(self, column: str, reason: str, detail: str = "") -> CsvRejected:
        return CsvRejected(self._line, column, reason, detail)
