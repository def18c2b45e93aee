"""From nothing to live and back, in a browser, with real training: the one test of the studio that trains."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright, expect

from bot.desk.agent_store import DeskRole
from tests.studio.rig import ADMIN, SECOND, TRAINER, Rig, answered
from tests.web.helpers import CHROMIUM, QUIET, needs_chromium

EXAMPLES = """cómo firmo un documento con mi certificado digital
el token de la firma electrónica no aparece
el firmador dice que mi certificado caducó
dónde instalo el programa para firmar
la firma electrónica sale inválida al subir la oferta
necesito el driver del token para firmar
qué certificado digital aceptan para firmar ofertas
no reconoce la firma del representante
puedo firmar con firmaec
quiero firmar electrónicamente la oferta"""
TESTS = """cómo hago para firmar con el token
mi firma electrónica no sirve"""
ANSWER = "Para firmar, conecte su token e instale el programa de firma.\nSi el certificado venció, renuévelo."
ASKED = "ayuda para firmar con certificado digital la oferta"

ALLOWED = 12
"""Interactions besides typing, from zero to live."""


class Hand:
    """Counts what a person does besides typing."""

    def __init__(self) -> None:
        self.count = 0

    async def click(self, target: Any) -> None:
        """One interaction."""
        self.count += 1
        await target.click()


async def keep_talking(rig: Rig, stop: asyncio.Event, every: float) -> list[float]:
    """A person after another writes until it is enough; how long each waited for an answer."""
    waited: list[float] = []

    async def one() -> None:
        began = time.perf_counter()
        await rig.talk("hola, olvidé mi clave")
        waited.append(time.perf_counter() - began)

    tasks: set[asyncio.Task[None]] = set()
    while not stop.is_set():
        tasks.add(asyncio.create_task(one()))
        await asyncio.sleep(every)
    await asyncio.gather(*tasks)
    return waited


async def quiet_talks(rig: Rig) -> list[float]:
    """How long people wait while nothing else goes on."""
    waited = []
    for _ in range(25):
        began = time.perf_counter()
        await rig.talk("hola, olvidé mi clave")
        waited.append(time.perf_counter() - began)
    return waited


def git(project: Path, *arguments: str) -> str:
    """What git says."""
    command = ["git", "-c", "user.name=Prueba", "-c", "user.email=prueba@example.org", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=True).stdout


@needs_chromium
@pytest.mark.timeout(1500)
async def test_a_new_intent_is_taught_checked_tried_published_and_taken_back(rig: Rig, capsys: Any) -> None:
    (rig.project / ".gitignore").write_text("/bot\n/actions\n/models\n")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "inicio"]):
        git(rig.project, *command)
    parent, before = rig.shelf.current(), (rig.project / "data/nlu/correo.yml").read_bytes()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await rig.browser_of(browser, TRAINER)
        second = await rig.browser_of(browser, SECOND)
        hand = Hand()

        await page.goto(f"{rig.url}/estudio")
        await hand.click(page.get_by_role("link", name="Nueva intención"))
        await page.get_by_label("Título, como lo diría una persona").fill("Firmar con certificado")
        await page.get_by_label("Frases con que la gente lo pide, una por línea").fill(
            EXAMPLES + "\nno me llega el correo"
        )
        # The remark comes while one types; the line is then put right.
        await expect(page.locator("#frases-avisos")).to_contain_text("está en «No me llega el correo»", timeout=120_000)
        await page.get_by_label("Frases con que la gente lo pide, una por línea").fill(EXAMPLES)
        await page.get_by_label("Respuesta", exact=True).fill(ANSWER)
        await expect(page.locator("[data-web]").first).to_contain_text("conecte su token")
        await page.get_by_label("Frases de prueba, distintas de las anteriores").fill(TESTS)
        await hand.click(page.get_by_role("button", name="Guardar en el borrador"))
        await expect(page.locator(".cambios")).to_contain_text(
            "intención nueva: Firmar con certificado", timeout=60_000
        )

        quiet = await quiet_talks(rig)
        stop = asyncio.Event()
        talking = asyncio.create_task(keep_talking(rig, stop, 0.5))
        await hand.click(page.get_by_role("button", name="Ensayar"))
        await expect(page.locator("#ensayo")).to_contain_text("Entrenando", timeout=600_000)
        await expect(page.get_by_role("button", name="Proponer")).to_be_visible(timeout=900_000)
        stop.set()
        waited = await talking
        trial = await rig.studio.trials.latest()
        assert trial is not None
        await expect(page.locator("#ensayo")).to_contain_text("Mejoran")
        await expect(page.locator("#ensayo")).to_contain_text("cómo hago para firmar con el token")
        assert await rig.studio.publishing.red_lines() == []
        await hand.click(page.get_by_role("button", name="Proponer"))

        # Who proposed it cannot publish it, not even around the page.
        await expect(page.locator("#ensayo")).to_contain_text("Falta que otra persona lo publique")
        await second.goto(f"{rig.url}/estudio")
        await hand.click(second.get_by_role("link", name="Ver el borrador"))
        early, _said = await rig.talk("olvidé la clave del seace")
        stop = asyncio.Event()
        crowd = asyncio.create_task(keep_talking(rig, stop, 0.05))
        await hand.click(second.get_by_role("button", name="Publicar"))
        await expect(second.get_by_text("ya responde con el modelo nuevo")).to_be_visible(timeout=60_000)
        stop.set()
        under_load = await crowd
        assert hand.count <= ALLOWED

        _talk, said = await rig.talk(ASKED)
        assert said[-1] == ANSWER
        # A conversation that was under way goes on where it was.
        seq = await rig.service.hub.receive(early, "11111111-1111-4111-8111-111111111111", text="001952_56989")
        await answered(rig.service.hub, early, seq)
        assert "correo" in (await rig.service.hub.messages(early))[-1].text
        assert (rig.project / "data/nlu/correo.yml").read_bytes() == before
        await rig.studio.publishing.close()
        assert git(rig.project, "log", "-1", "--format=%an %s").startswith("Simón datos: intención nueva")
        assert git(rig.project, "status", "--short") == ""

        live = rig.shelf.current()
        card = rig.shelf.card(str(live))
        assert (card.parent, card.author) == (parent, TRAINER.email)
        assert set(card.marks) == {"data", "configuration", "code"}
        assert card.figures["accuracy"] > 0.9

        began = time.perf_counter()
        await second.get_by_role("button", name="Volver al anterior").click()
        await expect(second.get_by_text("El asistente volvió al modelo anterior")).to_be_visible(timeout=30_000)
        back = time.perf_counter() - began
        assert rig.shelf.current() == parent == rig.service.studio.parts.switch.name  # type: ignore[union-attr]
        _talk, said = await rig.talk(ASKED)
        assert said[-1] != ANSWER
        assert not (rig.project / "data/nlu/estudio.yml").exists()
        await rig.studio.publishing.close()
        assert git(rig.project, "diff", "HEAD~2", "--stat") == ""
        await second.get_by_role("button", name="Recuperar los cambios en un borrador").click()
        await expect(second.locator(".cambios")).to_contain_text("Firmar con certificado")
        assert page.problems == [] == second.problems
        await browser.close()
    with capsys.disabled():
        facts = {
            "interactions": hand.count,
            "trial_seconds": trial["seconds"],
            "training_seconds": trial["result"]["trained"]["seconds"],
            "turns_quiet_p95": round(statistics.quantiles(quiet, n=20)[-1], 3),
            "turns_while_training_p95": round(statistics.quantiles(waited, n=20)[-1], 3),
            "publish_messages": len(under_load),
            "publish_longest_wait": round(max(under_load), 3),
            "publish_median_wait": round(statistics.median(under_load), 3),
            "roll_back_seconds": round(back, 2),
        }
        print("\n" + json.dumps(facts))


async def test_only_an_administrator_takes_red_lines_with_a_reason(rig: Rig) -> None:
    """The rights alone; what is published is in the test above."""
    client = await rig.client(ADMIN, DeskRole.ADMIN)
    await client.post("/estudio/dos-personas", data={"_csrf": client.headers["x-csrf"], "si": "0"})
    assert not await rig.studio.publishing.two_people()
    answer = await client.post("/estudio/publicar", data={"_csrf": client.headers["x-csrf"]})
    assert answer.status_code == 409
    await client.aclose()
