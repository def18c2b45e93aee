"""Pages for supervisors: figures, hours, roster, trail, canned answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.channels.desk_cases import CaseTools
from bot.channels.desk_pages import HEADERS, Visit, see_other
from bot.db.engine import Transaction
from bot.desk.agent_store import AgentStore, Right
from bot.desk.calendar import OwnDay, national_holidays
from bot.desk.canned import PLACEHOLDERS, Canned, CannedInvalid
from bot.desk.figures import (
    Containment,
    as_csv,
    bars,
    containment,
    containment_csv,
    count,
    reason_charts,
    reasons_csv,
    reasons_over_time,
)
from bot.desk.figures_store import FigureStore
from bot.desk.interfaces import GENERAL, TEAMS, NotAllowed
from bot.platforms import WEEKDAYS, Opening

DAYS = (7, 30, 90)

NO_WISHES = frozenset(
    {"hablar_con_agente", "estado_caso", "pedir_ayuda", "paso_no_funciona", "siguiente_paso", "cancelar"}
)
"""Titled intents that are no wish that the bot could have met."""


class DeskSupervision:
    """What is not a case."""

    def __init__(self, tools: CaseTools, titles: Mapping[str, str]) -> None:
        self._tools, self._titles, self._pages = tools, titles, tools.pages
        self._store = AgentStore(tools.parts.database)
        self._figures = FigureStore(tools.parts.database)
        self._topics = frozenset(titles) - NO_WISHES

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        page = self._pages
        return [
            page.get("/mesa/supervision", self.figures, Right.SUPERVISE),
            page.get("/mesa/supervision.csv", self.csv, Right.SUPERVISE),
            page.get("/mesa/supervision/contencion.csv", self.containment_csv, Right.SUPERVISE),
            page.get("/mesa/supervision/motivos.csv", self.reasons_csv, Right.SUPERVISE),
            page.get("/mesa/auditoria", self.trail, Right.SUPERVISE),
            page.get("/mesa/horarios", self.times, Right.SUPERVISE),
            page.post("/mesa/horarios/horas", self.set_hours, Right.SUPERVISE),
            page.post("/mesa/horarios/dia", self.set_day, Right.SUPERVISE),
            page.post("/mesa/horarios/turno", self.set_duty, Right.SUPERVISE),
            page.get("/mesa/respuestas", self.answers, Right.CANNED),
            page.post("/mesa/respuestas", self.save_answer, Right.CANNED),
        ]

    async def figures(self, visit: Visit) -> Response:
        """Figures and charts of a time."""
        team, days, since, until = self._chosen(visit)
        teams = [team] if team else list(visit.agent.sees)
        calendar = await self._tools.parts.calendars.of_lists(teams)
        found = count(await self._figures.cases(teams, since, until), calendar, since, until)
        names_of_days, by_reason = await self._reasons(visit)
        charts = {"day": bars(found.by_day), "reasons": reason_charts(names_of_days, by_reason)}
        names = {each: self._tools.parts.team_name(each) for each in TEAMS}
        facts: dict[str, Any] = {
            "figures": found,
            "kept": await self._containment(visit),
            "charts": charts,
            "team": team,
            "days": days,
            "choices": DAYS,
            "names": names,
        }
        return self._pages.page(visit, "supervision.html", titles=self._titles, teams=visit.agent.sees, **facts)

    async def csv(self, visit: Visit) -> Response:
        """The cases behind the figures."""
        team, _days, since, until = self._chosen(visit)
        teams = [team] if team else list(visit.agent.sees)
        calendar = await self._tools.parts.calendars.of_lists(teams)
        return self._file(visit, "casos", as_csv(await self._figures.cases(teams, since, until), calendar))

    async def containment_csv(self, visit: Visit) -> Response:
        """How far the bot gets by itself, as CSV."""
        return self._file(visit, "contencion", containment_csv(await self._containment(visit)))

    async def reasons_csv(self, visit: Visit) -> Response:
        """Why people came to the desk over time, as CSV."""
        return self._file(visit, "motivos", reasons_csv(*await self._reasons(visit)))

    async def _containment(self, visit: Visit) -> Containment:
        team, _days, since, until = self._chosen(visit)
        # Conversations whose platform is not known are the general team's.
        platforms = ["" if each == GENERAL else each for each in ([team] if team else visit.agent.sees)]
        asked = await self._tools.parts.hub.asked(since, until)
        return containment(asked, await self._figures.handed_over(since, until), platforms, self._topics)

    async def _reasons(self, visit: Visit) -> tuple[list[str], list[tuple[str, list[int]]]]:
        team, _days, since, until = self._chosen(visit)
        teams = [team] if team else list(visit.agent.sees)
        calendar = await self._tools.parts.calendars.of_lists(teams)
        return reasons_over_time(await self._figures.cases(teams, since, until), calendar, since, until)

    def _file(self, visit: Visit, name: str, text: str) -> Response:
        _team, days, _since, _until = self._chosen(visit)
        disposition = f'attachment; filename="{name}-{days}-dias.csv"'
        return Response(text, headers={**HEADERS, "Content-Disposition": disposition}, media_type="text/csv")

    async def trail(self, visit: Visit) -> Response:
        """The newest lines of the trail."""
        steps = await self._figures.trail(visit.agent.sees, everything=visit.agent.may(Right.MANAGE))
        calendar = await self._tools.parts.calendars.of_lists(visit.agent.sees)
        lines = [(calendar.local(step.at).strftime("%d/%m/%Y %H:%M:%S"), step) for step in steps]
        teams = {team: self._tools.parts.team_name(team) for team in TEAMS}
        people = {str(each.id): each.name for each in await self._store.everybody()}
        return self._pages.page(visit, "auditoria.html", lines=lines, teams=teams, people=people)

    async def times(self, visit: Visit) -> Response:
        """Hours, days and roster of a team."""
        return await self._times(visit, visit.request.query_params.get("equipo", ""))

    async def set_hours(self, visit: Visit) -> Response:
        """Replaces a team's hours: each weekday as ``08:30-12:30, 14:00-17:30``."""
        team, openings = self._team(visit), []
        for number, day in enumerate(WEEKDAYS):
            for span in filter(None, (each.strip() for each in visit.fields.get(day, "").split(","))):
                opens, _, closes = span.replace("–", "-").partition("-")
                opening = _opening(number, opens.strip(), closes.strip())
                if opening is None:
                    return await self._times(visit, team, "horas")
                openings.append(opening)
        async with self._tools.parts.database.transaction() as transaction:
            await self._tools.parts.calendars.set_hours(transaction, team, openings)
            await self._audit(visit, transaction, "hours_changed", team)
        return see_other(f"/mesa/horarios?equipo={team}")

    async def set_day(self, visit: Visit) -> Response:
        """Adds or removes an own day."""
        team = self._team(visit)
        try:
            day = date.fromisoformat(visit.fields.get("dia", ""))
        except ValueError:
            return await self._times(visit, team, "dia")
        name = visit.fields.get("nombre", "").strip()[:120]
        async with self._tools.parts.database.transaction() as transaction:
            if visit.fields.get("quitar"):
                await self._tools.parts.calendars.drop_day(transaction, team, day)
            else:
                own = OwnDay(day, name or day.strftime("%d/%m/%Y"), visit.fields.get("atiende") == "1")
                await self._tools.parts.calendars.set_day(transaction, team, own)
            await self._audit(visit, transaction, "days_changed", team, day.isoformat())
        return see_other(f"/mesa/horarios?equipo={team}")

    async def set_duty(self, visit: Visit) -> Response:
        """Adds a line to the roster, or removes one."""
        team, fields = self._team(visit), visit.fields
        async with self._tools.parts.database.transaction() as transaction:
            if fields.get("quitar", "").isdecimal():
                await self._tools.parts.calendars.drop_duty(transaction, team, int(fields["quitar"]))
            else:
                number = WEEKDAYS.index(fields["dia"]) if fields.get("dia") in WEEKDAYS else -1
                opening = _opening(number, fields.get("abre", ""), fields.get("cierra", ""))
                if opening is None or number < 0 or not fields.get("agente", "").isdecimal():
                    return await self._times(visit, team, "turno")
                agent = await self._store.by_id(transaction, int(fields["agente"]))
                if agent is None or team not in agent.agent.sees:
                    raise NotAllowed("agent")
                await self._tools.parts.calendars.add_duty(transaction, agent.agent.id, team, opening)
            await self._audit(visit, transaction, "roster_changed", team)
        return see_other(f"/mesa/horarios?equipo={team}")

    async def answers(self, visit: Visit) -> Response:
        """The canned answers of one's teams."""
        return await self._answers(visit)

    async def save_answer(self, visit: Visit) -> Response:
        """Adds, changes or removes a canned answer."""
        fields = visit.fields
        identity = int(fields["respuesta"]) if fields.get("respuesta", "").isdecimal() else 0
        team = fields.get("equipo", "")
        known = await self._tools.canned.get(identity) if identity else None
        for each in (team, known.team if known else team):
            if each and each not in visit.agent.sees:
                raise NotAllowed("team")
        answer = Canned(
            known.id if known else 0, team, fields.get("atajo", ""), fields.get("titulo", ""), fields.get("texto", "")
        )
        try:
            if fields.get("quitar") and known:
                await self._tools.canned.drop(known.id)
            else:
                await self._tools.canned.save(answer, visit.agent.id, self._tools.parts.clock())
        except CannedInvalid as invalid:
            return await self._answers(visit, invalid, answer)
        async with self._tools.parts.database.transaction() as transaction:
            await self._audit(visit, transaction, "canned_changed", team, answer.shortcut)
        return see_other("/mesa/respuestas")

    def _chosen(self, visit: Visit) -> tuple[str, int, datetime, datetime]:
        query = visit.request.query_params
        team = query.get("equipo", "") if query.get("equipo", "") in visit.agent.sees else ""
        days = next((each for each in DAYS if str(each) == query.get("dias")), DAYS[1])
        until = self._tools.parts.clock()
        return team, days, until - timedelta(days=days), until + timedelta(seconds=1)

    def _team(self, visit: Visit) -> str:
        team = visit.fields.get("equipo", "")
        if team not in visit.agent.sees:
            raise NotAllowed("team")
        return team

    async def _times(self, visit: Visit, team: str, problem: str = "") -> Response:
        seen = visit.agent.sees
        if not seen:
            raise NotAllowed("team")
        team = team if team in seen else seen[0]
        parts = self._tools.parts
        calendar = await parts.calendars.calendar(team)
        year = calendar.local(parts.clock()).year
        people = [each for each in await self._store.everybody() if team in each.sees and each.may(Right.WORK)]
        facts = {
            "team": team,
            "teams": [(each, parts.team_name(each)) for each in seen],
            "calendar": calendar,
            "weekdays": WEEKDAYS,
            "national": national_holidays(calendar.country, year),
            "duties": await parts.calendars.duties(team),
            "people": people,
            "names": {each.id: each.name for each in people},
            "problem": problem,
            "year": year,
        }
        return self._pages.page(visit, "horarios.html", 422 if problem else 200, **facts)

    async def _answers(
        self, visit: Visit, invalid: CannedInvalid | None = None, draft: Canned | None = None
    ) -> Response:
        found = [each for each in await self._tools.canned.all() if not each.team or each.team in visit.agent.sees]
        teams = [(each, self._tools.parts.team_name(each)) for each in visit.agent.sees]
        facts = {"answers": found, "teams": teams, "invalid": invalid, "draft": draft, "placeholders": PLACEHOLDERS}
        return self._pages.page(visit, "respuestas.html", 422 if invalid else 200, **facts)

    async def _audit(self, visit: Visit, transaction: Transaction, action: str, team: str, detail: str = "") -> None:
        parts = self._tools.parts
        await parts.cases.audit(transaction, parts.clock(), visit.agent.id, action, team=team, detail=detail)


def _opening(weekday: int, opens: str, closes: str) -> Opening | None:
    try:
        opening = Opening(weekday, time.fromisoformat(opens), time.fromisoformat(closes))
    except ValueError:
        return None
    return opening if opening.opens < opening.closes else None
