"""``ventanilla run``."""

from __future__ import annotations

import socket

import uvloop
from rich.console import Console

from bot.app import build_core
from bot.commands.training import ensure_model
from bot.errors import PortInUse
from bot.http_server import http_server
from bot.logs import configure_logs
from bot.service import Service, rasa_brain
from bot.settings import load_settings


def run_service(host: str, port: int, demo: bool) -> None:
    """Serves until it is told to stop.

    Raises:
        PortInUse: another program listens there.
        SettingsError: a setting has a wrong value.
        DatabaseUnavailable: the database does not answer.
        ModelMissing: there is no model and none could be trained.
    """
    settings = load_settings()
    configure_logs(settings.log_level)
    listener = _listen(host, port)
    ensure_model(settings)
    public_url = settings.public_url or f"http://{_shown(host)}:{port}"
    service = Service(build_core(settings), public_url, demo, rasa_brain)
    uvloop.run(_serve(service, listener, public_url))


async def _serve(service: Service, listener: socket.socket, public_url: str) -> None:
    application = await service.start()
    server = http_server(application, grace=5)
    console = Console(stderr=True)
    console.print(f"Ventanilla: {public_url}/", highlight=False)
    if service.mailbox:
        console.print(f"Mailbox:    {public_url}/correo", highlight=False)
    try:
        await server.serve(sockets=[listener])
    finally:
        await service.stop()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortInUse(host, port) from error
    return listener


def _shown(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - only compared
