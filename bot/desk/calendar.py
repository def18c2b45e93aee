"""When a team works: hours by weekday, national holidays and the team's own days. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from bot.platforms import Opening

LOOK_AHEAD = 60
"""Days in which a next opening is looked for."""


@dataclass(frozen=True)
class OwnDay:
    """A day that a team adds: free for everybody, or worked although it is a holiday."""

    day: date
    name: str
    works: bool = False


@dataclass(frozen=True)
class Calendar:
    """One team's time.

    Attributes:
        zone: name of its time zone.
        country: ISO code whose national holidays are kept; empty for none.
        hours: when it answers, by weekday.
        own_days: exceptions, by day.
    """

    zone: str
    country: str
    hours: Sequence[Opening]
    own_days: Mapping[date, OwnDay] = field(default_factory=dict)

    def local(self, moment: datetime) -> datetime:
        """The moment on the team's wall clock."""
        return moment.astimezone(ZoneInfo(self.zone))

    def holiday(self, day: date) -> str:
        """The name of the holiday on this day; empty when it is worked."""
        own = self.own_days.get(day)
        if own is not None:
            return "" if own.works else own.name
        return national_holiday(self.country, day)

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """From when to when the team answers on a day, in UTC and in order."""
        if self.holiday(day):
            return []
        zone = ZoneInfo(self.zone)
        return [
            (_at(day, opening.opens, zone), _at(day, opening.closes, zone))
            for opening in sorted(self.hours, key=lambda each: each.opens)
            if opening.weekday == day.weekday()
        ]

    def is_open(self, moment: datetime) -> bool:
        """Whether the team answers at this moment."""
        return self.closes_at(moment) is not None

    def closes_at(self, moment: datetime) -> datetime | None:
        """When the opening that runs now ends; None while the team is closed."""
        for start, end in self.spans(self.local(moment).date()):
            if start <= moment < end:
                return end
        return None

    def opens_at(self, moment: datetime) -> datetime | None:
        """The first moment from now on at which the team answers; None when it has no hours at all."""
        first = self.local(moment).date()
        for ahead in range(LOOK_AHEAD):
            for start, end in self.spans(first + timedelta(days=ahead)):
                if end > moment:
                    return max(start, moment)
        return None

    def after(self, moment: datetime, worked: timedelta) -> datetime:
        """The moment at which the team has worked for so long; with no hours at all, that long by the clock."""
        left, at = worked, moment
        while True:
            opens = self.opens_at(at)
            if opens is None:
                return at + left
            closes = self.closes_at(opens)
            assert closes is not None
            if opens + left <= closes:
                return opens + left
            left -= closes - opens
            at = closes


def _at(day: date, wall: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, wall, zone).astimezone(timezone.utc)


@lru_cache(maxsize=64)
def _year(country: str, year: int) -> Mapping[date, str]:
    return dict(holidays.country_holidays(country, years=year, language="es"))


def national_holiday(country: str, day: date) -> str:
    """The name of a country's holiday, in Spanish; empty on other days."""
    return _year(country, day.year).get(day, "") if country else ""


def national_holidays(country: str, year: int) -> Sequence[OwnDay]:
    """A country's holidays in a year, in order."""
    return [OwnDay(day, name) for day, name in sorted(_year(country, year).items())] if country else []
