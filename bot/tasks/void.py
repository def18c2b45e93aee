"""What a new message makes void of what was known before: pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OF_A_PLATFORM = ("role", "user_code", "username", "identifier", "delegate", "conditions_accepted", "confirm", "reason")
"""What does not stay true when another platform is meant; a person's e-mail, telephone and birth date do."""


def dropped_by(found: Mapping[str, Any], slots: Mapping[str, Any]) -> list[str]:
    """The slots that a change of platform makes void, except those that the same message fills."""
    before, after = slots.get("platform"), found.get("platform")
    if not before or not after or before == after:
        return []
    return [slot for slot in OF_A_PLATFORM if slots.get(slot) is not None and slot not in found]


def outlived(intent: str, slots: Mapping[str, Any]) -> dict[str, Any]:
    """What a new message makes void: an offer that it does not answer, a row of misunderstandings that it ends."""
    changes: dict[str, Any] = {}
    if slots.get("missing") is not None:
        changes["missing"] = None
    offer = slots.get("offer")
    # Whoever asks for a person when one is offered accepts.
    accepted = intent == offer == "hablar_con_agente"
    if offer is not None and intent not in ("afirmar", "negar") and not accepted:
        changes["offer"] = None
    if slots.get("question") is not None and intent != "dar_dato":
        changes["question"] = None
    if slots.get("misunderstood") and intent not in ("nlu_fallback", "fuera_de_tema"):
        changes["misunderstood"] = 0
    return changes
