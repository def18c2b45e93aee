"""Who may enter, and that every page is there."""

from __future__ import annotations

import httpx
import pytest

from bot.desk.agent_store import DeskRole
from tests.studio.rig import ADMIN, TRAINER, Rig

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


async def test_a_form_without_its_token_changes_nothing(rig: Rig) -> None:
    trainer = await rig.client(TRAINER)
    fields = {"intencion": "correo_no_llega", "frases": "ni rastro de ese dichoso correo"}
    answer = await trainer.post("/estudio/cambio/add_examples", data=fields)
    assert answer.status_code == 403
    assert (await rig.studio.drafting.view()).empty
    await trainer.aclose()


@pytest.mark.parametrize("page", ["/intencion/no_existe", "/respuesta/utter_nada", "/guia/soce/nada", "/conversacion/x"])
async def test_what_does_not_exist_is_said_in_words(rig: Rig, page: str) -> None:
    trainer = await rig.client(TRAINER)
    answer = await trainer.get(f"/estudio{page}")
    assert answer.status_code == 409
    assert "no existe" in answer.text or "No existe" in answer.text or "ya no existe" in answer.text
    await trainer.aclose()
