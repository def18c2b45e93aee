"""Files of a case at the console: handed out to be saved, never to be shown or run by the page."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import BaseRoute

from bot.channels.desk_pages import HEADERS, DeskPages, Visit, number_in
from bot.desk.case_files import CaseFiles, FileUnknown
from bot.desk.interfaces import CaseUnknown
from bot.desk.work import DeskWork

FILE_HEADERS = {
    **HEADERS,
    # Whatever it is, it is nothing that this origin shows: no type, no rights.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class DeskFiles:
    """Downloads."""

    def __init__(self, pages: DeskPages, work: DeskWork, files: CaseFiles) -> None:
        self._pages, self._work, self._files = pages, work, files

    def routes(self) -> list[BaseRoute]:
        """The route."""
        return [self._pages.get("/mesa/casos/{id:int}/archivos/{file:int}", self.download)]

    async def download(self, visit: Visit) -> Response:
        """One file, once it is on the trail who took it."""
        case = await self._work.case(visit.agent, number_in(visit.request))
        try:
            file, content = await self._files.open(case, number_in(visit.request, "file"))
        except FileUnknown as unknown:
            raise CaseUnknown("file") from unknown
        await self._work.noted(visit.agent, case.id, "file_opened", detail=str(file.id))
        disposition = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        headers = {**FILE_HEADERS, "Content-Disposition": disposition}
        return Response(content, headers=headers, media_type="application/octet-stream")
