"""Hours, own days and the duty roster as they were edited, and who is on duty."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select

from bot.db.engine import Database, Transaction
from bot.desk.calendar import Calendar, OwnDay
from bot.desk.interfaces import GENERAL, TEAMS
from bot.desk.policy import DeskSettings, read_hours, write_hours
from bot.desk.tables_store import agents, duties, hours, memberships, own_days
from bot.platforms import Opening, Platform, PlatformFacts

SPEAKING_ROLES = ("agent", "supervisor", "admin")


class CalendarStore:
    """Each team's calendar: what was edited goes before the platform's file, and that before the desk's settings."""

    def __init__(self, database: Database, settings: DeskSettings, platforms: Mapping[Platform, PlatformFacts]) -> None:
        self._database, self._settings, self._platforms = database, settings, platforms

    async def calendar(self, team: str, connection: Transaction | None = None) -> Calendar:
        """A team's time, as it stands now; read on a connection of its own unless one is given."""
        if connection is None:
            async with self._database.reading() as own:
                return await self.calendar(team, own)
        edited = await connection.scalar(select(hours.c.hours).where(hours.c.team == team))
        rows = list(await connection.execute(select(own_days).where(own_days.c.team == team)))
        days = {row.day: OwnDay(row.day, row.name, bool(row.works)) for row in rows}
        zone, country, written = self._place(team)
        return Calendar(zone, country, read_hours(json.loads(edited)) if edited else written, days)

    async def of_lists(self, teams: Sequence[str]) -> Calendar:
        """The time in which a list of several teams is read: the first one's, or the general team's without any."""
        return await self.calendar(teams[0] if teams else TEAMS[-1])

    def _place(self, team: str) -> tuple[str, str, Sequence[Opening]]:
        if team == GENERAL:
            return self._settings.general_zone, self._settings.general_country, self._settings.hours
        facts = self._platforms[Platform(team)]
        return facts.time_zone, facts.holidays, facts.hours or self._settings.hours

    async def set_hours(self, transaction: Transaction, team: str, openings: Sequence[Opening]) -> None:
        """Replaces a team's hours."""
        await transaction.execute(delete(hours).where(hours.c.team == team))
        await transaction.execute(insert(hours).values(team=team, hours=json.dumps(write_hours(openings))))

    async def set_day(self, transaction: Transaction, team: str, own: OwnDay) -> None:
        """Adds an own day, in place of an earlier one on the same date."""
        await self.drop_day(transaction, team, own.day)
        await transaction.execute(insert(own_days).values(team=team, day=own.day, name=own.name, works=own.works))

    async def drop_day(self, transaction: Transaction, team: str, day: date) -> None:
        """Removes an own day."""
        await transaction.execute(delete(own_days).where(own_days.c.team == team, own_days.c.day == day))

    async def add_duty(self, transaction: Transaction, agent: int, team: str, opening: Opening) -> None:
        """Adds a line to the roster."""
        span = {"opens": opening.opens.strftime("%H:%M"), "closes": opening.closes.strftime("%H:%M")}
        await transaction.execute(insert(duties).values(agent=agent, team=team, weekday=opening.weekday, **span))

    async def drop_duty(self, transaction: Transaction, team: str, duty: int) -> None:
        """Removes a line of the roster."""
        await transaction.execute(delete(duties).where(duties.c.id == duty, duties.c.team == team))

    async def duties(self, team: str) -> Sequence[Any]:
        """A team's roster: ``id``, ``agent``, ``weekday``, ``opens``, ``closes``."""
        async with self._database.reading() as connection:
            query = select(duties).where(duties.c.team == team).order_by(duties.c.weekday, duties.c.opens)
            return list(await connection.execute(query))

    async def on_duty(self, team: str, local: datetime, seen_since: datetime) -> Sequence[int]:
        """Agents of a team who are there: signed in, not stepped away, and rostered now where there is a roster.

        Args:
            local: the present on the team's wall clock.
            seen_since: consoles that gave no sign of life since then do not count.
        """
        present = (
            select(agents.c.id)
            .join(memberships, memberships.c.agent == agents.c.id)
            .where(
                memberships.c.team == team,
                agents.c.enabled.is_(True),
                agents.c.available.is_(True),
                agents.c.seen_at >= seen_since,
                agents.c.role.in_(SPEAKING_ROLES),
            )
            .order_by(agents.c.id)
        )
        async with self._database.reading() as connection:
            there = list((await connection.execute(present)).scalars())
            rows = list(await connection.execute(select(duties).where(duties.c.team == team)))
        if not rows:
            return there
        clock = local.strftime("%H:%M")
        rostered = {row.agent for row in rows if row.weekday == local.weekday() and row.opens <= clock < row.closes}
        return [agent for agent in there if agent in rostered]
