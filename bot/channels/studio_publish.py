"""The studio's pages of the draft, its trial, publishing and the models."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.brain.models import ModelCard
from bot.channels.answers import Refused
from bot.channels.desk_pages import Visit
from bot.channels.studio_pages import StudioPages, done, person_of
from bot.studio.interfaces import StaleTrial
from bot.studio.trials import STAGES

DRAFT = "/estudio/borrador"
MODELS = "/estudio/modelos"
BEGUN = "ensayo"
"""What is said when a trial began."""


class StudioPublish:
    """From draft to live, and back."""

    def __init__(self, pages: StudioPages) -> None:
        self._pages, self._studio = pages, pages.studio

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        pages = self._pages
        return [
            pages.get(DRAFT, self.draft),
            pages.get("/estudio/ensayo", self.trial_part),
            pages.post("/estudio/ensayo", self.start),
            pages.post("/estudio/ensayo/detener", self.stop),
            pages.post("/estudio/deshacer", self.undo),
            pages.post("/estudio/descartar", self.discard),
            pages.post("/estudio/proponer", self.propose),
            pages.post("/estudio/publicar", self.publish),
            pages.get(MODELS, self.models),
            pages.post("/estudio/volver", self.roll_back),
            pages.post("/estudio/recuperar", self.recover),
            pages.post("/estudio/dos-personas", self.two_people),
        ]

    async def draft(self, visit: Visit) -> Response:
        """The draft: changes, comparison of files, remarks, trial, and what can be done."""
        view = await self._studio.drafting.view()
        facts = await self._trial_facts(visit)
        if not facts["running"] and visit.request.query_params.get("hecho") == BEGUN:
            # The trial that began is over: what came of it is on the page.
            facts["done"] = ""
        return await self._pages.page(visit, "borrador.html", view=view, **facts)

    async def trial_part(self, visit: Visit) -> Response:
        """How far the trial is."""
        view = await self._studio.drafting.view()
        return await self._pages.part(visit, "_ensayo.html", view=view, **await self._trial_facts(visit))

    async def _trial_facts(self, visit: Visit) -> dict[str, Any]:
        trial, publishing = await self._studio.trials.latest(), self._studio.publishing
        try:
            red, stale = await publishing.red_lines(), ""
        except StaleTrial as why:
            red, stale = [], why.key
        stage = STAGES.index(trial["stage"]) if trial and trial["stage"] in STAGES else 0
        running = bool(trial and trial["state"] == "running")
        log = self._studio.trials.log_of(trial["id"]) if trial and trial["state"] == "failed" else ()
        facts = {"trial": trial, "red": red, "stale": stale, "stage": stage, "stages": STAGES, "running": running}
        return {**facts, "two_people": await publishing.two_people(), "log": log}

    async def start(self, visit: Visit) -> Response:
        """Begins a trial."""
        await self._studio.trials.start(person_of(visit))
        return done(visit, DRAFT, BEGUN)

    async def stop(self, visit: Visit) -> Response:
        """Breaks it off."""
        await self._studio.trials.stop()
        return done(visit, DRAFT, "detenido")

    async def undo(self, visit: Visit) -> Response:
        """Takes a change back."""
        number = visit.fields.get("cambio", "")
        if not number.isdigit():
            raise Refused(422, "bad_request")
        await self._studio.drafting.undo(person_of(visit), int(number))
        return done(visit, DRAFT, "deshecho")

    async def discard(self, visit: Visit) -> Response:
        """Takes every change back."""
        await self._studio.drafting.discard(person_of(visit))
        return done(visit, DRAFT, "descartado")

    async def propose(self, visit: Visit) -> Response:
        """Asks a second person to publish."""
        await self._studio.publishing.propose(person_of(visit))
        return done(visit, DRAFT, "propuesto")

    async def publish(self, visit: Visit) -> Response:
        """Puts the draft live."""
        await self._studio.publishing.publish(person_of(visit), visit.fields.get("motivo", "")[:500])
        return done(visit, MODELS, "publicado")

    async def models(self, visit: Visit) -> Response:
        """Every model with its card."""
        shelf = self._studio.parts.shelf
        cards: list[ModelCard] = list(reversed(shelf.cards()))
        history = shelf.history()
        facts: dict[str, Any] = {
            "cards": cards,
            "current": self._studio.parts.switch.name,
            "can_go_back": len(history) > 1,
            "recoverable": await self._studio.publishing.recoverable(),
        }
        facts["two_people"] = await self._studio.publishing.two_people()
        return await self._pages.page(visit, "modelos.html", **facts)

    async def roll_back(self, visit: Visit) -> Response:
        """One press, and the bot is as it was."""
        reason, seen = visit.fields.get("motivo", "")[:500], visit.fields.get("modelo", "")
        await self._studio.publishing.roll_back(person_of(visit), reason, seen=seen)
        return done(visit, MODELS, "vuelto")

    async def recover(self, visit: Visit) -> Response:
        """Brings what was rolled back into the draft, to be put right there."""
        await self._studio.publishing.recover(person_of(visit))
        return done(visit, DRAFT, "recuperado")

    async def two_people(self, visit: Visit) -> Response:
        """Switches the second pair of eyes."""
        await self._studio.publishing.set_two_people(person_of(visit), visit.fields.get("si", "") == "1")
        return done(visit, MODELS)
