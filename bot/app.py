"""The composition root: the only place that picks the real parts or their stand-ins, and ties them together."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from email.utils import parseaddr
from typing import cast

from actions.services import ActionServices
from bot.accounts.http_backend import HttpAccountBackend
from bot.accounts.interfaces import AccountBackend
from bot.accounts.limits_store import LimitPolicy
from bot.accounts.parts import Parts
from bot.accounts.passwords import load_common_words
from bot.accounts.service import Accounts
from bot.accounts.sql_store import SqlAccountBackend
from bot.brain.interfaces import Reply
from bot.brain.models import ModelShelf
from bot.clock import Clock, utc_now
from bot.conversations.interfaces import Hub
from bot.conversations.review_store import ReviewStore
from bot.conversations.sentences import load_sentences
from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.desk.canned import load_starter
from bot.desk.mail_tags import MailTags
from bot.desk.parts import DeskParts
from bot.desk.policy import load_desk_settings
from bot.desk.push import PushKeys
from bot.desk.runtime import DeskRuntime
from bot.desk.words import load_desk_words
from bot.guides.current import CurrentGuides
from bot.guides.mailing import GuideMail
from bot.guides.service import LibraryGuides, load_guides
from bot.mail.delivery import DeliveryWorker
from bot.mail.interfaces import Outbox, Take
from bot.mail.mailbox import Mailbox
from bot.mail.outbox_store import SqlOutbox
from bot.mail.receiving import MailReceiver
from bot.mail.secrets import load_key
from bot.platform_files import read_platform
from bot.platforms import Platform, PlatformFacts
from bot.privacy import KeyedHash
from bot.settings import Settings, load_settings
from bot.studio.decisions_store import DecisionStore
from bot.studio.interfaces import ModelSwitch
from bot.studio.parts import StudioParts
from bot.studio.service import Studio
from bot.studio.settings import load_studio_settings, load_words
from bot.studio.studio_store import StudioStore
from bot.tasks.catalog import load_catalog
from bot.tasks.responses import load_names, load_offered, load_replies, load_titles
from bot.tasks.runner import TaskRunner

DEFAULT_SENDER = "Mesa de ayuda <mesa-de-ayuda@ventanilla.example.org>"
"""Who the mails come from when ``VENTANILLA_MAIL_FROM`` is not set."""


@dataclass(frozen=True)
class Core:
    """The parts that every entry point needs: the service, a stock action server, the command line."""

    settings: Settings
    clock: Clock
    key: bytes
    database: Database
    platforms: dict[Platform, PlatformFacts]
    backend: AccountBackend
    hashed: KeyedHash


def build_core(settings: Settings, clock: Clock = utc_now) -> Core:
    """Settings in, core parts out. Opens no connection.

    Raises:
        PlatformFileError: a file in ``data/platforms`` cannot be used.
        SettingsError: the key file cannot be used.
    """
    key = load_key(settings.home)
    database = Database(settings.database_url)
    platforms = {platform: read_platform(settings.data, platform) for platform in Platform}
    backend: AccountBackend = (
        HttpAccountBackend(settings.account_api_url)
        if settings.account_api_url
        else SqlAccountBackend(database, platforms, clock=clock)
    )
    hashed = KeyedHash(derived_key(key, "identifiers"))
    return Core(settings, clock, key, database, platforms, backend, hashed)


def derived_key(key: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose, from the installation's one key."""
    return hashlib.blake2b(purpose.encode(), key=hashlib.sha256(key).digest(), digest_size=32).digest()


def build_accounts(core: Core, outbox: Outbox, public_url: str) -> Accounts:
    """The account service."""
    return Accounts(
        Parts(
            database=core.database,
            backend=core.backend,
            outbox=outbox,
            platforms=core.platforms,
            hashed=core.hashed,
            public_url=public_url,
            common_words=load_common_words(core.settings.data / "words" / "nombres_comunes.txt"),
            limits=LimitPolicy(enabled=core.settings.rate_limits),
            clock=core.clock,
        )
    )


def build_mail(core: Core, mailbox: Mailbox | None) -> tuple[Outbox, DeliveryWorker | None]:
    """The outbox, and the worker that empties it where there is a mail server; else mail waits in the outbox."""
    sender = core.settings.mail_from or DEFAULT_SENDER
    url = core.settings.smtp_url or (mailbox.smtp_url if mailbox else "")
    worker = DeliveryWorker(core.database, url, sender, core.key, core.clock) if url else None
    wake = worker.wake if worker else _nobody_to_wake
    return SqlOutbox(core.key, sender, wake=wake, clock=core.clock), worker


def _nobody_to_wake() -> None:
    """Without a mail server mails wait in the outbox."""


@dataclass(frozen=True)
class Features:
    """The features that the conversation reaches."""

    accounts: Accounts
    guides: LibraryGuides
    guide_mail: GuideMail
    desk: DeskRuntime | None = None


def build_features(core: Core, outbox: Outbox, public_url: str) -> Features:
    """Every feature, over one outbox.

    Raises:
        GuidesInvalid: a guide must be corrected first.
    """
    # Guides that are published while the service runs reach whoever holds these.
    guides = cast(LibraryGuides, CurrentGuides(load_guides(core.settings.data / "guides")))
    mail = GuideMail(core.database, outbox, guides, public_url)
    return Features(build_accounts(core, outbox, public_url), guides, mail)


def with_desk(core: Core, features: Features, outbox: Outbox, public_url: str) -> Features:
    """The same features and the help desk, for a service that has a hub.

    Raises:
        DeskSettingsInvalid: ``data/desk/ajustes.yml`` must be corrected first.
    """
    settings = core.settings
    titles = load_titles(settings.data / "intents.yml")
    parts = DeskParts(
        core.database,
        outbox,
        core.platforms,
        settings=load_desk_settings(settings.data),
        words=load_desk_words(settings.data),
        hashed=core.hashed,
        public_url=public_url,
        clock=core.clock,
        outside=bool(settings.desk_webhook_url),
        tags=MailTags(settings.desk_mail_address, derived_key(core.key, "case mail"))
        if settings.desk_mail_address
        else None,
        mail_to=settings.desk_mail_to,
        titles=titles,
    )
    desk = DeskRuntime(
        parts,
        titles=titles,
        key=core.key,
        starter=load_starter(settings.data),
        backend=core.backend,
        accounts=features.accounts,
        push_keys=build_push_keys(core, public_url),
        guides=features.guides,
        webhook_url=settings.desk_webhook_url,
        webhook_secret=settings.desk_webhook_secret.encode(),
        mail_in=mail_receiver(settings.desk_mail_listen) if settings.desk_mail_listen else None,
    )
    return replace(features, desk=desk)


def build_push_keys(core: Core, public_url: str) -> PushKeys:
    """The keys of alerts to browsers, made of the installation's one key."""
    sender = parseaddr(core.settings.mail_from or DEFAULT_SENDER)[1]
    contact = public_url if public_url.startswith("https:") else f"mailto:{sender}"
    secret = derived_key(core.key, "push signature") + derived_key(core.key, "push signature, more bits")
    return PushKeys(secret, base64.urlsafe_b64encode(derived_key(core.key, "push addresses")), contact)


def mail_receiver(listen: tuple[str, int]) -> Callable[[Take], MailReceiver]:
    """Builds the server at which mail for cases comes in."""
    return lambda take: MailReceiver(*listen, take)


def build_action_services(core: Core | None = None, features: Features | None = None) -> ActionServices:
    """What the custom actions work with; with no arguments, for a stock action server (``rasa run actions``)."""
    if core is None:
        core = build_core(load_settings())
        migrate_aside(core.settings)
    if features is None:
        outbox, _worker = build_mail(core, None)
        features = build_features(core, outbox, core.settings.public_url or "http://127.0.0.1:8000")
    catalog = load_catalog(core.settings.data / "tasks.yml")
    desk = features.desk.desk if features.desk else None
    return ActionServices(
        accounts=features.accounts,
        catalog=catalog,
        runner=TaskRunner(features.accounts, catalog, features.guide_mail, desk),
        responses=load_names(core.settings.data / "responses"),
        offered=load_offered(core.settings.data / "intents.yml"),
        clock=core.clock,
        guides=features.guides,
        texts=load_sentences(core.settings.data / "responses"),
        desk=desk,
    )


def build_studio(core: Core, switch: ModelSwitch, hub: Hub | None = None) -> Studio:
    """The studio over the project's data.

    Raises:
        StudioSettingsInvalid: ``data/studio/ajustes.yml`` must be corrected first.
    """
    settings = core.settings
    return Studio(
        StudioParts(
            project=settings.project,
            home=settings.home / "estudio",
            shelf=ModelShelf(settings.models),
            store=StudioStore(core.database),
            decisions=DecisionStore(core.database),
            review=ReviewStore(core.database),
            switch=switch,
            settings=load_studio_settings(settings.data),
            words=load_words(settings.data),
            hashed=core.hashed,
            clock=core.clock,
            hub=hub,
        )
    )


def migrate_aside(settings: Settings) -> None:
    """Brings the schema up to date from inside a running event loop that is not ours."""

    async def migrate() -> None:
        database = Database(settings.database_url)
        try:
            await upgrade(database)
        finally:
            await database.close()

    worker = threading.Thread(target=lambda: asyncio.run(migrate()))
    worker.start()
    worker.join()


def greeting_from(settings: Settings) -> Sequence[Reply]:
    """The bot's first message in a new conversation."""
    return load_replies(settings.data / "responses", "utter_bienvenida")
