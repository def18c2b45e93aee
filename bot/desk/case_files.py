"""Files of cases: kept encrypted with the message they came with, told to both sides, handed out to agents."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken

from bot.conversations.interfaces import Author, MessageFile, Writing
from bot.desk.attachments import Arrived
from bot.desk.mail_tags import Side
from bot.desk.model import Case
from bot.desk.parts import DeskParts
from bot.errors import VentanillaError


class FileUnknown(VentanillaError):
    """There is no such file, or it cannot be read any more."""


class CaseFiles:
    """Keeps and hands out.

    Args:
        key: a Fernet key.
    """

    def __init__(self, parts: DeskParts, key: bytes) -> None:
        self._parts, self._fernet = parts, Fernet(key)

    async def keep(self, writing: Writing, case: Case, side: Side, arrived: Sequence[Arrived]) -> str:
        """Keeps what may be kept and tells the conversation of it, and of the rest.

        Returns:
            What was not kept and why, in a sentence; empty when all was.
        """
        terms = self._parts.settings.files
        kept, refused = [each for each in arrived if not each.refused], [each for each in arrived if each.refused]
        if kept:
            names = ", ".join(each.name for each in kept)
            text = terms.texts["person" if side is Side.PERSON else "desk"].format(names=names)
            said = await writing.send(case.conversation, Author.SYSTEM, text)
            for each in kept:
                file = MessageFile(said.seq, each.name, len(each.content))
                await writing.attach(case.conversation, file, self._fernet.encrypt(each.content))
        if not refused:
            return ""
        names = ", ".join(f"{each.name} ({terms.reasons[each.refused]})" for each in refused)
        text = terms.texts["refused"].format(names=names, megabytes=terms.megabytes, most=terms.most)
        await writing.send(case.conversation, Author.SYSTEM, text)
        return text

    async def open(self, case: Case, file: int) -> tuple[MessageFile, bytes]:
        """A file of the case's conversation.

        Raises:
            FileUnknown: there is none.
        """
        found = await self._parts.hub.file(case.conversation, file)
        if found is None:
            raise FileUnknown(str(file))
        try:
            return found[0], self._fernet.decrypt(found[1])
        except InvalidToken as error:
            raise FileUnknown(str(file)) from error
