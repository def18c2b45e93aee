"""A small set of messages for tests that train a model in a moment."""

from __future__ import annotations

MESSAGES = {
    "recuperar_contrasena": [
        "olvidé mi clave", "no recuerdo la contraseña", "perdí mi clave del seace", "quiero recuperar mi contraseña",
        "se me venció la clave", "ya no sé mi contraseña", "mi clave caducó ayer", "cómo saco una clave nueva",
    ],
    "recuperar_usuario": [
        "olvidé mi usuario", "no sé cuál es mi usuario", "cómo averiguo mi código", "perdí mi nombre de usuario",
        "con qué usuario entraba yo", "no recuerdo el usuario del secop", "cuál era mi login", "dígame mi usuario",
    ],
    "correo_no_llega": [
        "no me llega el correo", "el mensaje con el enlace no llegó", "reviso el spam y no hay correo",
        "el enlace del correo ya venció", "pedí el correo y nada", "no recibí ningún correo", "el link no abre",
        "sigo esperando el correo",
    ],
    "afirmar": ["sí", "claro que sí", "correcto", "así es", "dale", "por supuesto", "ok", "de acuerdo"],
    "siguiente_paso": ["listo", "ya está", "qué sigue", "siguiente", "hecho", "ya lo hice", "continuar", "y ahora qué"],
    "dar_dato": [
        "001952_56989", "ana@example.org", "mi dni es 41236587", "0912345675", "cc 1.032.000.457", "1790012345001",
        "mi correo es luis@example.org", "05/03/1985",
    ],
    "fuera_de_tema": [
        "va a llover mañana", "quién ganó el partido", "cuéntame un chiste", "olvidé la clave de netflix",
        "cómo saco el pasaporte", "receta de ceviche", "precio del dólar", "quiero una pizza",
    ],
}  # fmt: skip


def pairs() -> tuple[list[str], list[str]]:
    """The messages and their intents."""
    flat = [(text, intent) for intent, texts in MESSAGES.items() for text in texts]
    return [text for text, _intent in flat], [intent for _text, intent in flat]


def nlu_file() -> str:
    """These messages as a training file of Rasa."""
    lines = ['version: "3.1"', "nlu:"]
    for intent, texts in MESSAGES.items():
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in texts)]
    return "\n".join(lines) + "\n"
