"""The administrators' page: who works at the desk, in which role and teams."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.channels.desk_cases import CaseTools
from bot.channels.desk_pages import Visit, number_in, see_other
from bot.desk.agent_store import AgentStore, DeskRole, Right
from bot.desk.interfaces import TEAMS, NotAllowed
from bot.desk.sign_in import AgentExists, AgentUnknown


class DeskTeam:
    """The agents' accounts."""

    def __init__(self, tools: CaseTools) -> None:
        self._tools, self._pages, self._agents = tools, tools.pages, tools.pages.agents
        self._store = AgentStore(tools.parts.database)

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        page = self._pages
        return [
            page.get("/mesa/equipo", self.people, Right.MANAGE),
            page.post("/mesa/equipo", self.invite, Right.MANAGE),
            page.post("/mesa/equipo/{id:int}", self.change_agent, Right.MANAGE),
            page.post("/mesa/equipo/{id:int}/acceso", self.renew_agent, Right.MANAGE),
        ]

    async def people(self, visit: Visit) -> Response:
        """The agents."""
        return await self._people(visit)

    async def invite(self, visit: Visit) -> Response:
        """Adds an agent and shows the invitation's link, once."""
        fields = visit.fields
        email, teams = fields.get("correo", "").strip()[:320], [team for team in TEAMS if fields.get(f"equipo_{team}")]
        role = next((each for each in DeskRole if each.value == fields.get("rol")), None)
        if role is None or "@" not in email:
            return await self._people(visit, "correo", status=422)
        try:
            name = fields.get("nombre", "")[:120]
            token = await self._agents.invitations.invite(email, role, name=name, teams=teams, by=visit.agent.id)
        except AgentExists:
            return await self._people(visit, "existe", status=409)
        return await self._people(visit, link=f"{self._tools.parts.public_url}/mesa/invitacion/{token}")

    async def change_agent(self, visit: Visit) -> Response:
        """Role, teams, and whether an agent may sign in; sessions end when not."""
        identity, fields = number_in(visit.request), visit.fields
        role = next((each for each in DeskRole if each.value == fields.get("rol")), None)
        enabled = fields.get("activo") == "1"
        if role is None or identity == visit.agent.id:
            # Nobody locks themselves out by a slip.
            raise NotAllowed("self")
        parts = self._tools.parts
        async with parts.database.transaction() as transaction:
            await self._store.change(transaction, identity, role=role.value, enabled=enabled)
            await self._store.set_teams(transaction, identity, [t for t in TEAMS if fields.get(f"equipo_{t}")])
            if not enabled:
                await self._store.end_sessions(transaction, identity)
            detail = f"{identity} {role.value} {int(enabled)}"
            await parts.cases.audit(transaction, parts.clock(), visit.agent.id, "agent_changed", detail=detail)
        return see_other("/mesa/equipo")

    async def renew_agent(self, visit: Visit) -> Response:
        """A new invitation for an agent who has lost password or second factor, shown once."""
        identity = number_in(visit.request)
        if identity == visit.agent.id:
            raise NotAllowed("self")
        try:
            token = await self._agents.invitations.renew(identity, visit.agent.id)
        except AgentUnknown:
            return await self._people(visit, "nadie", status=404)
        return await self._people(visit, link=f"{self._tools.parts.public_url}/mesa/invitacion/{token}")

    async def _people(self, visit: Visit, problem: str = "", *, link: str = "", status: int = 200) -> Response:
        teams = [(team, self._tools.parts.team_name(team)) for team in TEAMS]
        facts = {"people": await self._store.everybody(), "teams": teams, "roles": list(DeskRole)}
        return self._pages.page(visit, "equipo.html", status, problem=problem, link=link, **facts)
