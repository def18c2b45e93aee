"""Accounts as JSON, the same on both ends of the account API (``docs/accounts-api.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.accounts.interfaces import Account, AccountQuery, Role, Status
from bot.platforms import Platform

TEXTS = ("user_code", "username", "id_document", "ruc", "email", "phone", "full_name", "entity")
QUERY_TEXTS = ("user_code", "username", "id_document", "ruc", "email", "phone")


def account_to_json(account: Account) -> dict[str, Any]:
    """An account as the API's ``Account``."""
    return {
        "platform": account.platform.value,
        **{name: getattr(account, name) for name in TEXTS},
        "birth_date": account.birth_date.isoformat() if account.birth_date else None,
        "role": account.role.value,
        "status": account.status.value,
        "password_changed_at": account.password_changed_at.isoformat() if account.password_changed_at else None,
        "must_change_password": account.must_change_password,
    }


def account_from_json(value: Mapping[str, Any]) -> Account:
    """The API's ``Account`` as an account.

    Raises:
        KeyError, TypeError, ValueError: it is not what the API describes.
    """
    changed = value.get("password_changed_at")
    moment = datetime.fromisoformat(changed.replace("Z", "+00:00")) if changed else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError("password_changed_at has no time zone")
    born = value.get("birth_date")
    return Account(
        platform=Platform(value["platform"]),
        **{name: str(value.get(name) or "") for name in TEXTS},
        birth_date=date.fromisoformat(born) if born else None,
        role=Role(value["role"]),
        status=Status(value["status"]),
        password_changed_at=moment,
        must_change_password=bool(value.get("must_change_password", False)),
    )


def query_to_json(query: AccountQuery) -> dict[str, Any]:
    """A query as the API's ``Query``: only the fields that were given."""
    given = {name: value for name in QUERY_TEXTS if (value := getattr(query, name))}
    role = {"role": query.role.value} if query.role else {}
    return {"platform": query.platform.value, **given, **role}


def query_from_json(value: Mapping[str, Any]) -> AccountQuery:
    """The API's ``Query`` as a query.

    Raises:
        KeyError, TypeError, ValueError: it is not what the API describes, or names no field.
    """
    if any(not isinstance(each, str) for each in value.values()) or not any(value.get(name) for name in QUERY_TEXTS):
        raise ValueError("a query needs at least one field")
    role = value.get("role")
    texts = {name: value.get(name, "") for name in QUERY_TEXTS}
    return AccountQuery(platform=Platform(value["platform"]), **texts, role=Role(role) if role else None)
