"""A small account system in memory, for the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from bot.accounts.interfaces import (
    Account,
    AccountQuery,
    PasswordRejected,
    ResetLinkInvalid,
    ResetPage,
    Role,
    Status,
)
from bot.platforms import Platform

LINK = "enlace-de-prueba"
LOGIN = "proveedor_ficticio"


class Links:
    """One reset link that works until it is used."""

    def __init__(self) -> None:
        self.valid = True
        self.password = ""
        self.looked = 0

    async def open_reset(self, token: str) -> ResetPage:
        self.looked += 1
        if token != LINK or not self.valid:
            raise ResetLinkInvalid
        return ResetPage(LOGIN, Platform.SECOP2, datetime.now(timezone.utc) + timedelta(minutes=30))

    async def complete_reset(self, token: str, new_password: str) -> ResetPage:
        page = await self.open_reset(token)
        reasons = ["length_min"] if len(new_password) < 8 else []
        reasons += [] if any(char.isdigit() for char in new_password) else ["digit"]
        if reasons:
            raise PasswordRejected(reasons)
        self.valid, self.password = False, new_password
        return page


class Directory:
    """Accounts whose password is ``clave-1`` where the user name says so."""

    async def find(self, query: AccountQuery) -> Sequence[Account]:
        account = Account(
            Platform.SOCE,
            "",
            "temporal",
            "",
            "",
            "",
            "",
            "",
            None,
            "",
            Role.USER,
            Status.ACTIVE,
            None,
            must_change_password=True,
        )
        return [account] if query.username == "temporal" else []

    async def verify_password(self, platform: Platform, login: str, password: str) -> bool:
        return login in ("temporal", "normal") and password == "clave-1"
