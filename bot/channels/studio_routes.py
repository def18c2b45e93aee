"""All routes of the studio."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount

from bot.channels.answers import Refused
from bot.channels.desk_pages import HEADERS, Visit
from bot.channels.pages import WEB, _StaticFiles
from bot.channels.studio_changes import body_of
from bot.channels.studio_data import StudioData
from bot.channels.studio_pages import HOME, StudioPages, done, lines_of, person_of, wants_json
from bot.channels.studio_publish import StudioPublish
from bot.desk.agents import Agents
from bot.desk.calendar_store import CalendarStore
from bot.studio import places
from bot.studio.interfaces import StudioError
from bot.studio.service import Studio

ASIDE = "/estudio/bandeja/apartados"


def studio_routes(studio: Studio, agents: Agents, calendars: CalendarStore, *, secure: bool) -> list[BaseRoute]:
    """The studio's pages.

    Args:
        agents: the desk's accounts: whoever signs in at ``/mesa/entrar`` is signed in here.
        calendars: the desk's: times are shown as they are there.
        secure: whether cookies are for HTTPS alone.
    """
    pages = StudioPages(studio, agents, calendars, secure=secure)
    desk = StudioDesk(pages)
    return [
        *desk.routes(),
        *StudioData(pages).routes(),
        *StudioPublish(pages).routes(),
        Mount("/estudio/static", _StaticFiles(directory=WEB / "studio" / "static")),
    ]


class StudioDesk:
    """Overview, inbox, intents, and every change."""

    def __init__(self, pages: StudioPages) -> None:
        self._pages, self._studio = pages, pages.studio

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        pages = self._pages
        return [
            pages.get(HOME, self.overview),
            pages.get("/estudio/bandeja", self.inbox),
            pages.post("/estudio/bandeja", self.decide),
            pages.post("/estudio/bandeja/deshacer", self.take_back),
            pages.get(ASIDE, self.aside),
            pages.get("/estudio/intenciones", self.intents),
            pages.get("/estudio/intenciones/nueva", self.new_intent),
            pages.get("/estudio/intencion/{name:str}", self.intent),
            pages.post("/estudio/cambio/{kind:str}", self.change),
            pages.post("/estudio/avisos", self.warn),
            pages.get("/estudio/conversacion/{identity:str}", self.conversation),
            pages.post("/estudio/conversacion/{identity:str}", self.make_test),
        ]

    async def overview(self, visit: Visit) -> Response:
        """Where things stand, and what to do next."""
        waiting, totals = await self._studio.labelling.waiting()
        trial = await self._studio.trials.latest()
        card = next((c for c in self._studio.parts.shelf.cards() if c.name == self._studio.parts.switch.name), None)
        return await self._pages.page(visit, "inicio.html", waiting=waiting, totals=totals, trial=trial, card=card)

    async def inbox(self, visit: Visit) -> Response:
        """The messages to decide about."""
        groups, totals = await self._studio.labelling.groups()
        names = await self._pages.titles()
        return await self._pages.page(visit, "bandeja.html", groups=groups[:60], totals=totals, names=names)

    async def decide(self, visit: Visit) -> Response:
        """One decision about a group."""
        texts = _texts(visit)
        decision, intent = visit.fields.get("decision", ""), visit.fields.get("intencion", "")
        count = await self._studio.labelling.decide(person_of(visit), decision, texts, intent)
        return JSONResponse({"done": count}, 200, HEADERS)

    async def take_back(self, visit: Visit) -> Response:
        """A decision is undone: what it was about is asked again."""
        decision = visit.fields.get("decision", "")
        count = await self._studio.labelling.take_back(person_of(visit), decision, list(_texts(visit)))
        if not wants_json(visit.request):
            return done(visit, ASIDE, "devuelto" if count else "ya_devuelto")
        return JSONResponse({"done": count}, 200, HEADERS)

    async def aside(self, visit: Visit) -> Response:
        """What was set aside in the inbox, by whom and when, to bring it back."""
        return await self._pages.page(visit, "apartados.html", asides=await self._studio.labelling.aside())

    async def intents(self, visit: Visit) -> Response:
        """The list of intents."""
        return await self._pages.page(visit, "intenciones.html", rows=await self._studio.intents())

    async def new_intent(self, visit: Visit) -> Response:
        """The form of a new intent; ``?frases=`` begins it with messages of the inbox."""
        space = await self._studio.drafting.space()
        texts = visit.request.query_params.getlist("frase")
        guides = places.guide_titles(space)
        return await self._pages.page(visit, "nueva.html", guides=guides, texts=texts, limits=self._limits())

    async def intent(self, visit: Visit) -> Response:
        """One intent."""
        page = await self._studio.intent(visit.request.path_params["name"])
        space = await self._studio.drafting.space()
        guides = places.guide_titles(space)
        facts = {"page": page, "names": await self._pages.titles(), "guides": guides, "limits": self._limits()}
        return await self._pages.page(visit, "intencion.html", **facts)

    async def change(self, visit: Visit) -> Response:
        """Appends a change to the draft."""
        kind = visit.request.path_params["kind"]
        body = body_of(kind, visit.fields)
        if kind == "create_intent" and {t.casefold() for t in body["tests"]} & {t.casefold() for t in body["examples"]}:
            raise StudioError("tests_copied")
        await self._studio.drafting.add(person_of(visit), kind, body)
        name = body.get("intent") or body.get("name") or ""
        return done(visit, f"/estudio/intencion/{name}" if kind == "create_intent" else "/estudio/borrador")

    async def warn(self, visit: Visit) -> Response:
        """Remarks on messages as they are typed."""
        intent = visit.fields.get("intencion", "").strip() or "intencion_nueva"
        remarks = await self._studio.drafting.warn(intent, lines_of(visit.fields, "frases")[:60])
        wording = await self._pages.wording()
        said: list[dict[str, Any]] = [
            {"text": one.text, "stop": one.stop, "words": wording.remark(one)} for one in remarks
        ]
        return JSONResponse({"remarks": said}, 200, HEADERS)

    async def conversation(self, visit: Visit) -> Response:
        """A conversation around a message, personal data replaced."""
        identity = visit.request.path_params["identity"]
        messages = await self._studio.conversation(identity)
        seq = visit.request.query_params.get("seq", "")
        facts = {"messages": messages, "identity": identity, "mask": self._studio.parts.masked}
        facts |= {"seq": int(seq) if seq.isdecimal() else 0}
        if visit.request.query_params.get("parte"):
            return await self._pages.part(visit, "_conversacion.html", **facts)
        return await self._pages.page(visit, "conversacion.html", **facts)

    async def make_test(self, visit: Visit) -> Response:
        """A conversation test, in one press."""
        identity = visit.request.path_params["identity"]
        title = visit.fields.get("titulo", "").strip() or identity[:8]
        await self._studio.test_from(person_of(visit), identity, title)
        return done(visit, "/estudio/borrador", "prueba")

    def _limits(self) -> Any:
        return self._studio.parts.settings.limits


def _texts(visit: Visit) -> dict[str, str]:
    try:
        return {str(mark): str(text) for mark, text in json.loads(visit.fields.get("frases", "{}")).items()}
    except (ValueError, AttributeError) as error:
        raise Refused(422, "bad_request") from error
