"""Reset links: only the SHA-256 of each token is kept, and only an account's newest link works, once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Index, Integer, String, Table, Text, and_, delete, exists, or_, select, update

from bot.db.engine import Transaction
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime
from bot.platforms import Platform

links = Table(
    "account_reset_links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("platform", String(16), nullable=False),
    Column("login", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("claimed_at", UtcDateTime, nullable=True, comment="a remote change is under way since then"),
    Column("claims", Integer, nullable=False),
    Column("used_at", UtcDateTime, nullable=True),
    Index(None, "platform", "login"),
)

TOKEN_BYTES = 32
LIFETIME = timedelta(minutes=30)
CLAIM_LASTS = timedelta(minutes=2)


@dataclass(frozen=True)
class Link:
    """A link that can be used."""

    id: int
    platform: Platform
    login: str
    expires_at: datetime
    claims: int


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


async def newest_link_at(transaction: Transaction, platform: Platform, login: str) -> datetime | None:
    """When the account's newest link that nobody used was made, or None."""
    here = links.c.platform == platform.value, links.c.login == login, links.c.used_at.is_(None)
    moment: datetime | None = await transaction.scalar(
        select(links.c.created_at).where(*here).order_by(links.c.id.desc()).limit(1)
    )
    return moment


async def make_link(transaction: Transaction, platform: Platform, login: str, now: datetime) -> str:
    """Makes a link, which kills the account's older ones.

    Returns:
        Its token of 256 random bits, which is kept nowhere.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = {
        "token_hash": token_hash(token),
        "platform": platform.value,
        "login": login,
        "created_at": now,
        "expires_at": now + LIFETIME,
        "claims": 0,
    }
    await transaction.execute(links.insert().values(row))
    return token


async def find_link(transaction: Transaction, token: str, now: datetime) -> Link | None:
    """The link of this token if it can be used now."""
    row = (await transaction.execute(select(links).where(_usable(token, now)))).one_or_none()
    if row is None:
        return None
    return Link(row.id, Platform(row.platform), row.login, row.expires_at, row.claims)


async def use_link(transaction: Transaction, token: str, now: datetime) -> bool:
    """Uses the link up; False when somebody else did so first or it cannot be used."""
    used = await transaction.execute(update(links).where(_usable(token, now)).values(used_at=now))
    return bool(used.rowcount)


async def claim_link(transaction: Transaction, token: str, now: datetime) -> int | None:
    """Sets the link aside for a change in a remote system, for two minutes at most.

    Returns:
        How many times it was set aside so far, or None when it cannot be used.
    """
    values = {"claimed_at": now, "claims": links.c.claims + 1}
    claimed = await transaction.execute(update(links).where(_usable(token, now)).values(values))
    if not claimed.rowcount:
        return None
    return int(await transaction.scalar(select(links.c.claims).where(links.c.token_hash == token_hash(token))))


async def release_link(transaction: Transaction, link_id: int, claim: int) -> None:
    """Makes a link usable again after its change failed for certain."""
    here = links.c.id == link_id, links.c.claims == claim, links.c.used_at.is_(None)
    await transaction.execute(update(links).where(*here).values(claimed_at=None))


async def finish_link(transaction: Transaction, link_id: int, claim: int, now: datetime) -> bool:
    """Uses a claimed link up after its change was made; False when that was done before."""
    here = links.c.id == link_id, links.c.claims == claim, links.c.used_at.is_(None)
    return bool((await transaction.execute(update(links).where(*here).values(used_at=now))).rowcount)


async def stale_claims(transaction: Transaction, now: datetime) -> list[tuple[Link, datetime]]:
    """Links set aside by a program that did not come back, with the moment."""
    stale = links.c.used_at.is_(None), links.c.claimed_at <= now - CLAIM_LASTS
    rows = (await transaction.execute(select(links).where(*stale).order_by(links.c.id))).all()
    return [(Link(r.id, Platform(r.platform), r.login, r.expires_at, r.claims), r.claimed_at) for r in rows]


async def purge_links(transaction: Transaction, before: datetime) -> int:
    """Forgets links made before that moment; returns how many."""
    return int((await transaction.execute(delete(links).where(links.c.created_at < before))).rowcount)


def _usable(token: str, now: datetime) -> object:
    other = links.alias()
    newer = exists().where(
        other.c.platform == links.c.platform, other.c.login == links.c.login, other.c.id > links.c.id
    )
    return and_(
        links.c.token_hash == token_hash(token),
        links.c.used_at.is_(None),
        links.c.expires_at > now,
        or_(links.c.claimed_at.is_(None), links.c.claimed_at <= now - CLAIM_LASTS),
        ~newer,
    )
