"""How a guide is shown: what the walker says in, messages, cards, buttons and their payloads out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.services import ActionServices
from bot.guides.interfaces import Button, Shown, StepView


def command_payload(command: str, value: str = "") -> str:
    """A button's payload for a command on a guide."""
    entities = {"guide_command": command, **({"guide_value": value} if value else {})}
    return f"/siguiente_paso{json.dumps(entities, ensure_ascii=False)}"


def start_button(guide_id: str, title: str, step: str = "") -> dict[str, str]:
    """A button that begins a guide."""
    return {"title": title, "payload": command_payload("start", f"{guide_id}#{step}" if step else guide_id)}


def show(dispatcher: CollectingDispatcher, services: ActionServices, shown: Shown) -> None:
    """One message of a guide. Its text is complete; a step's card says the same in structure, for who can draw it."""
    message: dict[str, Any] = {"text": text_of(services, shown), "buttons": buttons_of(services, shown.buttons)}
    if shown.step:
        message["json_message"] = {"card": card_of(services, shown.response, shown.step), **picture_of(shown.step)}
    dispatcher.utter_message(**message)


def text_of(services: ActionServices, shown: Shown) -> str:
    """The sentence with its facts."""
    return services.texts(shown.response).format(**facts_of(services, shown)).strip()


def facts_of(services: ActionServices, shown: Shown) -> dict[str, Any]:
    """What the sentence may name: ``step_text`` is the step's words and its source, ``items`` a list."""
    first = int(shown.facts.get("first") or 0)
    marked = (f"{number}. {item}" if first else f"• {item}" for number, item in enumerate(shown.items, first))
    facts: dict[str, Any] = {**shown.facts, "items": "\n".join(marked), "step_text": "", "heading": ""}
    if shown.step:
        see = [services.texts("utter_guide_see"), *shown.step.see] if shown.step.see else []
        source = services.texts("utter_guide_source").format(source=shown.step.source)
        facts["heading"] = services.texts("utter_guide_heading").format(**shown.facts)
        facts["step_text"] = "\n".join((*shown.step.lines, *see, source))
    return facts


def card_of(services: ActionServices, response: str, step: StepView) -> dict[str, Any]:
    """A step as channels show it; ``lead`` is what the sentence says before the step."""
    return {
        **step.as_card(),
        "lead": services.texts(response).partition("{heading}")[0].strip(),
        "see_label": services.texts("utter_guide_see") if step.see else "",
    }


def picture_of(step: StepView) -> Mapping[str, Any]:
    """The step's drawing, where it has one."""
    return {"image": step.image.as_dict()} if step.image else {}


def buttons_of(services: ActionServices, buttons: Sequence[Button]) -> list[dict[str, str]]:
    """The guide's buttons with titles and payloads."""
    return [{"title": title_of(services, button), "payload": payload_of(button)} for button in buttons]


def title_of(services: ActionServices, button: Button) -> str:
    """A button's words: the guide's own, or those of ``data/responses/guias.yml``."""
    if button.title:
        return button.title
    if button.kind == "start":
        return services.guides.get(button.value).title
    return services.texts(f"utter_guide_button_{button.kind}")


def payload_of(button: Button) -> str:
    """A button's payload."""
    if button.kind == "person":
        return "/hablar_con_agente"
    if button.kind == "bot_can":
        return f"/{button.value}"
    if button.kind == "finish":
        return command_payload("next")
    return command_payload(button.kind, button.value)
