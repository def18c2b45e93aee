"""Who may enter, and that every page is there."""

from __future__ import annotations

import httpx
import pyotp

from bot.desk.agent_store import DeskRole
from bot.desk.agents import Agents
from tests.studio.rig import ADMIN, PASSWORD, TRAINER, Rig

PAGES = (
    "",
    "/bandeja",
    "/intenciones",
    "/intenciones/nueva",
    "/intencion/correo_no_llega",
    "/intencion/agregar_perfil",
    "/respuestas",
    "/respuestas?buscar=gracias",
    "/respuesta/utter_agradecer",
    "/guias",
    "/guia/soce/agregar-perfil",
    "/borrador",
    "/ensayo",
    "/modelos",
    "/informes",
    "/registro",
)


async def test_every_page_opens_for_a_trainer_and_none_for_others(rig: Rig) -> None:
    trainer, agent = await rig.client(TRAINER), await rig.client(ADMIN, DeskRole.AGENT)
    async with httpx.AsyncClient(base_url=rig.url) as stranger:
        for page in PAGES:
            answer = await trainer.get(f"/estudio{page}")
            assert answer.status_code == 200, (page, answer.text[-600:])
            assert "script-src 'self'" in answer.headers["content-security-policy"]
            assert (await agent.get(f"/estudio{page}")).status_code == 403
            refused = await stranger.get(f"/estudio{page}")
            assert (refused.status_code, refused.headers["location"]) == (303, "/mesa/entrar")
        assert (await stranger.post("/estudio/publicar")).status_code == 303
    await trainer.aclose()
    await agent.aclose()


async def test_a_form_without_its_token_changes_nothing_and_what_is_missing_is_said_in_words(rig: Rig) -> None:
    trainer = await rig.client(TRAINER)
    fields = {"intencion": "correo_no_llega", "frases": "ni rastro de ese dichoso correo"}
    answer = await trainer.post("/estudio/cambio/add_examples", data=fields)
    assert answer.status_code == 403
    assert (await rig.studio.drafting.view()).empty
    for page in ("/intencion/no_hay", "/respuesta/utter_nada", "/guia/soce/nada", "/conversacion/x"):
        answer = await trainer.get(f"/estudio{page}")
        assert answer.status_code == 409
        assert "no existe" in answer.text.lower()
    for path in ("//example.org", "/mesa", "/estudio/..//example.org"):
        fields = {"_csrf": trainer.headers["x-csrf"], "si": "1", "volver": path}
        answer = await trainer.post("/estudio/cambio/add_examples", data={**fields, "intencion": "x", "frases": "y"})
        assert path not in answer.text
    await trainer.aclose()


async def test_whoever_signs_in_as_a_trainer_comes_to_the_studio_and_to_no_case(rig: Rig) -> None:
    agents = Agents(rig.core.database, rig.core.key, rig.core.hashed, rig.core.clock)
    token = await agents.invite(TRAINER.email, DeskRole.TRAINER, name=TRAINER.name)
    code = pyotp.TOTP((await agents.open_invitation(token)).secret)
    now = int(rig.core.clock().timestamp())
    await agents.accept(token, PASSWORD, code.at(now - 30))
    async with httpx.AsyncClient(base_url=rig.url, timeout=60) as browser:
        await browser.post("/mesa/entrar", data={"correo": TRAINER.email, "contrasena": PASSWORD})
        page = (await browser.get("/mesa/codigo")).text
        csrf = page.split('name="_csrf" value="')[1].split('"')[0]
        entered = await browser.post("/mesa/codigo", data={"codigo": code.at(now), "_csrf": csrf})
        assert (entered.status_code, entered.headers["location"]) == (303, "/estudio")
        assert "Enseñe al asistente" in (await browser.get("/estudio")).text
        assert (await browser.get("/mesa/cerrados")).status_code == 403
        # The chat is sent no cookie of the studio's.
        assert "cookie" not in browser.build_request("GET", "/").headers
