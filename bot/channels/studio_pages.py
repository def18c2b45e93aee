"""The studio at ``/estudio``: its pages, on the console's sign-in and page kit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.channels.desk_pages import HEADERS, DeskPages, Visit
from bot.channels.pages import WEB
from bot.desk.agent_store import DeskRole, Right
from bot.desk.agents import Agents
from bot.desk.calendar_store import CalendarStore
from bot.studio import places
from bot.studio.compare import FALLBACK
from bot.studio.interfaces import ChangeDoesNotFit, Person, StudioError
from bot.studio.service import Studio
from bot.studio.wording import Wording, percent

HOME = "/estudio"
LONGEST_FORM = 256 * 1024
"""A guide's file fits, several times over."""

Handler = Callable[[Visit], Awaitable[Response]]
When = Callable[[datetime | str], datetime]


class StudioPages:
    """Renders the studio's pages and guards them: trainers and administrators come in."""

    def __init__(self, studio: Studio, agents: Agents, calendars: CalendarStore, *, secure: bool) -> None:
        self.studio, self._calendars = studio, calendars
        folder = WEB / "studio" / "templates"
        self._kit = DeskPages(agents, secure=secure, folder=folder, longest=LONGEST_FORM)

    def get(self, path: str, handler: Handler) -> Route:
        """A page."""
        return self._kit.get(path, self._speaking(handler), Right.TEACH)

    def post(self, path: str, handler: Handler) -> Route:
        """What changes something."""
        return self._kit.post(path, self._speaking(handler), Right.TEACH)

    async def page(self, visit: Visit, name: str, status: int = 200, **facts: Any) -> Response:
        """A page with what every page shows: the draft's state and what was just done."""
        self.studio.warm()
        store = self.studio.parts.store
        draft = await store.draft(self.studio.parts.clock())
        changes = [change for change in await store.changes(draft.id) if not change.undone]
        shared = {
            "draft_state": draft.state,
            "changes_count": len(changes),
            "w": await self.wording(),
            "when": await self.clock(visit),
            "percent": percent,
            "done": visit.request.query_params.get("hecho", ""),
            "live_model": self.studio.parts.switch.name,
            "person": person_of(visit),
        }
        return self._kit.page(visit, name, status, **{**shared, **facts})

    async def wording(self) -> Wording:
        """The studio's sentences, with the names of things as the draft has them."""
        return await self.studio.wording()

    async def clock(self, visit: Visit) -> When:
        """Moments on the wall clock of who reads, as at the desk."""
        calendar = await self._calendars.of_lists(visit.agent.sees)
        return lambda moment: calendar.local(aware(moment))

    async def titles(self) -> list[tuple[str, str]]:
        """Every intent with its title, in the titles' order; small talk, which is offered to nobody, has one, too."""
        space, wording = await self.studio.drafting.space(), await self.wording()
        names = [name for name in places.intents(space) if name != FALLBACK]
        return sorted(((name, wording.intent(name)) for name in names), key=lambda one: one[1])

    async def part(self, visit: Visit, name: str, **facts: Any) -> Response:
        """A part of a page."""
        shared: dict[str, Any] = {
            "w": await self.wording(),
            "percent": percent,
            "csrf": visit.session.csrf,
            "person": person_of(visit),
        }
        return self._kit.render(name, **shared, **facts)

    def _speaking(self, handler: Handler) -> Handler:
        async def speaking(visit: Visit) -> Response:
            try:
                return await handler(visit)
            except ChangeDoesNotFit as error:
                if error.key == "conflict" and visit.fields:
                    facts = {**error.facts, "fields": dict(visit.fields)}
                    return await self.page(visit, "conflicto.html", 409, **facts)
                return await self._refused(visit, error)
            except StudioError as error:
                return await self._refused(visit, error)

        return speaking

    async def _refused(self, visit: Visit, error: StudioError) -> Response:
        words = (await self.wording()).error(error)
        if wants_json(visit.request):
            return JSONResponse({"error": error.key, "message": words}, 409, HEADERS)
        back = own_path(visit.fields.get("volver", "")) or HOME
        return await self.page(visit, "aviso.html", 409, message=words, who="", back=back, form=bool(visit.fields))


def aware(moment: datetime | str) -> datetime:
    """A moment, also as models' cards write it."""
    given = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return given if given.tzinfo else given.replace(tzinfo=timezone.utc)


def person_of(visit: Visit) -> Person:
    """Who asks, as the studio sees them."""
    return Person(visit.agent.email, visit.agent.name, visit.agent.role is DeskRole.ADMIN)


def wants_json(request: Request) -> bool:
    """Whether a script asks."""
    return request.headers.get("x-requested-with", "") == "estudio"


def own_path(path: str) -> str:
    """A path of the studio's, or nothing: nobody is sent elsewhere."""
    return path if path.startswith("/estudio") and "//" not in path and "\\" not in path else ""


def done(visit: Visit, path: str, what: str = "guardado") -> Response:
    """Back to a page, which says what was done; a script hears that it was."""
    if wants_json(visit.request):
        return JSONResponse({"done": what}, 200, HEADERS)
    target = own_path(visit.fields.get("volver", "")) or path
    return RedirectResponse(f"{target}{'&' if '?' in target else '?'}hecho={what}", 303, HEADERS)


def lines_of(fields: Mapping[str, str], name: str) -> list[str]:
    """The lines of a text field that hold something."""
    return [line.strip().removeprefix("- ") for line in fields.get(name, "").splitlines() if line.strip()]
