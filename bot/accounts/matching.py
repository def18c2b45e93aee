"""Finds the accounts that a request's data belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.accounts.interfaces import Account, AccountBackend, AccountQuery, Role, Status
from bot.accounts.planning import without_repeats
from bot.accounts.rules import clean_identifier
from bot.platforms import Platform

LOOK_UPS = {"id_document": "username", "email": "username", "ruc": "username", "phone": "email", "username": "email"}
"""What each kind of look-up asks for."""


def login_query(platform: Platform, login: str, email: str = "") -> AccountQuery:
    """By what is typed to sign in, and the registered e-mail where it is asked for."""
    if platform is Platform.SEACE:
        return AccountQuery(platform, user_code=login, email=email)
    return AccountQuery(platform, username=login, email=email)


async def by_login(backend: AccountBackend, platform: Platform, login: str, email: str | None = None) -> list[Account]:
    """The accounts with this login and, unless it is None, this registered e-mail; none for empty data."""
    login = login.strip()
    if not login or (email is not None and not email.strip()):
        return []
    return list(await backend.find(login_query(platform, login, (email or "").strip())))


async def by_person(
    backend: AccountBackend, platform: Platform, identifier: str, email: str, birth_date: date
) -> tuple[Account, ...]:
    """The accounts whose RUC or identity document, registered e-mail and birth date are all these.

    Both kinds of identifier are always asked for, so that the work does not depend on what matches.
    """
    identifier, email = clean_identifier(identifier), email.strip()
    if not identifier or not email:
        return ()
    found = [
        *await backend.find(AccountQuery(platform, ruc=identifier, email=email)),
        *await backend.find(AccountQuery(platform, id_document=identifier, email=email)),
    ]
    return without_repeats([account for account in found if account.birth_date == birth_date])


async def in_entity(backend: AccountBackend, platform: Platform, ruc: str, delegate: str) -> tuple[Account, ...]:
    """The delegate of this RUC, by user name or identity document, as one account at most."""
    ruc, delegate = clean_identifier(ruc), delegate.strip()
    if not ruc or not delegate:
        return ()
    found = await backend.find(AccountQuery(platform, username=delegate, ruc=ruc, role=Role.USER))
    document = clean_identifier(delegate)
    if not found and document.isdigit():
        found = await backend.find(AccountQuery(platform, id_document=document, ruc=ruc, role=Role.USER))
    return tuple(found[:1])


async def administrators(backend: AccountBackend, platform: Platform, ruc: str) -> tuple[Account, ...]:
    """The active administrators of this RUC."""
    ruc = clean_identifier(ruc)
    if not ruc:
        return ()
    found = await backend.find(AccountQuery(platform, ruc=ruc, role=Role.ADMIN))
    return tuple(account for account in found if account.status is Status.ACTIVE)


async def by_look_up(backend: AccountBackend, platform: Platform, kind: str, value: str) -> Sequence[Account]:
    """The accounts of a look-up. A RUC belongs to a whole entity, so it leads to its administrators alone."""
    value = clean_identifier(value) if kind in ("id_document", "ruc") else value.strip()
    if not value:
        return []
    if kind == "username":
        return await by_login(backend, platform, value)
    role = Role.ADMIN if kind == "ruc" else None
    fields = {kind: value}
    return await backend.find(AccountQuery(platform, role=role, **fields))
