"""When a team works, and how moments are told."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

import pytest

from bot.desk.availability import Staff, availability, estimate
from bot.desk.calendar import Calendar, OwnDay, national_holiday
from bot.desk.interfaces import Absence, OfferKind
from bot.desk.policy import DeskSettingsInvalid, load_desk_settings, read_hours, write_hours
from bot.platforms import Opening
from bot.settings import ROOT

SETTINGS = load_desk_settings(ROOT / "data")
OFFICE = tuple(Opening(day, time(8, 30), time(17, 30)) for day in range(5))
LIMA = Calendar("America/Lima", "PE", OFFICE)


def lima(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=timezone(timedelta(hours=-5)))


def test_a_team_answers_in_its_hours_alone() -> None:
    assert LIMA.is_open(lima(23, 8, 30))
    assert not LIMA.is_open(lima(23, 8, 29))
    assert not LIMA.is_open(lima(23, 17, 30))
    assert not LIMA.is_open(lima(22, 10))
    assert LIMA.closes_at(lima(23, 10)) == lima(23, 17, 30)


def test_national_holidays_are_kept_and_named_in_spanish() -> None:
    assert national_holiday("PE", date(2026, 7, 28)).startswith("Día de la Independencia")
    assert national_holiday("CO", date(2026, 11, 2)) != ""
    assert national_holiday("EC", date(2026, 5, 25)) != "" or national_holiday("EC", date(2026, 5, 24)) != ""
    assert national_holiday("", date(2026, 12, 25)) == ""
    assert not LIMA.is_open(datetime(2026, 12, 8, 15, tzinfo=timezone.utc))


def test_own_days_add_to_the_holidays_and_can_be_worked() -> None:
    days = {
        date(2026, 11, 23): OwnDay(date(2026, 11, 23), "Inventario"),
        date(2026, 12, 8): OwnDay(date(2026, 12, 8), "Turno especial", works=True),
    }
    calendar = Calendar("America/Lima", "PE", OFFICE, days)
    assert calendar.holiday(date(2026, 11, 23)) == "Inventario"
    assert not calendar.is_open(lima(23, 10))
    assert calendar.is_open(lima(8, 10, month=12))


def test_the_next_opening_skips_nights_weekends_and_holidays() -> None:
    assert LIMA.opens_at(lima(23, 10)) == lima(23, 10)
    assert LIMA.opens_at(lima(23, 20)) == lima(24, 8, 30)
    assert LIMA.opens_at(lima(21, 10)) == lima(23, 8, 30)
    assert LIMA.opens_at(lima(7, 18, month=12)) == lima(10, 8, 30, month=12), "the 8th and the 9th are holidays"
    assert Calendar("America/Lima", "PE", ()).opens_at(lima(23, 10)) is None


def test_a_term_runs_in_working_hours() -> None:
    assert LIMA.after(lima(23, 10), timedelta(hours=2)) == lima(23, 12)
    assert LIMA.after(lima(23, 16, 30), timedelta(hours=8)) == lima(24, 15, 30)
    assert LIMA.after(lima(20, 17), timedelta(hours=8)) == lima(23, 16)
    assert Calendar("America/Lima", "PE", ()).after(lima(23, 10), timedelta(hours=8)) == lima(23, 18)


def offered(now: datetime, staff: Staff) -> tuple[OfferKind, Absence]:
    found = availability(LIMA, staff, SETTINGS.policy, SETTINGS.moments, now)
    return found.kind, found.absence


def test_nobody_is_offered_when_nobody_is_there() -> None:
    free = Staff(2, 0, 0)
    assert offered(lima(23, 10), free) == (OfferKind.LIVE, Absence.NONE)
    assert offered(lima(23, 10), Staff(0, 0, 0)) == (OfferKind.MAIL, Absence.NOBODY)
    assert offered(lima(23, 20), free) == (OfferKind.MAIL, Absence.CLOSED)
    assert offered(lima(8, 10, month=12), free) == (OfferKind.MAIL, Absence.HOLIDAY)
    assert offered(lima(23, 10), Staff(1, 1, 30)) == (OfferKind.MAIL, Absence.FULL)
    assert offered(lima(23, 17, 25), Staff(1, 1, 3)) == (OfferKind.MAIL, Absence.FULL)


def test_the_range_follows_the_queue_and_recent_cases() -> None:
    policy = SETTINGS.policy
    assert estimate(Staff(2, 0, 0), policy) == (timedelta(minutes=1), timedelta(minutes=2))
    quick = [timedelta(minutes=4)] * 10
    slow = [timedelta(minutes=20)] * 10
    assert estimate(Staff(1, 1, 2, quick), policy)[1] < estimate(Staff(1, 1, 2, slow), policy)[1]
    assert estimate(Staff(1, 1, 2, quick), policy)[1] > estimate(Staff(3, 1, 2, quick), policy)[1]


def test_what_is_promised_is_told_in_words() -> None:
    facts = availability(LIMA, Staff(0, 0, 0), SETTINGS.policy, SETTINGS.moments, lima(20, 18)).facts
    assert facts["opens"] == "lunes 23 de noviembre a las 08:30"
    assert facts["answer_by"] == "lunes 23 de noviembre a las 16:30"
    tomorrow = SETTINGS.moments(datetime(2026, 11, 24, 9), datetime(2026, 11, 23, 20))
    assert tomorrow == "mañana a las 09:00"


def test_hours_survive_the_way_to_a_file_and_back() -> None:
    assert tuple(read_hours(write_hours(OFFICE))) == OFFICE
    for bad in ({"lunes": [["9", "8"]]}, {"monday": [["08:00", "09:00"]]}, {"lunes": [["10:00", "09:00"]]}):
        with pytest.raises(DeskSettingsInvalid):
            read_hours(bad)
