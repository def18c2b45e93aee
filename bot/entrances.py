"""The ways into a replica: its routes, and Telegram where a token is set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from actions.guide_messages import command_payload
from bot.app import Core
from bot.channels.demo_pages import DemoSignIn
from bot.channels.desk_routes import desk_routes, desk_tools
from bot.channels.desk_webhooks import webhook_routes
from bot.channels.guide_pages import guide_routes
from bot.channels.health import Check, health_routes
from bot.channels.limits import RateLimits
from bot.channels.pages import Pages
from bot.channels.reset_pages import ResetPages
from bot.channels.studio_routes import studio_routes
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.commands import Links, guide_links, platform_links
from bot.channels.telegram.config import TelegramSettings
from bot.channels.telegram.pictures import pictures_of
from bot.channels.transcripts import TranscriptMail
from bot.channels.web import WebChat
from bot.channels.widget import DEFAULT_LANGUAGE, Widget
from bot.conversations.interfaces import Hub
from bot.conversations.sentences import Sentence
from bot.desk.interfaces import Signals
from bot.guides.interfaces import GuideService
from bot.mail.mailbox_pages import mailbox_routes

if TYPE_CHECKING:
    from bot.service import Service


def routes_of(service: Service, limits: RateLimits) -> list[BaseRoute]:
    """Everything that a replica answers over HTTP, but for Telegram's webhook."""
    checks: Mapping[str, Check] = {"database": service.core.database.check, "brain": service.brain_loaded}
    pages, platforms = Pages(), service.core.platforms
    settings, secure = service.core.settings, service.public_url.startswith("https:")
    widget = Widget(settings.data / "widget")
    transcripts = TranscriptMail(service.core.database, service.outbox, service.hub, widget.words[DEFAULT_LANGUAGE])
    chat = WebChat(
        service.hub,
        limits,
        allowed_origins=settings.allowed_origins,
        transcripts=transcripts,
        signals=service.desk.signals,
    )
    routes: list[BaseRoute] = [
        pages.chat_route(list(platforms.values()), widget),
        *widget.routes(),
        *pages.static_routes(),
        *chat.routes(),
        *ResetPages(service.accounts, pages, platforms, limits).routes(),
        *guide_routes(service.guides),
        *desk_routes(desk_tools(service.desk, secure=secure), service.desk.feed, limits),
        *health_routes(checks, service.metrics.registry),
    ]
    if service.desk.receiver:
        routes += webhook_routes(service.desk.receiver)
    if service.studio:
        routes += studio_routes(service.studio, service.desk.agents, service.desk.parts.calendars, secure=secure)
    if service.demo:
        routes += DemoSignIn(service.core.backend, pages, platforms, limits).routes()
    if service.mailbox:
        routes += mailbox_routes(service.mailbox)
    return routes


def deep_links(core: Core, guides: GuideService) -> Links:
    """What a link into the chat may begin: a platform, or a guide."""
    names = {platform: facts.name for platform, facts in core.platforms.items()}
    return {**platform_links(names), **guide_links(guide_starts(guides))}


def guide_starts(guides: GuideService) -> list[tuple[str, str, str]]:
    """Id, title and payload of each guide's beginning."""
    return [(guide.id, guide.title, command_payload("start", guide.id)) for guide in guides.all()]


def build_telegram(
    core: Core,
    hub: Hub,
    sentence: Sentence,
    links: Links,
    limits: RateLimits,
    application: Starlette,
    signals: Signals | None = None,
) -> TelegramChannel | None:
    """The Telegram channel, where a token is set.

    Raises:
        SettingsError: the token cannot be one.
    """
    settings = core.settings
    if not settings.telegram_token:
        return None
    return TelegramChannel(
        TelegramSettings(settings.telegram_token, settings.telegram_api_url, settings.public_url),
        core.database,
        hub,
        sentence,
        links=links,
        pictures=pictures_of(application),
        limits=limits,
        signals=signals,
        clock=core.clock,
    )
