"""Answers that come by mail: of the person to a case, and of an institution's own help desk to the person."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import structlog

from bot.conversations.interfaces import Writing
from bot.desk.attachments import Arrived, arrived
from bot.desk.case_files import CaseFiles
from bot.desk.handover import Handover
from bot.desk.interfaces import CaseState, CaseUnknown
from bot.desk.mail_tags import MailTags, Side
from bot.desk.model import Case
from bot.desk.parts import DeskParts

log = structlog.get_logger(__name__)

LONGEST_TEXT = 4_000
AUTOMATIC = {"bulk", "list", "junk", "auto_reply"}


class CaseMail:
    """Takes mail for cases, each message once.

    Args:
        files: keeps what is attached.
        quoted: patterns of the lines with which mail programs begin what they quote.
    """

    def __init__(self, parts: DeskParts, tags: MailTags, files: CaseFiles, quoted: Sequence[re.Pattern[str]]) -> None:
        self._parts, self._tags, self._files, self._handover = parts, tags, files, Handover(parts)
        self._quoted = tuple(quoted)

    async def take(self, sender: str, recipients: Sequence[str], content: bytes) -> bool:
        """Takes one message.

        Returns:
            False when it belongs to no case.
        """
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        found = self._case_of(recipients, message)
        if found is None:
            return False
        if is_automatic(sender, message):
            # To answer a machine, or to show its words, would begin a loop.
            log.info("case_mail_automatic", case=found[0])
            return True
        text, files = self.words(message), arrived(message, self._parts.settings.files)
        key = str(message.get("Message-ID", "")).strip() or hashlib.sha256(content).hexdigest()
        try:
            await self._add(*found, text, files, f"mail:{key}")
        except CaseUnknown:
            return False
        return True

    def words(self, message: EmailMessage) -> str:
        """What the sender wrote anew: the text without what it quotes."""
        lines = []
        for line in text_of(message).replace("\r\n", "\n").split("\n"):
            if any(each.search(line) for each in self._quoted):
                break
            if not line.lstrip().startswith(">"):
                lines.append(line.rstrip())
        return "\n".join(lines).strip()[:LONGEST_TEXT]

    def _case_of(self, recipients: Sequence[str], message: EmailMessage) -> tuple[int, Side] | None:
        places = [*recipients, *(str(value) for name in ("To", "Cc") for value in message.get_all(name, []))]
        threads = [str(value) for name in ("In-Reply-To", "References") for value in message.get_all(name, [])]
        return next((found for found in map(self._tags.read, [*places, *threads]) if found), None)

    async def _add(self, number: int, side: Side, text: str, files: Sequence[Arrived], key: str) -> None:
        if not text and not files:
            return
        async with self._parts.changing(number) as (writing, case):
            now = self._parts.clock()
            if not await self._parts.links.first_time(writing.transaction, key, case.id, now):
                return
            if side is Side.DESK:
                await self._answer(writing, case, text, files)
            else:
                await self._more(writing, case, text, files)

    async def _answer(self, writing: Writing, case: Case, text: str, files: Sequence[Arrived]) -> None:
        """The other help desk answers; to a case that is closed by now nobody listens."""
        if case.state is CaseState.CLOSED:
            return
        if text:
            await self._handover.answered_outside(writing, case, text)
        await self._files.keep(writing, case, Side.DESK, files)

    async def _more(self, writing: Writing, case: Case, text: str, files: Sequence[Arrived]) -> None:
        """The person answers. What could not be kept is also mailed: they may not look at the chat."""
        if text:
            await writing.take_in(case.conversation, text)
        refused = await self._files.keep(writing, case, Side.PERSON, files)
        await self._handover.more(writing, case, text or ", ".join(each.name for each in files))
        if refused:
            seq = await writing.last_seq(case.conversation)
            await self._handover.mail(writing, case, "case_answer", seq, agent="", text=refused)


def is_automatic(sender: str, message: EmailMessage) -> bool:
    """Whether a machine wrote it (RFC 3834): an absence note, a failed delivery, a list."""
    automatic = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    return (
        sender in ("", "<>")
        or automatic != "no"
        or str(message.get("Precedence", "")).strip().lower() in AUTOMATIC
        or message.get("List-Id") is not None
    )


def text_of(message: EmailMessage) -> str:
    """The plain text, made of the HTML where there is no other; empty when neither can be read."""
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        content = str(part.get_content())
    except (LookupError, KeyError):
        return ""
    return content if part.get_content_subtype() == "plain" else _Text.of(content)


class _Text(HTMLParser):
    """The words of an HTML mail; what it quotes is left out by its element."""

    BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3"})
    SILENT = frozenset({"script", "style", "head", "blockquote"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._silent = 0

    @classmethod
    def of(cls, html: str) -> str:
        """The text of a document."""
        parser = cls()
        parser.feed(html)
        parser.close()
        lines = (" ".join(line.split()) for line in "".join(parser._parts).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self.SILENT
        if tag in self.BLOCKS:
            self._parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in self.SILENT))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(data.replace("\n", " "))
