"""Conversations that took place, written straight into the log."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert

from bot.conversations.tables_store import conversations, messages
from bot.db.engine import Database

TOPICS = {
    "firma": ["cómo firmo con el token", "el token de firma no aparece", "la firma electrónica sale inválida"],
    "subasta": ["a qué hora es la puja de la subasta", "la puja de la subasta se cerró", "quiero pujar en la subasta"],
    "curso": ["cuándo es el próximo curso de compras", "hay cursos virtuales de compras", "dan diploma por el curso"],
    "póliza": [
        "qué póliza piden para el anticipo",
        "la póliza quedó con mal nombre",
        "cómo subo la póliza del contrato",
    ],
    "factura": ["dónde subo la factura del contrato", "no me pagan la factura", "la factura fue rechazada"],
}
ALONE = """el mouse de mi oficina no sirve; necesito la ordenanza municipal de vacunas
cotización de llantas para volqueta; qué es un consorcio temporal
me pueden ampliar el cronograma; se venció mi patente municipal; adjudicaron a otro sin avisar
cómo reclamo por un puntaje; me falta el código cpc; la oferta quedó en borrador
quiero bajar los pliegos en excel; subí mal el anexo tres; puedo retirar mi propuesta
no sale mi experiencia; piden visita al sitio; quién firma el acta; hay prórroga para la entrega
cambió el administrador del contrato; me multaron por retraso; necesito el acta final
se puede subcontratar; dónde está la orden de compra; mi banco no aparece; el anticipo no llega
quiero apelar; borraron mi pregunta; cuánto dura la feria; el convenio venció ayer
mi rup está desactualizado; falta la firma del alcalde"""


def alone() -> list[str]:
    """Wordings that are like no other."""
    return [one.strip() for line in ALONE.splitlines() for one in line.split(";")]


async def write(
    database: Database, texts: Sequence[str], now: datetime, *, intent: str = "nlu_fallback", confidence: float = 0.4
) -> str:
    """One conversation for each text, all unclear; returns the last one's id."""
    identity = ""
    async with database.transaction() as transaction:
        for number, text in enumerate(texts):
            identity, at = str(uuid.uuid4()), now - timedelta(minutes=number + 1)
            row = {"id": identity, "token_hash": uuid.uuid4().hex * 2, "channel": "web", "owner": "bot", "next_seq": 4}
            moment = {"created_at": at, "updated_at": at}
            await transaction.execute(insert(conversations).values(platform="", **row, **moment))
            facts = {"ranking": [["fuera_de_tema", 0.4], ["estado_caso", 0.2], ["canales_atencion", 0.1]]}
            said = [
                {"seq": 1, "author": "bot", "text": "¿Con qué le ayudo?"},
                {"seq": 2, "author": "user", "text": text, "intent": intent, "confidence": confidence, "facts": facts},
                {"seq": 3, "author": "bot", "text": "No entendí. Dígalo con otras palabras, por favor."},
            ]
            for one in said:
                blank = {"intent": "", "confidence": None, "facts": None}
                values = {**blank, **one, "conversation": identity, "at": at, "answered_at": at}
                await transaction.execute(insert(messages).values(**values))
    return identity
