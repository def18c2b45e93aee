"""The form's rules: what to keep of a message's data, what to say about the rest, what to ask next. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.tasks.catalog import TaskCatalog
from bot.tasks.reading import MAILBOX

PERSON = "hablar_con_agente"
"""As an offer: a person."""

OFFER_PERSON_AFTER = 3
"""So many answers that do not fit, and the bot offers a person."""

ANSWERS = frozenset(
    {"dar_dato", "afirmar", "negar", "nlu_fallback", "siguiente_paso", "paso_no_funciona", "repetir_paso"}
)
"""Intents that, in a form, are tries to answer the question; all others are wishes of their own."""

CLOSED = frozenset({"reason", "lookup_by"})
"""Questions whose answers sound like wishes («se bloqueó mi cuenta»): what answers one of them is not a new wish."""

PROOFS = frozenset({"email", "birth_date", "identifier"})
"""Data that prove who asks and that nobody but a person can help with."""

REPEATS = frozenset({"repetir_paso"})
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]{2,}$")

CodeReason = Callable[[str, str], str]
"""Given a platform and a code, why the code cannot exist there; empty when it can."""


@dataclass(frozen=True)
class Say:
    """A response: the first of the names that exists is used; and its facts."""

    names: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FormTurn:
    """What the form knows when it is asked for its next step.

    Attributes:
        task: the task under way.
        slots: every slot's value, those of the latest message included.
        fresh: names of the slots that the latest message filled.
        expected: the slot that had been asked for, or None.
        intent: the latest message's intent.
        first_look: False when another action has already answered the latest message.
    """

    task: str
    slots: Mapping[str, Any]
    fresh: frozenset[str]
    expected: str | None
    intent: str
    first_look: bool


@dataclass(frozen=True)
class FormStep:
    """What the form does.

    Attributes:
        changes: slots to set (None clears).
        says: responses before the next question.
        ask: the slot to ask for; None when everything is there.
        yields: the message is not for the form: let the rules answer it, then ask again.
        pause: say what is to be said and ask nothing.
        person: why a person is to be offered (``failed``, ``identity``, ``mailbox``); empty when none is.
    """

    changes: Mapping[str, Any]
    says: tuple[Say, ...]
    ask: str | None
    yields: bool = False
    pause: bool = False
    person: str = ""


def next_step(turn: FormTurn, catalog: TaskCatalog, code_reason: CodeReason, today: date) -> FormStep:
    """Decides the form's next step.

    Args:
        turn: what is known.
        catalog: the tasks.
        code_reason: the platforms' rules for codes and user names.
        today: for plausible birth dates.
    """
    if not turn.first_look and turn.slots.get("offer") == PERSON and turn.intent not in ("afirmar", "negar"):
        # A person was just offered: the form's own question waits until that is answered.
        return FormStep({}, (), turn.expected, pause=True)
    if turn.first_look and turn.slots.get("missing") == MAILBOX and "missing" in turn.fresh:
        return FormStep({"missing": None}, (), turn.expected, pause=True, person=MAILBOX)
    if turn.first_look and (_answers_offer(turn) or _is_for_the_rules(turn, catalog)):
        return FormStep({}, (), turn.expected, yields=True)
    changes: dict[str, Any] = _adopted(turn)
    says: list[Say] = []
    _check_values(turn, code_reason, today, changes, says)
    slots = {**turn.slots, **changes}
    ask = catalog.next_missing(turn.task, slots)
    if turn.first_look and turn.expected and turn.slots.get("missing") == turn.expected and "missing" in turn.fresh:
        return _without_datum(turn, changes)
    if turn.first_look and turn.expected and turn.expected == ask and turn.intent in ANSWERS:
        if _corrects(turn, catalog, changes):
            return FormStep(changes, tuple(says), ask)
        return _failed(turn, changes, says, ask)
    if not turn.first_look and turn.intent == "fuera_de_tema" and turn.expected == ask and not turn.slots.get("offer"):
        return _strayed(turn, changes, says, ask)
    if ask is None or ask != turn.expected:
        changes["attempts"] = 0
    return FormStep(changes, tuple(says), ask)


def question_names(task: str, slots: Mapping[str, Any], asked: str) -> tuple[str, ...]:
    """Names of the question for a slot, most particular first: by task, platform and role."""
    platform, role = slots.get("platform"), slots.get("role")
    names = [f"utter_question_{task}_{platform}_{asked}"] if platform else []
    names.append(f"utter_question_{task}_{asked}")
    names += [f"utter_question_{platform}_{role}_{asked}"] if platform and role else []
    names += [f"utter_question_{platform}_{asked}"] if platform else []
    return (*names, f"utter_question_{asked}")


def _answers_offer(turn: FormTurn) -> bool:
    """Whether a «sí» or «no» is about what was just offered, not about the form's question."""
    return bool(turn.slots.get("offer")) and turn.intent in ("afirmar", "negar")


def _is_for_the_rules(turn: FormTurn, catalog: TaskCatalog) -> bool:
    """Whether the message is a wish or question of its own rather than an answer."""
    if turn.expected is None or turn.intent in ANSWERS:
        return False
    if turn.intent in catalog and turn.intent != turn.task:
        # «No sé mi código» while the code is asked is an answer about the datum, not a new wish.
        if "missing" in turn.fresh and turn.intent == "recuperar_usuario":
            return False
        # «La cuenta se bloqueó» when the reason is asked, and «el código correcto es …», are answers as well.
        corrects = turn.intent == "validar_codigo" and turn.fresh & set(catalog.required(turn.task, turn.slots))
        return not corrects and not (turn.expected in CLOSED and turn.expected in turn.fresh)
    return not turn.fresh


def _adopted(turn: FormTurn) -> dict[str, Any]:
    """On SOCE a delegate's own user name is the one that the administrator is asked for, whenever it was told."""
    slots = turn.slots
    own = turn.task == "recuperar_contrasena" and slots.get("platform") == "soce" and slots.get("role") == "user"
    if own and slots.get("delegate") is None and slots.get("username") is not None:
        return {"delegate": slots["username"], "username": None}
    return {}


def _corrects(turn: FormTurn, catalog: TaskCatalog, changes: Mapping[str, Any]) -> bool:
    """Whether the message gave another datum of the task instead: «no, el correo es …» is no failed answer."""
    given = turn.fresh & set(catalog.required(turn.task, turn.slots)) - {turn.expected, "platform"}
    return any(slot not in changes for slot in given)


def _check_values(
    turn: FormTurn, code_reason: CodeReason, today: date, changes: dict[str, Any], says: list[Say]
) -> None:
    platform = turn.slots.get("platform")
    for slot in ("user_code", "username", "delegate"):
        value = {**turn.slots, **changes}.get(slot)
        if value is None or not platform or turn.task == "validar_codigo":
            continue
        reason = code_reason(str(platform), str(value)) if slot == "user_code" or platform != "seace" else ""
        if reason:
            changes[slot] = None
            says.append(Say((f"utter_bad_code_{platform}_{reason}", f"utter_bad_code_{platform}"), {"code": value}))
    email = turn.slots.get("email")
    if email is not None and not _EMAIL.match(str(email)):
        changes["email"] = None
        says.append(Say(("utter_bad_email",)))
    birth_date = turn.slots.get("birth_date")
    if birth_date is not None and not _plausible_birth(str(birth_date), today):
        changes["birth_date"] = None
        says.append(Say(("utter_bad_birth_date",)))
    if "conditions_accepted" in turn.fresh and turn.slots.get("conditions_accepted") is False:
        changes["conditions_accepted"] = None
        says.append(Say(("utter_conditions_needed",)))


def _plausible_birth(value: str, today: date) -> bool:
    try:
        born = date.fromisoformat(value)
    except ValueError:
        return False
    return 15 <= (today - born).days / 365.25 <= 110


def _without_datum(turn: FormTurn, changes: dict[str, Any]) -> FormStep:
    """The person lacks what was asked: say how to get it, and leave the question open."""
    platform = turn.slots.get("platform") or "any"
    says = (Say((f"utter_missing_{platform}_{turn.expected}", f"utter_missing_{turn.expected}", "utter_missing")),)
    person = "identity" if turn.expected in PROOFS else ""
    return FormStep({**changes, "missing": None}, says, turn.expected, pause=True, person=person)


def _strayed(turn: FormTurn, changes: dict[str, Any], says: list[Say], ask: str | None) -> FormStep:
    """What was out of scope did not answer the question either: it counts, and the question is asked again."""
    return _offered(turn, changes, says, ask) or FormStep(changes, tuple(says), ask)


def _offered(turn: FormTurn, changes: dict[str, Any], says: list[Say], ask: str | None) -> FormStep | None:
    """Counts an answer that did not fit; a person is offered after so many of them."""
    attempts = int(turn.slots.get("attempts") or 0) + 1
    changes["attempts"] = attempts
    if attempts < OFFER_PERSON_AFTER:
        return None
    changes["attempts"] = 0
    return FormStep(changes, tuple(says), ask, pause=True, person="failed")


def _failed(turn: FormTurn, changes: dict[str, Any], says: list[Say], ask: str) -> FormStep:
    if turn.intent in REPEATS:
        return FormStep(changes, tuple(says), ask)
    offered = _offered(turn, changes, says, ask)
    if offered:
        return offered
    if not says:
        says = [Say((f"utter_retry_{ask}", "utter_retry"))]
    return FormStep(changes, tuple(says), ask)
