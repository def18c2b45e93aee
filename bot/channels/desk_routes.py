"""All routes of the help desk."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount

from bot.channels.desk_alerts import DeskAlerts
from bot.channels.desk_cases import CaseTools, DeskCases
from bot.channels.desk_events import DeskEvents
from bot.channels.desk_files import DeskFiles
from bot.channels.desk_links import DeskLinks
from bot.channels.desk_pages import DeskPages
from bot.channels.desk_sign_in import DeskSignIn
from bot.channels.desk_supervision import DeskSupervision
from bot.channels.desk_team import DeskTeam
from bot.channels.limits import RateLimits
from bot.channels.pages import WEB, _StaticFiles
from bot.desk.feed import DeskFeed
from bot.desk.runtime import DeskRuntime


def desk_tools(desk: DeskRuntime, *, secure: bool) -> CaseTools:
    """What the console works with.

    Args:
        secure: whether the session's cookie is for HTTPS alone.
    """
    return CaseTools(
        DeskPages(desk.agents, secure=secure, push_key=desk.push.public_key),
        desk.parts,
        desk.work,
        desk.views,
        desk.accounts,
        desk.guides,
        desk.canned,
        desk.starter,
        desk.signals,
        desk.push,
        desk.files,
    )


def desk_routes(tools: CaseTools, feed: DeskFeed, limits: RateLimits) -> list[BaseRoute]:
    """The console at ``/mesa`` and the links of mails at ``/caso``.

    Args:
        feed: running; see :meth:`bot.desk.feed.DeskFeed.run`.
    """
    pages = tools.pages
    events = DeskEvents(pages, tools.parts, feed, tools.work, tools.views)
    return [
        *DeskSignIn(pages, limits).routes(),
        *DeskCases(tools).routes(),
        *DeskSupervision(tools, tools.views.titles).routes(),
        *DeskTeam(tools).routes(),
        *DeskAlerts(pages, tools.push).routes(),
        *DeskFiles(pages, tools.work, tools.files).routes(),
        pages.get("/mesa/eventos", events.stream),
        *DeskLinks(pages, tools.parts, limits).routes(),
        Mount("/mesa/static", _StaticFiles(directory=WEB / "desk" / "static")),
    ]
