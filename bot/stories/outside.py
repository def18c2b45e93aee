"""What a story looks at besides the chat: the mailbox, the page behind a link, the account system."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.accounts.csv_import import show
from bot.accounts.interfaces import AccountUnknown
from bot.platforms import Platform
from bot.sandbox import OLD_PASSWORD, Sandbox
from bot.stories import story as kinds
from bot.stories.expect import StoryFailed, require
from bot.stories.sentences import sentence

Mail = dict[str, Any]
_PASSWORD = re.compile(r"Contraseña[^:\n]*:\s+(\S+)")
LINK = "/restablecer/"
FIELDS = ("contrasena", "repetida")
"""The page's form has the password twice."""


async def mails_to(http: httpx.AsyncClient, address: str) -> list[Mail]:
    """What arrived for exactly this address, newest first; everything when there is no address."""
    answer = await http.get("/correo/api/messages", params={"to": address})
    answer.raise_for_status()
    return [each for each in answer.json() if not address or each["to"].lower() == address.lower()]


async def account_state(product: Sandbox, platform: Platform, login: str) -> dict[str, Any]:
    """What the operator's command shows of an account."""
    core = product.core
    try:
        return dict(await show(core.backend, core.platforms[platform], login, core.clock()))
    except AccountUnknown:
        raise StoryFailed("cuenta_desconocida", usuario=login, plataforma=platform.value) from None


async def signs_in(product: Sandbox, platform: Platform, step: kinds.AccountState, mails: Sequence[Mail]) -> None:
    """Checks that the password signs in; a new one must have put the old one out of use."""
    verify = product.core.backend.verify_password
    if step.password == kinds.OLD:
        works = await verify(platform, step.login, OLD_PASSWORD)
        require(works, "no_ingresa", cual=sentence("palabras", "anterior"), usuario=step.login)
        return
    password = step.password
    if password == kinds.NEW:
        found = next((match[1] for match in (_PASSWORD.search(mail["text"]) for mail in mails) if match), "")
        require(found, "sin_contrasena", usuario=step.login)
        password = found
    require(await verify(platform, step.login, password), "no_ingresa", cual=step.password, usuario=step.login)
    require(not await verify(platform, step.login, OLD_PASSWORD), "ingresa", usuario=step.login)


async def use_link(http: httpx.AsyncClient, step: kinds.Link) -> None:
    """Opens, looks at or uses the link of a mail: the newest one, or the one with this number."""
    oldest_first = reversed(await mails_to(http, step.to))
    links = [link for mail in oldest_first for link in mail["links"] if LINK in link]
    require(len(links) >= max(step.number, 1), "sin_enlace", numero=step.number or 1, para=step.to)
    path = urlsplit(links[step.number - 1]).path
    if step.action != "password":
        answer = await http.request("GET" if step.action == "open" else "HEAD", path)
        state = "sirve" if answer.status_code == 200 else "no sirve"
        facts = {"esperado": step.expected, "recibido": state, "codigo": answer.status_code}
        require(state == step.expected, "enlace_abierto", **facts)
        return
    state, code = await _set_password(http, path, step.password)
    require(state == step.expected, "enlace_usado", esperado=step.expected, recibido=state, codigo=code)


async def _set_password(http: httpx.AsyncClient, path: str, password: str) -> tuple[str, int]:
    origin = {"Origin": str(http.base_url).rstrip("/")}
    answer = await http.post(path, data=dict.fromkeys(FIELDS, password), headers=origin, follow_redirects=True)
    if answer.status_code == 200:
        return "cambiada", 200
    return ("rechazada" if answer.status_code == 422 else "no sirve"), answer.status_code
