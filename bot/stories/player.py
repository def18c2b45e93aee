"""Plays a story against the running service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.errors import VentanillaError
from bot.platforms import Platform
from bot.sandbox import Sandbox
from bot.stories import story as kinds
from bot.stories.chat import Chat, Message, NoAnswer
from bot.stories.expect import (
    StoryFailed,
    check_answer,
    check_mails,
    check_unbroken,
    fill_sum,
    require,
    shown_buttons,
)
from bot.stories.outside import account_state, mails_to, signs_in, use_link
from bot.stories.responses import Responses
from bot.stories.sentences import sentence


class StoryDoesNotHold(VentanillaError):
    """A story is not true of the service.

    Attributes:
        problem: file, line and what is not as the story says.
    """

    def __init__(self, problem: str, told: Sequence[str]) -> None:
        super().__init__("\n".join([problem, "", sentence("fallo", "hasta_aqui"), *told]))
        self.problem = problem


class Player:
    """One story under way.

    Args:
        product: the running service.
        responses: to tell what was answered.
    """

    def __init__(self, product: Sandbox, responses: Responses) -> None:
        self._product = product
        self._responses = responses
        self._chats: dict[str, Chat] = {}
        self._name = sentence("palabras", "inicio")
        self._latest: list[Message] = []
        self._refusal = ""
        self._kept: dict[str, list[Any]] = {}
        self.told: list[str] = []
        self._do: dict[type[kinds.Step], Callable[[Any], Awaitable[None]]] = {
            kinds.Say: self._say,
            kinds.Press: self._press,
            kinds.Forge: self._forge,
            kinds.Refused: self._refused,
            kinds.Answer: self._answer,
            kinds.Mails: self._mails,
            kinds.Link: self._link,
            kinds.AccountState: self._account,
            kinds.Wait: self._wait,
            kinds.NewConversation: self._new_conversation,
            kinds.BackTo: self._back,
            kinds.Restart: self._restart,
        }

    async def play(self, story: kinds.Story) -> None:
        """Plays every step.

        Raises:
            StoryDoesNotHold: the first thing that is not as the story says, with the conversation so far.
        """
        step: kinds.Step = kinds.Restart(story.line)
        try:
            async with self._product.client() as self._http:
                try:
                    await self._begin(self._name)
                    for step in story.steps:
                        if self._refusal and not isinstance(step, kinds.Refused):
                            raise StoryFailed("no_aceptado", texto=self._refusal)
                        await self._do[type(step)](step)
                finally:
                    for chat in self._chats.values():
                        await chat.pause()
        except NoAnswer:
            raise self._failure(story, step, sentence("fallo", "calla")) from None
        except StoryFailed as failed:
            raise self._failure(story, step, str(failed)) from None

    def _failure(self, story: kinds.Story, step: kinds.Step, problem: str) -> StoryDoesNotHold:
        return StoryDoesNotHold(f"{story.file.name}:{step.line}: {problem}", self.told)

    @property
    def _chat(self) -> Chat:
        return self._chats[self._name]

    async def _begin(self, name: str) -> None:
        self._name = name
        self._chats[name] = Chat(self._http, self._product.follow)
        await self._chat.open()
        self._latest = [each for each in self._chat.log if each["from"] != "user"]
        self._tell_answer()

    async def _say(self, step: kinds.Say) -> None:
        text = fill_sum(step.text, " ".join(each["text"] for each in self._latest))
        self.told.append(sentence("relato", "usuario", texto=text[:300]))
        await self._send(text=text)

    async def _press(self, step: kinds.Press) -> None:
        self.told.append(sentence("relato", "boton", texto=step.title))
        messages = [each for each in self._chat.log if each["from"] != "user"] if step.earlier else self._latest
        buttons = [button for each in messages for button in each["buttons"]]
        found = [button for button in buttons if button["title"] == step.title]
        require(found, "sin_boton", titulo=step.title, botones=shown_buttons(messages))
        await self._send(payload=found[-1]["payload"])

    async def _forge(self, step: kinds.Forge) -> None:
        self.told.append(sentence("relato", "boton", texto=step.payload))
        await self._send(payload=step.payload)

    async def _send(self, **content: str) -> None:
        seq, self._refusal = await self._chat.send(**content)
        if self._refusal:
            self.told.append(sentence("relato", "rechazo", texto=self._refusal))
            return
        self._latest = await self._chat.answer_after(seq)
        if any(each["from"] == "system" for each in self._latest):
            # The help desk speaks in a transaction of its own, before the bot's turn ends.
            await self._product.turns_ended()
            self._latest = await self._chat.answer_after(seq)
        self._tell_answer()
        check_unbroken(self._latest, self._responses)

    def _tell_answer(self) -> None:
        for message in self._latest:
            self.told.append(sentence("relato", "bot", texto=message["text"].replace("\n", " / ")))
            if message["buttons"]:
                self.told.append(sentence("relato", "botones", botones=shown_buttons([message])))

    async def _refused(self, step: kinds.Refused) -> None:
        refusal, self._refusal = self._refusal, ""
        require(refusal, "aceptado", respuesta=step.response)
        right = self._responses.is_one(step.response, refusal)
        require(right, "otro_rechazo", texto=refusal, respuesta=step.response)

    async def _answer(self, step: kinds.Answer) -> None:
        check_answer(step, self._latest, self._responses)
        said = [[each["text"], each["buttons"]] for each in self._latest]
        if step.keep_as:
            self._kept[step.keep_as] = said
        if step.same_as:
            require(step.same_as in self._kept, "no_guardado", nombre=step.same_as)
            before = self._kept[step.same_as]
            require(said == before, "distinta", nombre=step.same_as, esperado=before, recibido=said)

    async def _mails(self, step: kinds.Mails) -> None:
        await self._product.mail_delivered()
        check_mails(step, await mails_to(self._http, step.to))

    async def _link(self, step: kinds.Link) -> None:
        await self._product.mail_delivered()
        self.told.append(sentence("relato", "otro", texto=f"{step.action} {step.to}"))
        await use_link(self._http, step)

    async def _account(self, step: kinds.AccountState) -> None:
        await self._product.mail_delivered()
        platform = Platform(step.platform)
        state = await account_state(self._product, platform, step.login)
        require(
            not step.status or state["status"] == step.status,
            "estado",
            usuario=step.login,
            esperado=step.status,
            recibido=state["status"],
        )
        expected, real = step.must_change, state["must_change_password"]
        require(expected in (None, real), "debe_cambiarla", esperado=expected, recibido=real)
        if step.password:
            mails = await mails_to(self._http, str(state["email"])) if step.password == kinds.NEW else []
            await signs_in(self._product, platform, step, mails)

    async def _wait(self, step: kinds.Wait) -> None:
        self.told.append(sentence("relato", "otro", texto=f"+{step.time}"))
        self._product.clock.move(step.time)

    async def _new_conversation(self, step: kinds.NewConversation) -> None:
        self.told.append(sentence("relato", "otro", texto=step.name))
        await self._begin(step.name)

    async def _back(self, step: kinds.BackTo) -> None:
        self.told.append(sentence("relato", "otro", texto=step.name))
        require(step.name in self._chats, "conversacion", nombre=step.name)
        self._name = step.name
        asked = max((each["seq"] for each in self._chat.log if each["from"] == "user"), default=0)
        self._latest = [each for each in self._chat.log if each["seq"] > asked]

    async def _restart(self, _step: kinds.Restart) -> None:
        self.told.append(sentence("relato", "otro", texto="reinicio"))
        for chat in self._chats.values():
            await chat.pause()
        await self._product.restart()
        for chat in self._chats.values():
            chat.resume()
