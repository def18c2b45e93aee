"""The form that collects what a task needs."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecutionRejected, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, already_answered, fresh_slots, intent_of, request_context, set_slots
from actions.person import PersonOffer
from bot.desk.interfaces import Reason
from bot.platforms import Platform
from bot.tasks.form import FormTurn, Say, next_step, question_names

LEADS = {"failed": "utter_mesa_lead_failed", "mailbox": "utter_mesa_lead_mailbox"}
"""Why a person is offered, said before; where nothing stands here, what was said before already says it."""

PAUSE = "pause"
"""As requested slot: the form stays open and asks nothing, because something else was just offered."""


class ValidateTaskForm(PersonOffer):
    """Checks the data, answers those that do not fit, and chooses what to ask next."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_task_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Decides the form's next step."""
        entities = tracker.latest_message.get("entities") or ()
        if tracker.get_slot("asked") and any(entity["entity"] == "guide_command" for entity in entities):
            # A guide's button pressed in the middle of a form is no answer to the form.
            return [ActionExecutionRejected("task_form")]
        turn = FormTurn(
            task=tracker.get_slot("task"),
            slots=tracker.slots,
            fresh=fresh_slots(tracker),
            expected=tracker.get_slot("asked"),
            intent=intent_of(tracker),
            first_look=not already_answered(tracker),
        )
        services = self.services
        step = next_step(turn, services.catalog, self._code_reason, services.clock().date())
        if step.yields:
            return [ActionExecutionRejected("task_form")]
        self.say(dispatcher, step.says)
        if step.ask and not step.pause:
            await self._ask(dispatcher, tracker, {**tracker.slots, **step.changes}, step.ask)
        requested = PAUSE if step.pause else step.ask
        person = await self._person(dispatcher, tracker, step.person) if step.person else []
        asked: Events = [SlotSet("asked", step.ask), SlotSet("requested_slot", requested)]
        return [*set_slots(dict(step.changes)), *person, *asked]

    async def _person(self, dispatcher: CollectingDispatcher, tracker: Tracker, reason: str) -> Events:
        lead = LEADS.get(reason, "")
        if not lead and self.services.desk is None:
            return []  # What was said names the ways that are left.
        leave = {"title": self.services.texts("utter_mesa_button_leave"), "payload": "/cancelar"}
        return await self.offer_person(dispatcher, tracker, Reason(reason), lead=lead, buttons=[leave])

    async def _ask(self, dispatcher: CollectingDispatcher, tracker: Tracker, slots: dict[str, Any], asked: str) -> None:
        facts = {}
        if asked == "security_answer":
            # A new sum each time; its answer stays on the server.
            question = await self.services.accounts.challenge(request_context(tracker))
            facts["first"], _, facts["second"] = question.partition("+")
        self.say(dispatcher, [Say(question_names(slots["task"], slots, asked), facts)])

    def _code_reason(self, platform: str, code: str) -> str:
        check = self.services.accounts.check_code(Platform(platform), code)
        return "" if check.valid else check.reason
