"""Who may enter, and that every page is there."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pyotp

from bot.desk.agent_store import DeskRole
from bot.desk.agents import Agents
from bot.studio import places
from bot.studio.service import titles
from tests.studio.rig import ADMIN, PASSWORD, TRAINER, Rig, add_model, as_if_tried

PAGES = (
    "",
    "/bandeja",
    "/bandeja/apartados",
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
        assert f'"{path}"' not in answer.text
    await trainer.aclose()


async def test_whoever_signs_in_as_a_trainer_comes_to_the_studio_and_to_no_case(rig: Rig) -> None:
    agents = Agents(rig.core.database, rig.core.key, rig.core.hashed, rig.core.clock)
    token = await agents.invitations.invite(TRAINER.email, DeskRole.TRAINER, name=TRAINER.name)
    code = pyotp.TOTP((await agents.invitations.open(token)).secret)
    now = int(rig.core.clock().timestamp())
    await agents.invitations.accept(token, PASSWORD, code.at(now - 30))
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


async def test_forms_keep_what_was_chosen_and_refuse_what_would_break_a_page(rig: Rig) -> None:
    trainer = await rig.client(TRAINER)

    async def change(kind: str, **fields: str) -> httpx.Response:
        return await trainer.post(f"/estudio/cambio/{kind}", data={"_csrf": trainer.headers["x-csrf"], **fields})

    texts = "\n".join(f"la póliza del anticipo número {word}" for word in ("uno", "dos", "tres", "cuatro"))
    answer = {"respuesta": "text", "texto_respuesta": "La póliza se corrige en la aseguradora."}
    # A box that is not ticked is not sent at all.
    made = await change("create_intent", titulo="Póliza del anticipo", frases=texts, significado="Un seguro", **answer)
    assert made.status_code == 303
    space = await rig.studio.drafting.space()
    assert "poliza_del_anticipo" in titles(space)["titles"] and "poliza_del_anticipo" not in titles(space)["offered"]
    await change("set_title", intencion="poliza_del_anticipo", titulo="Póliza", significado="")
    assert "poliza_del_anticipo" not in titles(await rig.studio.drafting.space())["meanings"]
    # An intent that has a guide for each platform keeps those that nobody touched.
    page = (await trainer.get("/estudio/intencion/canales_atencion")).text
    chosen = re.findall(r'value="([\w/-]+)" selected', page)
    assert [one.split("/")[0] for one in chosen] == ["seace", "soce", "secop2"]
    fields = {"guia_seace": "", "guia_soce": chosen[1], "guia_secop2": chosen[2]}
    await change("set_answer", intencion="canales_atencion", respuesta="guide", **fields)
    space = await rig.studio.drafting.space()
    assert sorted(places.guides_of(space, "canales_atencion")) == sorted(chosen[1:])
    # Nothing empty, and no guide that the pages could not show.
    assert (await change("add_examples", intencion="estado_caso", frases=" \n ")).status_code == 409
    text = space.read(places.guide_path("soce/ingresar"))
    for broken in ("", "titulo: [x", "pasos: nada"):
        refused = await change("edit_guide", guia="soce/ingresar", antes=text, despues=broken)
        assert refused.status_code == 409 and "data-volver" in refused.text
    odd = "titulo: Raro\npasos:\n  - titulo: a\n    fuente: abc\n"
    assert (await change("edit_guide", guia="soce/ingresar", antes=text, despues=odd)).status_code == 303
    for path in ("/guia/soce/ingresar", "/guias", "/borrador"):
        assert (await trainer.get(f"/estudio{path}")).status_code == 200
    identity, _said = await rig.talk("hola")
    assert (await trainer.get(f"/estudio/conversacion/{identity}?seq=2x")).status_code == 200
    # Whoever teaches sees no case, and can leave all the same.
    token = {"_csrf": trainer.headers["x-csrf"]}
    assert "/mesa/salir" in page and (await trainer.post("/mesa/salir", data=token)).status_code == 303
    await trainer.aclose()


async def test_what_was_rolled_back_can_be_recovered_later_and_a_second_press_goes_no_further(
    rig: Rig, model: Path
) -> None:
    first = rig.shelf.current() or ""
    add_model(rig.project, model, "nuevo", "nuevo")
    studio = rig.studio
    await studio.drafting.add(TRAINER, "add_examples", {"intent": "estado_caso", "texts": ["y mi tiquete cómo anda"]})
    await as_if_tried(studio, TRAINER, "nuevo")
    await studio.publishing.propose(TRAINER)
    await studio.publishing.publish(ADMIN)
    admin = await rig.client(ADMIN, DeskRole.ADMIN)
    assert "Recuperar" not in (await admin.get("/estudio/modelos")).text
    fields = {"_csrf": admin.headers["x-csrf"], "modelo": "nuevo"}
    assert (await admin.post("/estudio/volver", data=fields)).status_code == 303
    again = await admin.post("/estudio/volver", data=fields)
    assert again.status_code == 409 and "ya no está en uso" in again.text
    assert rig.shelf.current() == first
    assert "Recuperar los cambios en un borrador" in (await admin.get("/estudio/modelos")).text
    await admin.aclose()
