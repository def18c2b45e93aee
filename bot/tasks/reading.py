"""Reads what a message says, in the light of what was asked: pure, and in any order.

A person gives data as it comes to mind: all in one sentence, the third before the first, a correction of the
second. The pipeline finds the data in the text; this module decides which slot each of them fills.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.tasks.catalog import Vocabulary
from bot.tasks.phrases import choice_in, holds_any, plain

LOGIN_TASKS_FOR_DELEGATE = ("resetear_contrasena_delegado",)
LOGIN_TASKS = ("recuperar_contrasena", "validar_codigo", "consultar_estado")
"""Wishes in which a lone word of letters and digits is the person's user name."""
CONTROL = frozenset({"cancelar", "hablar_con_agente", "saludar", "despedirse", "agradecer", "pedir_ayuda", "eres_bot"})
"""Intents whose words are never taken for a bare datum."""

MAILBOX = "mailbox"
"""As what is missing: the person cannot open the registered mailbox any more."""

NOBODY_LACKS = ("security_answer", "conditions_accepted", "confirm")
"""A sum, a yes or a no is no datum that somebody could be without: «no sé» asks for the question again."""

_CASE = re.compile(r"\bVEN[\s\-]*0*(\d{1,9})\b", re.IGNORECASE)
_TOKEN = re.compile(r"^[\w.\-@+]{3,60}$")
_LOGIN_WORD = re.compile(r"^(?=[^\W\d_])(?=.*\d)(?=.*[^\W\d_].*[^\W\d_])[\w.\-]{6,30}$")
"""A letter first, letters and digits: no word of the language looks like that."""
_NUMBER = re.compile(r"\b(\d{1,3})\b")


@dataclass(frozen=True)
class Understood:
    """A message as the pipeline understood it.

    Attributes:
        text: the original text; empty or a payload when a button was pressed.
        intent: the intent that the bot acts on.
        entities: kind and value of each datum found, in order.
        words: the words of the text in which data were found.
    """

    text: str
    intent: str
    entities: Sequence[tuple[str, Any]]
    words: Sequence[str] = ()


@dataclass(frozen=True)
class Context:
    """Where the conversation stands when the message arrives.

    Attributes:
        expected: the slot that was asked for, or None.
        slots: what is known already.
    """

    expected: str | None
    slots: Mapping[str, Any]


def read(message: Understood, context: Context, vocabulary: Vocabulary) -> dict[str, Any]:
    """The slots that this message fills, with their values. Empty when it fills none."""
    found: dict[str, Any] = {}
    platform = _last(message, "platform") or context.slots.get("platform")
    if _last(message, "platform"):
        found["platform"] = platform
    _read_data(message, context, platform, vocabulary, found)
    _read_login_word(message, context, platform, found)
    number = "" if message.text.startswith("/") else case_number_in(message.text)
    if number:
        # «VEN-000123» looks like a user name too.
        found = {name: value for name, value in found.items() if case_number_in(str(value)) != number}
        found["case_number"] = number
    _read_choices(message, context, vocabulary, found)
    if context.expected and context.expected not in found:
        value = _read_expected(message, context, vocabulary, found)
        if value is not None:
            found[context.expected] = value
    if context.expected and not message.text.startswith("/") and holds_any(message.text, vocabulary.lost_mailbox):
        return {**found, "missing": MAILBOX}
    lacks = context.expected not in NOBODY_LACKS and says_missing(message.text, vocabulary)
    if context.expected and context.expected not in found and lacks:
        found["missing"] = context.expected
    return found


def case_number_in(text: str) -> str:
    """The number of a case that a text names by its full form, as the desk writes it; empty for none."""
    found = _CASE.search(text)
    return f"VEN-{int(found.group(1)):06d}" if found else ""


def says_missing(text: str, vocabulary: Vocabulary) -> bool:
    """Whether the person says that they do not have or know what was asked."""
    return holds_any(text, vocabulary.missing)


def _last(message: Understood, kind: str) -> Any:
    return next((value for name, value in reversed(message.entities) if name == kind), None)


def _read_data(
    message: Understood, context: Context, platform: str | None, vocabulary: Vocabulary, found: dict[str, Any]
) -> None:
    named = choice_in(message.text, vocabulary.answers.get("lookup_by", {}))
    for kind, value in message.entities:
        # «Mejor con el teléfono, es …» when the ID was asked: the word that the person used decides.
        otherwise = kind == named and context.expected in vocabulary.answers.get("lookup_by", {})
        slot = kind if otherwise else _slot_for(kind, str(value), context, platform)
        if slot:
            found[slot] = str(value)
            if (
                slot in ("id_document", "email", "phone", "username")
                and context.slots.get("task") == "recuperar_usuario"
            ):
                found["lookup_by"] = slot


def _slot_for(kind: str, value: str, context: Context, platform: str | None) -> str | None:
    if kind in ("email", "role", "reason", "lookup_by", "missing"):
        return kind
    if kind == "date":
        return "birth_date"
    if kind in ("ruc", "id_document", "phone"):
        return _slot_for_number(kind, context, platform)
    if kind in ("user_code", "username"):
        return _slot_for_login(kind, value, context, platform)
    return None


def _slot_for_number(kind: str, context: Context, platform: str | None) -> str:
    # A bare number of ten digits may be an ID or a telephone: what was asked decides.
    if context.expected in ("identifier", "id_document", "phone"):
        return context.expected
    if kind == "phone":
        return "phone"
    if kind == "ruc" or platform == "soce":
        return "identifier"
    return "id_document"


def _slot_for_login(kind: str, value: str, context: Context, platform: str | None) -> str | None:
    if context.expected == "delegate" or context.slots.get("task") in LOGIN_TASKS_FOR_DELEGATE:
        return "delegate"
    if context.expected in ("user_code", "username"):
        return context.expected
    if context.slots.get("role") == "user" and platform == "soce":
        return "delegate"
    if platform == "seace" and (value.isalpha() or (context.slots.get("user_code") and not _code_like(kind, value))):
        # No code of SEACE is a bare word, and what merely looks like a name never replaces a code.
        return None
    if platform == "seace" or (kind == "user_code" and not platform):
        return "user_code"
    return "username"


def _code_like(kind: str, value: str) -> bool:
    return kind == "user_code" and any(character.isdigit() for character in value)


def _read_login_word(message: Understood, context: Context, platform: str | None, found: dict[str, Any]) -> None:
    """A user name in the middle of a wish: «resetear la clave de jtoapanta04, que es delegado mío»."""
    known_wishes = (*LOGIN_TASKS, *LOGIN_TASKS_FOR_DELEGATE)
    wish = message.intent if message.intent in known_wishes else context.slots.get("task")
    slot = "delegate" if wish in LOGIN_TASKS_FOR_DELEGATE else "username"
    wished = slot == "delegate" or (wish in LOGIN_TASKS and platform in ("soce", "secop2"))
    if not wished or message.intent in CONTROL or message.text.startswith("/"):
        return
    if found.keys() & {"delegate", "username"}:
        return
    known = {plain(word) for word in message.words} | {plain(str(value)) for _kind, value in message.entities}
    words = (word.strip(".,;:¿?¡!()\"'") for word in message.text.split())
    names = [word for word in words if _LOGIN_WORD.match(word) and plain(word) not in known]
    if len(names) == 1:
        found[slot] = names[0]


def _read_choices(message: Understood, context: Context, vocabulary: Vocabulary, found: dict[str, Any]) -> None:
    yes_or_no = context.expected in ("conditions_accepted", "confirm")
    # «No, el correo es otro» corrects a datum; it does not refuse what was asked.
    unsure = holds_any(message.text, vocabulary.unsure)
    if yes_or_no and not found and not unsure and message.intent in ("afirmar", "negar", "siguiente_paso"):
        found[str(context.expected)] = message.intent != "negar"
    for slot in ("role", "reason", "lookup_by"):
        # A role may be told at any moment of a task; the other choices only answer their question.
        if slot not in found and (slot == context.expected or (slot == "role" and context.slots.get("task"))):
            choice = choice_in(message.text, vocabulary.answers.get(slot, {}))
            if choice and (slot == context.expected or _says_who(message.text)):
                found[slot] = choice


def _says_who(text: str) -> bool:
    words = plain(text)
    its_owner = r"\b(clave|contrasena|usuario|cuenta) de (administrador|administradora|delegado|delegada)\b"
    return bool(re.search(rf"\b(soy|yo|administro|como)\b|^\W*(administrador|delegad[oa])|{its_owner}", words))


def _read_expected(message: Understood, context: Context, vocabulary: Vocabulary, found: Mapping[str, Any]) -> Any:
    text = message.text.strip()
    if not text or text.startswith("/") or message.intent in CONTROL:
        return None
    if context.expected == "security_answer":
        return _number(text, vocabulary)
    if context.expected == "case_number":
        digits = text.lstrip("#nN°º. ").rstrip(". ")
        return case_number_in(f"VEN-{digits}") if digits.isdigit() else None
    if context.expected == "reason":
        return "otro" if not found and message.intent in ("dar_dato", "nlu_fallback", "recuperar_contrasena") else None
    if context.expected in ("username", "user_code", "delegate"):
        return _bare_login(message, found)
    if context.expected in ("identifier", "id_document", "phone"):
        digits = re.sub(r"[\s.\-]", "", text)
        return digits if digits.isdigit() and 6 <= len(digits) <= 13 else None
    return None


def _number(text: str, vocabulary: Vocabulary) -> str | None:
    match = _NUMBER.search(text)
    if match:
        return match.group(1)
    words = [plain(word) for word in re.findall(r"\w+", text)]
    numbers = [plain(word) for word in vocabulary.numbers]
    return next((str(numbers.index(word)) for word in reversed(words) if word in numbers), None)


def _bare_login(message: Understood, found: Mapping[str, Any]) -> str | None:
    """A lone word as the answer to «¿cuál es su usuario?»; an ID or an e-mail can be a user name as well.

    Where the message holds other data too, the word stands before them: «gabrielasol y mi correo …».
    """
    answer = re.split(r"[,;]|\s+y\s+", message.text, maxsplit=1)[0] if found else message.text
    token = answer.strip().strip("\"'«»“”.,;")
    if not _TOKEN.match(token):
        return None
    # Words of conversation («ayuda», «nada») are answers only when they look like a name on a system.
    looks_typed = any(c.isdigit() or c in "._-@" for c in token) or message.intent in (
        "dar_dato",
        "nlu_fallback",
        "fuera_de_tema",
    )
    return token if looks_typed and message.intent not in ("afirmar", "negar") else None
