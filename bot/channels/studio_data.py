"""The studio's pages of answers, guides, reports and the log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.channels.desk_pages import Visit
from bot.channels.studio_pages import StudioPages
from bot.guides.draw.png import rasterise
from bot.guides.draw.preview import NotADrawing, preview, svg_of
from bot.guides.draw.svg import style_hash
from bot.studio import facts, places
from bot.studio.files import Workspace
from bot.studio.interfaces import StudioError


class StudioData:
    """Answers and guides with their previews, reports, and who changed what."""

    def __init__(self, pages: StudioPages) -> None:
        self._pages, self._studio = pages, pages.studio

    def routes(self) -> list[BaseRoute]:
        """The routes."""
        pages = self._pages
        return [
            pages.get("/estudio/respuestas", self.responses),
            pages.get("/estudio/respuesta/{name:str}", self.response),
            pages.get("/estudio/guias", self.guides),
            pages.get("/estudio/guia/{platform:str}/{name:str}", self.guide),
            pages.post("/estudio/vista", self.preview),
            pages.get("/estudio/dibujo/{packed:str}.{kind:str}", self.drawing),
            pages.get("/estudio/informes", self.report),
            pages.get("/estudio/registro", self.trail),
        ]

    async def responses(self, visit: Visit) -> Response:
        """Every answer, searched by its words."""
        wanted = visit.request.query_params.get("buscar", "").strip()
        found = await asyncio.to_thread(places.responses, await self._studio.drafting.space())
        answers = (await self._pages.wording()).names.answers
        rows = [
            (name, str(variations[0].get("text") or ""), len(variations), answers[name])
            for name, variations in found.items()
            if variations and _holds(f"{name} {answers[name].heading} {variations[0].get('text')}", wanted)
        ]
        return await self._pages.page(visit, "respuestas.html", rows=rows, wanted=wanted)

    async def response(self, visit: Visit) -> Response:
        """One answer, with how web and Telegram will show it."""
        name = visit.request.path_params["name"]
        space = await self._studio.drafting.space()
        variations = (await asyncio.to_thread(places.responses, space)).get(name)
        if not variations:
            raise StudioError("response_gone", name=name)
        page = {"response": name, "variations": variations, "facts": facts.handed_over(space, name)}
        page["answer"] = (await self._pages.wording()).names.answers[name]
        return await self._pages.page(visit, "respuesta.html", **page)

    async def guides(self, visit: Visit) -> Response:
        """Every guide."""
        space = await self._studio.drafting.space()
        return await self._pages.page(visit, "guias.html", rows=await asyncio.to_thread(_guides, space))

    async def guide(self, visit: Visit) -> Response:
        """One guide's file, with how its steps will be shown."""
        parameters = visit.request.path_params
        identity = f"{parameters['platform']}/{parameters['name']}"
        space = await self._studio.drafting.space()
        text = space.read(places.guide_path(identity)) if _plain_name(identity) else ""
        if not text:
            raise StudioError("guide_gone", guide=identity)
        shown = guide_steps(text)
        return await self._pages.page(visit, "guia.html", guide=identity, text=text, **shown)

    async def preview(self, visit: Visit) -> Response:
        """The steps of a guide as it is being written."""
        return await self._pages.part(visit, "_pasos.html", **guide_steps(visit.fields.get("despues", "")))

    async def drawing(self, visit: Visit) -> Response:
        """A step's drawing as it is being written: what it shows is in its address."""
        packed, kind = visit.request.path_params["packed"], visit.request.path_params["kind"]
        try:
            content = await asyncio.to_thread(_DRAWN[kind][0], packed)
        except (NotADrawing, KeyError):
            return Response(status_code=404)
        policy = f"default-src 'none'; style-src {style_hash()}; sandbox"
        headers = {"Content-Security-Policy": policy, "Cache-Control": "private, max-age=3600"}
        return Response(content, media_type=_DRAWN[kind][1], headers={**headers, "X-Content-Type-Options": "nosniff"})

    async def report(self, visit: Visit) -> Response:
        """The figures as charts."""
        when = await self._pages.clock(visit)
        return await self._pages.page(visit, "informes.html", report=await self._studio.report(when))

    async def trail(self, visit: Visit) -> Response:
        """Who did what."""
        store, wording = self._studio.parts.store, await self._pages.wording()
        notes = await store.notes()
        numbers = [int(note["detail"][1:]) for note in notes if note["detail"][1:].isdecimal()]
        changes = await store.changes_of(numbers)
        lines = [(note, wording.noted(note, changes)) for note in notes]
        return await self._pages.page(visit, "registro.html", lines=lines)


# The web shows the drawing itself, which follows the person's light or dark; Telegram a picture of it.
_DRAWN: Mapping[str, tuple[Callable[[str], str | bytes], str]] = {
    "svg": (lambda packed: svg_of(packed, "auto"), "image/svg+xml"),
    "png": (lambda packed: rasterise(svg_of(packed, "light")), "image/png"),
}


def _guides(space: Workspace) -> list[tuple[str, str, int]]:
    rows = []
    for path in places.guide_files(space):
        shown = guide_steps(space.read(path))
        rows.append((places.guide_id(path), str(shown["title"]), len(shown["steps"])))
    return rows


def guide_steps(text: str) -> dict[str, Any]:
    """What a guide's file shows, and what keeps it from being read."""
    try:
        # As guides are read: every value is a text, so that codes and «no» stay what was written.
        content = YAML(typ="base").load(text.replace("\r\n", "\n"))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return {"title": "", "steps": [], "problem_line": mark.line + 1 if mark else 0, "unreadable": True}
    if not isinstance(content, dict) or not isinstance(content.get("pasos"), list):
        return {"title": "", "steps": [], "problem_line": 0, "unreadable": True}
    steps = [
        {
            "title": str(step.get("titulo") or ""),
            "lines": _lines(step.get("haga")),
            "see": _lines(step.get("vera")),
            "drawing": preview(step.get("dibujo")),
        }
        for step in content["pasos"]
        if isinstance(step, dict)
    ]
    return {"title": str(content.get("titulo") or ""), "steps": steps, "problem_line": 0, "unreadable": False}


def _lines(value: Any) -> list[str]:
    return [] if value is None else [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _holds(text: str, wanted: str) -> bool:
    return all(word in text.casefold() for word in wanted.casefold().split())


def _plain_name(identity: str) -> bool:
    return all(part.replace("-", "").isalnum() for part in identity.split("/"))
