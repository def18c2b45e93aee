"""A brain for the page's tests, and a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.brain.interfaces import Reply, Turn, TurnResult
from tests.contracts.web_chat.brains import EchoBrain
from tests.support.waiting import PATIENCE

CHROMIUM = "/usr/bin/chromium"
needs_chromium = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=f"no {CHROMIUM} on this machine")
QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]

PUBLIC_PAYLOADS = {"/hablar_con_agente": "Hablar con una persona", '/dar_dato{"platform": "seace"}': "SEACE"}

LINKS = (
    "Escriba a consultas@example.org, vea https://example.org/guia?paso=1. "
    "Llame al +51 1 600 0000 (gratis). No: javascript:alert(1) http://example.org <b>nada</b>"
)
LONG = "Esta es una respuesta larga. " * 60
STEP = "Paso 2 de 7: Abra el menú\nIngrese con el usuario administrador.\nPulse «Contactos»."
STEPS = "Estos son los pasos:\n• Ingrese\n• Abra el menú\n• Pulse «Contactos»"
PICTURE = {"src": "/web/shared/icono.svg", "alt": "El menú abierto, con «Contactos» resaltado"}
CARD = {
    "type": "step",
    "guide_title": "Registrar un contacto",
    "title": "Abra el menú",
    "number": 2,
    "total": 7,
    "lines": ["Ingrese con el usuario administrador.", "Pulse «Contactos»."],
    "see": ["Verá la lista."],
    "source": "Manual, sección 2",
}


class PageBrain(EchoBrain):
    """Echoes, with a special answer for some words; waits on "espera" until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    async def respond(self, turn: Turn) -> TurnResult:
        special = {
            "enlaces": [Reply(LINKS)],
            "largo": [Reply(LONG), Reply("¿Seguimos?", [{"title": "Sí, " + "seguir " * 12, "payload": "/seguir"}])],
            "guia": [Reply(STEP, [{"title": "Siguiente", "payload": "/siguiente"}], PICTURE, CARD)],
            "pasos": [Reply(STEPS)],
        }
        if turn.text == "espera":
            await self.go_on.wait()
        if turn.text in special:
            self.turns.append(turn)
            return TurnResult(special[turn.text], turn.state or b"0")
        return await super().respond(turn)


async def say(page: Any, text: str) -> None:
    """Writes a message and sends it."""
    await page.fill("#texto", text)
    await page.press("#texto", "Enter")


async def texts(page: Any) -> list[str]:
    """What the bubbles of the log say."""
    return list(await page.locator("#mensajes .burbuja:not(.escribiendo .burbuja)").all_text_contents())


async def shows(page: Any, *expected: str) -> None:
    """Waits until the log is exactly this."""
    await page.wait_for_function(
        """expected => {
          const root = document.querySelector('ventanilla-chat')?.shadowRoot ?? document;
          const bubbles = [...root.querySelectorAll('#mensajes li:not(.escribiendo) .burbuja')];
          return JSON.stringify(bubbles.map(bubble => bubble.textContent)) === JSON.stringify(expected);
        }""",
        arg=list(expected),
        timeout=PATIENCE * 1000,
    )


async def announced(page: Any) -> list[str]:
    """What a screen reader was told and is still there."""
    return list(await page.locator("#anuncios p").all_text_contents())


async def choose(page: Any, entry: str) -> None:
    """Takes an entry of the menu."""
    await page.click("#opciones")
    await page.click(f"[data-entry={entry}]")


@asynccontextmanager
async def browser() -> AsyncIterator[Any]:
    """A real Chromium."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        await chromium.close()
