"""Walks a person through a guide: where they are and what they want in, what to say out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.guides.interfaces import Button, Image, Shown, StepView, Walk, Walked
from bot.guides.model import Guide, Step, Trouble

FindStep = Callable[[Guide, str], int]
"""Index of the step that words point to, or -1."""
FindTrouble = Callable[[Step, str], str]
"""Id of the trouble that words describe, or an empty text."""
Picture = Callable[[Guide, Step], "Image | None"]
"""The address of a step's drawing and its alternative text."""
Facts = dict[str, "str | int"]


class Walker:
    """Every command on one guide. What words mean, and where pictures are, is handed in."""

    def __init__(self, find_step: FindStep, find_trouble: FindTrouble, picture: Picture) -> None:
        self._find_step = find_step
        self._find_trouble = find_trouble
        self._picture = picture
        self._commands: Mapping[str, Callable[[Guide, Walk, str], Walked]] = {
            "start": self._start,
            "next": self._next,
            "finish": self._next,
            "back": self._back,
            "repeat": self._repeat,
            "other_wording": self._other_wording,
            "jump": self._jump,
            "remaining": self._remaining,
            "all_steps": self._all_steps,
            "trouble": self._trouble,
            "stop": self._stop,
            "resume": self._resume,
            "here": self._here,
        }

    def do(self, guide: Guide, walk: Walk, command: str, value: str = "") -> Walked:
        """Runs one command. A step that the guide has lost since is taken as its last one.

        Raises:
            KeyError: there is no such command.
        """
        walk = replace(walk, index=min(walk.index, len(guide.steps)))
        return self._commands[command](guide, walk, value)

    def view(self, guide: Guide, index: int, wording: int = 0) -> StepView:
        """One step as a card."""
        step = guide.steps[index]
        return StepView(
            guide=guide.id,
            guide_title=guide.title,
            step=step.id,
            title=step.title,
            lines=tuple(step.other if wording else step.do),
            see=tuple(step.see),
            number=index + 1,
            total=len(guide.steps),
            source=step.source.cite,
            image=self._picture(guide, step),
        )

    def _start(self, guide: Guide, walk: Walk, value: str) -> Walked:
        facts: Facts = {"title": guide.title, "purpose": guide.purpose, "who": guide.who, "total": len(guide.steps)}
        intro = Shown(f"utter_guide_intro{'_bot_can' * bool(guide.bot_can)}", facts, items=tuple(guide.at_hand))
        first = self._at(guide, Walk(guide.id, 0), "utter_guide_step")
        # Where the bot can do the thing itself, that comes first; channels show the buttons of the last message only.
        bot_can = (Button("bot_can", guide.bot_can),) if guide.bot_can else ()
        step = replace(first.shown[0], buttons=(*bot_can, *first.shown[0].buttons))
        return replace(first, shown=(intro, step))

    def _at(self, guide: Guide, walk: Walk, response: str) -> Walked:
        """Shows the step that the state names."""
        step = self.view(guide, walk.index, walk.wording)
        facts: Facts = {"number": step.number, "total": step.total, "title": step.title}
        return Walked(walk, (Shown(response, facts, step, buttons=_buttons(guide, walk)),))

    def _to(self, guide: Guide, walk: Walk, index: int, response: str = "utter_guide_step") -> Walked:
        moved = replace(walk, index=index, wording=0, tried=(), stopped=False)
        return self._at(guide, moved, response)

    def _next(self, guide: Guide, walk: Walk, value: str) -> Walked:
        if walk.index + 1 < len(guide.steps):
            return self._to(guide, walk, walk.index + 1)
        related = tuple(Button("start", other) for other in guide.related[:2])
        end = Shown("utter_guide_end", {"title": guide.title}, buttons=(*related, Button("back"), Button("mail")))
        return Walked(replace(walk, index=len(guide.steps), wording=0, tried=(), stopped=False), (end,), done=True)

    def _back(self, guide: Guide, walk: Walk, value: str) -> Walked:
        if walk.index <= 0:
            return self._to(guide, walk, 0, "utter_guide_first_step")
        return self._to(guide, walk, walk.index - 1)

    def _repeat(self, guide: Guide, walk: Walk, value: str) -> Walked:
        return self._at(guide, _inside(guide, walk), "utter_guide_step_again")

    def _other_wording(self, guide: Guide, walk: Walk, value: str) -> Walked:
        walk = _inside(guide, walk)
        return self._at(guide, replace(walk, wording=1 - walk.wording), "utter_guide_step_other_wording")

    def _jump(self, guide: Guide, walk: Walk, value: str) -> Walked:
        index = self._index(guide, value)
        if index < 0:
            return Walked(walk, (Shown("utter_guide_jump_not_found", items=_titles(guide), buttons=_jumps(guide)),))
        return self._to(guide, walk, index, "utter_guide_jumped")

    def _index(self, guide: Guide, value: str) -> int:
        """A step by its number, its id, or words."""
        value = value.strip()
        if value.isascii() and value.isdigit():
            return int(value) - 1 if 1 <= int(value) <= len(guide.steps) else -1
        by_id = guide.index(value)
        return by_id if by_id >= 0 or not value else self._find_step(guide, value)

    def _remaining(self, guide: Guide, walk: Walk, value: str) -> Walked:
        here = max(0, walk.index)
        left = max(0, len(guide.steps) - here - 1)
        response = "utter_guide_remaining" if left > 1 else f"utter_guide_remaining_{'one' if left else 'none'}"
        facts = {"left": left, "number": min(here + 1, len(guide.steps)), "total": len(guide.steps), "first": here + 2}
        items = tuple(step.title for step in guide.steps[here + 1 :])
        onward = Button("next" if left else "finish")
        return Walked(walk, (Shown(response, facts, items=items, buttons=(onward, Button("repeat"))),))

    def _all_steps(self, guide: Guide, walk: Walk, value: str) -> Walked:
        facts: Facts = {"title": guide.title, "total": len(guide.steps), "first": 1}
        shown = Shown("utter_guide_all_steps", facts, items=_titles(guide), buttons=(Button("repeat"), Button("mail")))
        return Walked(walk, (shown,))

    def _trouble(self, guide: Guide, walk: Walk, value: str) -> Walked:
        if walk.index >= len(guide.steps):
            # All steps are done: which of them did not work?
            index = self._find_step(guide, value) if value else -1
            if index < 0:
                return Walked(walk, (Shown("utter_guide_which_step", {"title": guide.title}, buttons=_jumps(guide)),))
            walk = replace(walk, index=index)
        walk = _inside(guide, walk)
        step = guide.steps[walk.index]
        found = step.trouble(value) or step.trouble(self._find_trouble(step, value) if value else "")
        if found and found.id not in walk.tried:
            return self._remedy(walk, step, found)
        left = [trouble for trouble in step.troubles if trouble.id not in walk.tried]
        if not left or found:
            return self._person(guide, walk, step)
        choices = tuple(Button("trouble", trouble.id, trouble.problem) for trouble in left)
        ask = Shown("utter_guide_which_trouble", {"title": step.title}, buttons=(*choices, Button("person")))
        return Walked(walk, (ask,))

    def _remedy(self, walk: Walk, step: Step, trouble: Trouble) -> Walked:
        facts = {"problem": trouble.problem, "remedy": "\n".join(trouble.remedy), "source": trouble.source.cite}
        tried = replace(
            walk, tried=(*walk.tried, trouble.id), history=(*walk.history, f"{step.id}/{trouble.id}"), stopped=False
        )
        buttons = (Button("next"), Button("repeat"), Button("trouble"), Button("person"))
        return Walked(tried, (Shown("utter_guide_remedy", facts, buttons=buttons),))

    def _person(self, guide: Guide, walk: Walk, step: Step) -> Walked:
        """Nothing is left to try: a person, who is told guide, step and what was tried."""
        facts: Facts = {"title": guide.title, "number": walk.index + 1, "step": step.title}
        buttons = (Button("person"), Button("other_wording"), Button("repeat"))
        if not walk.history or not walk.history[-1].startswith(f"{step.id}/"):
            walk = replace(walk, history=(*walk.history, f"{step.id}/"))
        return Walked(walk, (Shown("utter_guide_nothing_left", facts, buttons=buttons),), person=True)

    def _stop(self, guide: Guide, walk: Walk, value: str) -> Walked:
        facts: Facts = {"title": guide.title, "number": min(max(walk.index, 0) + 1, len(guide.steps))}
        return Walked(
            replace(walk, stopped=True), (Shown("utter_guide_stopped", facts, buttons=(Button("resume", guide.id),)),)
        )

    def _here(self, guide: Guide, walk: Walk, value: str) -> Walked:
        """After a word in between: where the guide stands, in one line."""
        walk = replace(_inside(guide, walk), stopped=False)
        step = guide.steps[walk.index]
        facts: Facts = {"number": walk.index + 1, "total": len(guide.steps), "title": step.title}
        return Walked(walk, (Shown("utter_guide_here", facts, buttons=(*_buttons(guide, walk)[:2], Button("repeat"))),))

    def _resume(self, guide: Guide, walk: Walk, value: str) -> Walked:
        walk = replace(_inside(guide, walk), stopped=False)
        return self._at(guide, walk, "utter_guide_resumed")


def _inside(guide: Guide, walk: Walk) -> Walk:
    """The state with its index on a step that exists."""
    return replace(walk, index=min(max(walk.index, 0), len(guide.steps) - 1))


def _buttons(guide: Guide, walk: Walk) -> Sequence[Button]:
    """What can be done at a step; no more than fit under a message on a phone."""
    last = walk.index + 1 == len(guide.steps)
    back = (Button("back"),) if walk.index else ()
    wording = () if walk.wording else (Button("other_wording"),)
    return (Button("finish" if last else "next"), Button("trouble"), *wording, *back)


def _titles(guide: Guide) -> Sequence[str]:
    return tuple(step.title for step in guide.steps)


def _jumps(guide: Guide) -> Sequence[Button]:
    return tuple(Button("jump", str(number), step.title) for number, step in enumerate(guide.steps, 1))
