"""The console's queue and cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.channels.desk_pages import HEADERS, HOME, DeskPages, Visit, number_in, required, see_other
from bot.desk.account import AccountView, DeskAccounts
from bot.desk.agent_store import AgentStore, Right
from bot.desk.canned import Canned, Starter, fill, for_teams, greeting
from bot.desk.canned_store import CannedStore
from bot.desk.case_files import CaseFiles
from bot.desk.guide_steps import GuideSteps
from bot.desk.interfaces import TEAMS, CaseState, CloseReason, NotAllowed
from bot.desk.model import Case
from bot.desk.parts import DeskParts
from bot.desk.push import DeskPush
from bot.desk.signals import DeskSignals
from bot.desk.view import CaseLook, DeskViews
from bot.desk.work import DeskWork

REASONS = (CloseReason.SOLVED, CloseReason.REFERRED, CloseReason.NOT_SOLVED, CloseReason.DUPLICATE)


@dataclass(frozen=True)
class CaseTools:
    """What the pages of cases are built from."""

    pages: DeskPages
    parts: DeskParts
    work: DeskWork
    views: DeskViews
    accounts: DeskAccounts
    guides: GuideSteps
    canned: CannedStore
    starter: Starter
    signals: DeskSignals
    push: DeskPush
    files: CaseFiles


class DeskCases:
    """Queue and cases."""

    def __init__(self, tools: CaseTools) -> None:
        self._tools, self._pages, self._work = tools, tools.pages, tools.work
        self._agents = AgentStore(tools.parts.database)

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        page, one = self._pages, "/mesa/casos/{id:int}"
        actions = {
            "tomar": self.claim,
            "responder": self.reply,
            "escribiendo": self.typing,
            "nota": self.note,
            "transferir": self.transfer,
            "devolver": self.give_back,
            "cerrar": self.close,
            "revelar": self.reveal,
            "restablecer": self.reset,
            "paso": self.send_step,
        }
        return [
            page.get(HOME, self.queue),
            page.get("/mesa/cola", self.list),
            page.get("/mesa/cerrados", self.closed),
            page.get(one, self.show),
            page.get(one + "/estado", self.state),
            page.get(one + "/sugerencia", self.suggestion),
            page.post("/mesa/disponible", self.available),
            *(page.post(f"{one}/{name}", handler) for name, handler in actions.items()),
        ]

    async def queue(self, visit: Visit) -> Response:
        """The live queue."""
        groups = await self._tools.views.queue(visit.agent)
        last = await self._tools.parts.cases.last_event()
        return self._pages.page(visit, "cola.html", groups=groups, last_event=last, current=0)

    async def list(self, visit: Visit) -> Response:
        """The queue alone, for the script that keeps it fresh."""
        current = visit.request.query_params.get("caso", "0")
        groups = await self._tools.views.queue(visit.agent)
        return self._pages.page(visit, "_cola.html", groups=groups, current=int(current) if current.isdecimal() else 0)

    async def closed(self, visit: Visit) -> Response:
        """The newest closed cases."""
        return self._pages.page(visit, "cerrados.html", rows=await self._tools.views.closed(visit.agent))

    async def show(self, visit: Visit) -> Response:
        """One look at a case."""
        case = await self._work.case(visit.agent, number_in(visit.request))
        account = await self._tools.accounts.view(case)
        return await self._page(visit, case, account)

    async def state(self, visit: Visit) -> Response:
        """The case's head alone, for the script."""
        case = await self._work.case(visit.agent, number_in(visit.request))
        look = await self._tools.views.look(visit.agent, case)
        return self._pages.page(visit, "_estado.html", **await self._head(visit, case, look))

    async def suggestion(self, visit: Visit) -> Response:
        """What the guides suggest now alone, for the script."""
        case = await self._work.case(visit.agent, number_in(visit.request))
        look = await self._tools.views.look(visit.agent, case)
        suggestion = self._tools.guides.suggestion(case, look.lines)
        return self._pages.page(visit, "_sugerencia.html", suggestion=suggestion, can_write=look.writes)

    async def claim(self, visit: Visit) -> Response:
        """Takes a case."""
        return self._back(await self._work.claim(visit.agent, number_in(visit.request)))

    async def reply(self, visit: Visit) -> Response:
        """Writes to the person."""
        case, text = number_in(visit.request), required(visit.fields, "texto")
        await self._work.reply(visit.agent, case, text, client_id=visit.fields.get("id", "")[:36])
        return self._done(visit, case)

    async def typing(self, visit: Visit) -> Response:
        """The agent is writing."""
        await self._tools.signals.agent_types(visit.agent, number_in(visit.request))
        return Response(status_code=204, headers=HEADERS)

    async def note(self, visit: Visit) -> Response:
        """Adds a private note."""
        case = number_in(visit.request)
        await self._work.note(visit.agent, case, required(visit.fields, "texto"))
        return self._done(visit, case)

    async def transfer(self, visit: Visit) -> Response:
        """Gives the case to a colleague (``agente:ID``) or to a team (``equipo:NAME``)."""
        case = (await self._work.case(visit.agent, number_in(visit.request))).id
        kind, _, aim = required(visit.fields, "a", 40).partition(":")
        if kind == "agente" and aim.isdecimal():
            await self._work.transfer_to_agent(visit.agent, case, int(aim))
        elif kind == "equipo" and aim in TEAMS:
            await self._work.transfer_to_team(visit.agent, case, aim)
        else:
            raise NotAllowed("aim")
        return see_other(HOME)

    async def give_back(self, visit: Visit) -> Response:
        """Gives the conversation back to the bot."""
        await self._work.close(visit.agent, number_in(visit.request), CloseReason.RETURNED)
        return see_other(HOME)

    async def close(self, visit: Visit) -> Response:
        """Ends the case."""
        case = await self._work.case(visit.agent, number_in(visit.request))
        chosen = next((each for each in REASONS if each.value == visit.fields.get("motivo")), None)
        if chosen is None:
            raise NotAllowed("reason")
        await self._work.close(visit.agent, case.id, chosen)
        return see_other(HOME)

    async def reveal(self, visit: Visit) -> Response:
        """Shows the account's data, once, after it was put on the trail."""
        case = await self._work.case(visit.agent, number_in(visit.request))
        await self._work.noted(visit.agent, case.id, "data_revealed")
        return await self._page(visit, case, await self._tools.accounts.view(case, reveal=True))

    async def reset(self, visit: Visit) -> Response:
        """Has new access sent to the registered address."""
        case = await self._work.case(visit.agent, number_in(visit.request))
        if case.agent != visit.agent.id or case.state is CaseState.CLOSED:
            raise NotAllowed("reset")
        # The form's own id: sent twice, it is one request.
        key = f"desk:{case.id}:{visit.fields.get('id', '')[:36]}"
        result = await self._tools.accounts.start_reset(case, key)
        done = result in ("accepted", "done")
        sentence = "reset_started" if done else ""
        await self._work.noted(visit.agent, case.id, "reset_started", sentence=sentence, detail=result)
        return self._back(case, "enviado" if done else "no_enviado")

    async def send_step(self, visit: Visit) -> Response:
        """Sends a step of a guide, with its picture."""
        case = (await self._work.case(visit.agent, number_in(visit.request))).id
        step = self._tools.guides.message(required(visit.fields, "paso", 200))
        if step is None:
            raise NotAllowed("step")
        await self._work.reply(
            visit.agent,
            case,
            step.text,
            image=step.image,
            card=step.card,
            client_id=visit.fields.get("id", "")[:36],
        )
        return self._done(visit, case)

    async def available(self, visit: Visit) -> Response:
        """Takes new cases, or none for a while."""
        async with self._tools.parts.database.transaction() as transaction:
            await self._agents.change(transaction, visit.agent.id, available=visit.fields.get("si") == "1")
        return see_other(HOME)

    async def _page(self, visit: Visit, case: Case, account: AccountView) -> Response:
        tools = self._tools
        look = await tools.views.look(visit.agent, case)
        head = await self._head(visit, case, look)
        return self._pages.page(
            visit,
            "caso.html",
            account=account,
            groups=await tools.views.queue(visit.agent),
            current=case.id,
            last_event=await tools.parts.cases.last_event(),
            canned=await self._answers(visit, case),
            steps=tools.guides.options(case),
            suggestion=tools.guides.suggestion(case, look.lines),
            result=visit.request.query_params.get("reset", ""),
            **head,
        )

    async def _head(self, visit: Visit, case: Case, look: CaseLook) -> dict[str, Any]:
        now, policy = self._tools.parts.clock(), self._tools.parts.policy
        colleagues = [
            each
            for each in await self._agents.everybody()
            if each.id != visit.agent.id and case.team in each.sees and each.may(Right.WORK) and each.enabled
        ]
        there = {each.id for each in colleagues if each.seen_at and each.seen_at >= now - policy.presence}
        teams = [(team, self._tools.parts.team_name(team)) for team in TEAMS if team != case.team]
        return {"look": look, "colleagues": colleagues, "there": there, "teams": teams, "reasons": REASONS}

    async def _answers(self, visit: Visit, case: Case) -> Sequence[Canned]:
        calendar = await self._tools.parts.calendars.calendar(case.team)
        facts = {
            "saludo": greeting(self._tools.starter.greetings, calendar.local(self._tools.parts.clock())),
            "agente": visit.agent.name,
            "plataforma": self._tools.parts.team_name(case.team),
            "numero": case.number,
        }
        mine = for_teams(await self._tools.canned.all(), [case.team])
        return [Canned(each.id, each.team, each.shortcut, each.title, fill(each.text, facts)) for each in mine]

    def _back(self, case: Case, result: str = "") -> Response:
        query = f"?reset={result}" if result else ""
        return see_other(f"/mesa/casos/{case.id}{query}")

    def _done(self, visit: Visit, case: int) -> Response:
        """The script gets an empty answer, a form without it the page."""
        if visit.request.headers.get("x-requested-with") == "mesa":
            return Response(status_code=204, headers=HEADERS)
        return see_other(f"/mesa/casos/{case}")
