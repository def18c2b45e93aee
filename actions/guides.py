"""Walks people through the guides, and answers questions about what the manuals say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, fresh_slots, intent_of, spoken_of, typed
from actions.guide_messages import start_button
from actions.guide_walk import GuideWalk
from actions.platforms import ask_platform
from bot.guides.interfaces import FactAnswer, Walk
from bot.guides.model import Guide
from bot.platforms import Platform
from bot.tasks.form import Say
from bot.tasks.phrases import holds_any, plain

JUMP_INSIDE = 0.5
JUMP_ANYWHERE = 0.75
"""How well words must fit a step before one jumps there, in the guide under way and to another one."""

CERTAIN = 0.95
"""How well a fact must fit before it is told where the message holds nothing else that could be asked."""

NAMED = 0.6
NAMED_BETTER = 0.85
NAMED_AHEAD = 0.08
"""How well a message must hold a guide's title to mean it, to mean it against its intent, and before another one's."""

ELSEWHERE = 0.6
"""How well a fact of another guide must fit before it is told instead of the guide that a message leads to."""

NO_QUESTION = frozenset({"user_code", "username", "email", "id_document", "ruc", "phone", "date"})
"""Data: a message that holds one wants something done with it."""


@dataclass(frozen=True)
class Question:
    """What is to be explained; the text is empty when a button was pressed."""

    intent: str
    text: str

    def as_slot(self) -> dict[str, str]:
        """For keeping it while the platform is asked."""
        return {"intent": self.intent, "text": self.text}


class GuideAction(GuideWalk):
    """What every action can do with the guides: answer, find and begin."""

    def told(self, dispatcher: CollectingDispatcher, tracker: Tracker, least: float = 2.0) -> Events | None:
        """Answers a message from the guides when it is certain that it asks for a fact, whatever its intent.

        Args:
            least: a fact that fits at least so well counts as certain, too.

        Returns:
            What follows for the conversation, or None when nothing was said.
        """
        question = Question(intent_of(tracker), typed(tracker))
        kinds = {entity["entity"] for entity in tracker.latest_message.get("entities") or ()}
        if not question.text or kinds & NO_QUESTION or "guide_command" in kinds:
            return None
        place = self.place(tracker, question, None) if self.walking(tracker) else None
        if place and place[0] == tracker.get_slot("walk")["guide"]:
            return self.step(dispatcher, tracker, "jump", place[1])
        platform = spoken_of(tracker)
        fact = self.services.guides.answer(question.text, platform)
        if fact is None or not (fact.sure or fact.score >= least):
            return None
        if platform is None and len(self.services.guides.platforms_that_answer(question.text)) > 1:
            return None  # The platform decides.
        return self._tell(dispatcher, tracker, fact)

    def guide_or_fact(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, *, loosely: bool = False
    ) -> Events | None:
        """The guide that a message asks for, or the fact; None when it asks for neither."""
        asked = self.guide_asked(dispatcher, tracker, loosely=loosely)
        return asked if asked is not None else self.told(dispatcher, tracker)

    def guide_asked(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, *, loosely: bool = False
    ) -> Events | None:
        """Begins the guide that a message asks for by that name, or offers those that it may mean.

        Where the bot can do the thing itself, it offers that first and the guide second.

        Args:
            loosely: to ask for the way to what a guide is named after is enough.

        Returns:
            What follows for the conversation, or None when nothing was said.
        """
        text, platform, guides = typed(tracker), spoken_of(tracker), self.services.guides
        by_name = guides.asks_for_a_guide(text)
        if tracker.get_slot("task") or not (by_name or (loosely and guides.asks_the_way(text))):
            return None
        places = [place for place in guides.named(text, platform) if by_name or place.score >= NAMED]
        clear = [place.guide for place in places if place.score >= places[0].score - NAMED_AHEAD]
        if len(clear) > 1 or (clear and places[0].score < NAMED):
            buttons = [start_button(place.guide.id, place.guide.title) for place in places]
            dispatcher.utter_message(response="utter_guides_found", buttons=buttons)
            return []
        guide = clear[0] if clear else None
        if guide is None and by_name and platform:
            guide = guides.find(intent_of(tracker), platform)
        if guide is None:
            return None
        title = self.services.offered.get(guide.bot_can)
        if title is None:
            return self.begin(dispatcher, guide.id)
        buttons = [{"title": title, "payload": f"/{guide.bot_can}"}, start_button(guide.id, guide.title)]
        dispatcher.utter_message(response="utter_guide_second", buttons=buttons)
        return []

    def _named_better(self, question: Question, platform: Platform | None, guide: Guide | None) -> Guide | None:
        """Another guide, whose title a message holds much better than that of the one that its intent leads to."""
        if platform is None or not question.text:
            return None
        scores = {place.guide.id: place for place in self.services.guides.named(question.text, platform)}
        best = next(iter(scores.values()), None)
        if best is None or best.score < NAMED_BETTER:
            return None
        own = scores.get(guide.id) if guide else None
        return None if own and own.score > best.score - NAMED_AHEAD else best.guide

    def explain(self, dispatcher: CollectingDispatcher, tracker: Tracker, question: Question) -> Events:
        """Answers a question about a procedure or a rule, or begins the guide.

        The step that «¿dónde está…?» points to comes first, then a fact that answers for certain, then the guide of
        the platform that is meant. The platform is asked for when the answer depends on it; the question is kept.
        """
        guides = self.services.guides
        known = list(guides.platforms_for(question.intent))
        platform = meant_platform(tracker, known)
        guide = guides.find(question.intent, platform) if platform else None
        fact = self._fact(tracker, question, platform, bool(guide))
        if guide and (guides.asks_the_way(question.text) or guides.asks_for_a_guide(question.text)):
            guide = self._named_better(question, platform, guide) or guide
        if fact and platform is None and len(known) > 1 and not self._only(fact, question):
            # A fact of one platform would mislead who means another one.
            fact = None
        place = self.place(tracker, question, spoken_of(tracker) or platform)
        if place and (self.walking(tracker) or not (fact and fact.sure and self._tells_where(fact))):
            return self.begin(dispatcher, *place)
        if fact:
            return self._tell(dispatcher, tracker, fact)
        if platform is None and known:
            ask_platform(dispatcher, known)
            return [SlotSet("question", question.as_slot())]
        if guide is None:
            of_platform = f"utter_{question.intent}_{platform.value if platform else None}"
            self.say(dispatcher, [Say((of_platform, f"utter_{question.intent}", "utter_no_guide"))])
            return []
        if tracker.get_slot("task"):
            # In the middle of a form the guide is offered, after the short answer if there is one; the form then goes
            # on with its question.
            button = start_button(guide.id, guide.title)
            short = f"utter_{question.intent}_{guide.platform.value}"
            name = short if short in self.services.responses else "utter_guide_offered"
            dispatcher.utter_message(response=name, title=guide.title, buttons=[button])
            return []
        if self.walking(tracker) and tracker.get_slot("walk")["guide"] == guide.id:
            # Asked for again while it is under way: it is not begun anew.
            return self.step(dispatcher, tracker, "resume")
        return self.begin(dispatcher, guide.id)

    def place(self, tracker: Tracker, question: Question, platform: Platform | None) -> tuple[str, str] | None:
        where = self.services.catalog.vocabulary.where
        if tracker.get_slot("task") or not holds_any(question.text, where):
            return None
        walk = tracker.get_slot("walk") if self.walking(tracker) else None
        search, text = self.services.guides.search, without(question.text, where)
        for places, least in (
            (search(text, platform, within=walk["guide"]) if walk else (), JUMP_INSIDE),
            (search(text, platform), JUMP_ANYWHERE),
        ):
            if places and places[0].score >= least:
                return places[0].guide.id, str(places[0].index + 1)
        return None

    def _fact(
        self, tracker: Tracker, question: Question, platform: Platform | None, has_guide: bool
    ) -> FactAnswer | None:
        guides = self.services.guides
        if not question.text or guides.asks_for_a_guide(question.text):
            return None
        # What is asked of the platform that is spoken of goes before what the intent exists for.
        found = guides.answer(question.text, spoken_of(tracker))
        if found is None or not found.sure:
            found = guides.answer(question.text, platform)
        if found is None or found.sure:
            return found
        wants_the_guide = has_guide and guides.asks_the_way(question.text)
        elsewhere = platform is not None and found.guide is not guides.find(question.intent, platform)
        return None if wants_the_guide or (elsewhere and found.score < ELSEWHERE) else found

    def _only(self, fact: FactAnswer, question: Question) -> bool:
        """Whether it is surely this fact that is asked for, which neither other platforms nor their guides have."""
        guides = self.services.guides
        of_the_topic = fact.guide is guides.find(question.intent, fact.guide.platform)
        return fact.sure and not of_the_topic and len(guides.platforms_that_answer(question.text)) == 1

    def _tells_where(self, fact: FactAnswer) -> bool:
        forms = next(each.questions for each in fact.guide.facts if each.id == fact.fact)
        return any(holds_any(form, self.services.catalog.vocabulary.where) for form in forms)

    def _tell(self, dispatcher: CollectingDispatcher, tracker: Tracker, fact: FactAnswer) -> Events:
        """The answer; where nothing is under way, with what may be wanted next: the task it is about, the guide."""
        buttons = []
        if not tracker.get_slot("task") and not self.walking(tracker):
            intent = intent_of(tracker)
            if intent in self.services.catalog and intent in self.services.offered:
                buttons.append({"title": self.services.offered[intent], "payload": f"/{intent}"})
            buttons.append(start_button(fact.guide.id, fact.guide.title, fact.step))
        facts = {"answer": fact.text, "source": fact.source.cite}
        dispatcher.utter_message(response="utter_guide_answer", buttons=buttons, **facts)
        if tracker.get_slot("task"):
            return []
        if tracker.get_slot("walk"):
            return self.resume(dispatcher, tracker, "here")
        # «Deme todos los pasos», «mándemela al correo»: the guide is at hand, but not begun.
        return [SlotSet("walk", Walk(fact.guide.id, stopped=True).as_dict())]


def without(text: str, phrases: Sequence[str]) -> str:
    """A text without some phrases, in lower case and without accents."""
    text = plain(text)
    for phrase in sorted(phrases, key=len, reverse=True):
        text = text.replace(plain(phrase), " ")
    return text


def meant_platform(tracker: Tracker, known: Sequence[Platform]) -> Platform | None:
    """The platform that a question is about: the conversation's, or the only one where the procedure exists."""
    platform = spoken_of(tracker)
    if platform not in known and len(known) == 1 and "platform" not in fresh_slots(tracker):
        return known[0]
    return platform
