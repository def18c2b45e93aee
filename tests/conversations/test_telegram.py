"""The whole product on Telegram: the real library, the real model, a Bot API stand-in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.bot_api import TOKEN, bot_api
from tests.support.product import Product

if TYPE_CHECKING:
    from bot.brain.rasa_brain import RasaBrain

ANA = 7001


async def test_a_password_is_reset_in_a_telegram_chat(tmp_path: Path, template: Path, brain: RasaBrain) -> None:
    async with bot_api() as api:
        settings = {"VENTANILLA_TELEGRAM_TOKEN": TOKEN, "VENTANILLA_TELEGRAM_API_URL": api.url}
        async with Product(tmp_path, template, brain, **settings).running() as product:
            api.queue(
                api.text(ANA, "olvidé mi clave del seace, mi código es 001952_56989 y mi correo ana@muni.example.org")
            )
            await api.until(lambda: any("dos condiciones" in text for text in api.texts(ANA)), 20)
            api.queue(api.press(ANA, "Acepto"))
            await api.until(lambda: any("unos minutos" in text for text in api.texts(ANA)), 20)
            await product.mail_delivered()


async def test_a_guides_step_is_shown_with_its_picture(tmp_path: Path, template: Path, brain: RasaBrain) -> None:
    async with bot_api() as api:
        settings = {"VENTANILLA_TELEGRAM_TOKEN": TOKEN, "VENTANILLA_TELEGRAM_API_URL": api.url}
        async with Product(tmp_path, template, brain, **settings).running():
            api.queue(api.text(ANA, "/start guia_soce_agregar-perfil"))
            await api.until(lambda: api.called("sendPhoto"), 20)
            await api.until(lambda: "Agregar Perfil" in "\n".join(api.texts(ANA)), 20)
