"""Rules about accounts that need no account system: expiry, and what an identifier is."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from types import ModuleType

from stdnum.co import nit as co_nit
from stdnum.ec import ci as ec_ci
from stdnum.ec import ruc as ec_ruc
from stdnum.pe import cui as pe_cui
from stdnum.pe import ruc as pe_ruc

from bot.accounts.codes import check_code
from bot.accounts.interfaces import Account, Status
from bot.platforms import Platform, PlatformFacts

__all__ = [
    "add_months",
    "check_code",
    "clean_identifier",
    "days_since",
    "effective_status",
    "expired",
    "looks_mistyped",
]

RUC_DIGITS = {Platform.SEACE: 11, Platform.SOCE: 13, Platform.SECOP2: 0}


def add_months(moment: datetime, months: int) -> datetime:
    """The same day so many calendar months later, or that month's last day where it is shorter."""
    month = moment.month - 1 + months
    year, month = moment.year + month // 12, month % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


def expired(facts: PlatformFacts, changed_at: datetime | None, now: datetime) -> bool:
    """Whether the platform has blocked the account by itself (SEACE manual, introduction: four months).

    Where nobody knows when the password was changed there is nothing to count from, so it is not expired.
    """
    if facts.expiry_months is None or changed_at is None:
        return False
    return now >= add_months(changed_at, facts.expiry_months)


def effective_status(facts: PlatformFacts, account: Account, now: datetime) -> Status:
    """The stored state, but blocked where it is active and expired."""
    if account.status is Status.ACTIVE and expired(facts, account.password_changed_at, now):
        return Status.BLOCKED
    return account.status


def days_since(moment: datetime | None, now: datetime) -> int:
    """Whole days from ``moment`` to ``now``; 0 where the moment is not known."""
    return max(0, (now - moment) // timedelta(days=1)) if moment else 0


def clean_identifier(value: str) -> str:
    """An identity document, RUC or NIT without the blanks, dots and dashes that people group its digits with."""
    return re.sub(r"[\s.\-–—]", "", value).upper()


def looks_mistyped(platform: Platform, value: str) -> bool:
    """Whether the check digits of a document or RUC do not add up, for a hint about a slip of the fingers.

    A wrong check digit is never a reason to refuse: the registers hold numbers that were issued otherwise.
    Documents without a check digit (most of Peru's and Colombia's) never look mistyped.
    """
    number = clean_identifier(value)
    check = _checker(platform, number)
    return check is not None and not check(number)


def _checker(platform: Platform, number: str) -> Callable[[str], bool] | None:
    by_length: dict[tuple[Platform, int], ModuleType] = {
        (Platform.SOCE, 10): ec_ci,
        (Platform.SOCE, 13): ec_ruc,
        (Platform.SEACE, 9): pe_cui,
        (Platform.SEACE, 11): pe_ruc,
    }
    module = by_length.get((platform, len(number)))
    if module is None and platform is Platform.SECOP2 and len(number) == 10 and number[:1] in "89":
        # A company's NIT begins with 8 or 9; with its check digit it has ten digits, as newer ID cards have too.
        module = co_nit
    return module.is_valid if module else None
