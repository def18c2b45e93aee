"""Files that came with a message; their contents are opaque here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, insert, select

from bot.conversations.interfaces import MessageFile
from bot.db.engine import Database, Transaction
from bot.db.metadata import metadata
from bot.db.types import UtcDateTime

files = Table(
    "message_files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", String(36), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False, comment="of the message that it came with"),
    Column("name", String(120), nullable=False, comment="without personal data"),
    Column("size", Integer, nullable=False, comment="bytes"),
    Column("content", LargeBinary, nullable=False, comment="as its feature sealed it"),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "conversation"),
)


async def attach(transaction: Transaction, conversation: str, file: MessageFile, content: bytes, at: datetime) -> None:
    """Keeps a file with a message."""
    row = {"conversation": conversation, "seq": file.seq, "name": file.name, "size": file.size}
    await transaction.execute(insert(files).values(**row, content=content, at=at))


class FilesStore:
    """Reads files."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, conversation: str) -> Sequence[MessageFile]:
        """A conversation's files without their contents, in order."""
        columns = (files.c.id, files.c.seq, files.c.name, files.c.size)
        query = select(*columns).where(files.c.conversation == conversation).order_by(files.c.id)
        async with self._database.reading() as connection:
            return [MessageFile(row.seq, row.name, row.size, row.id) for row in await connection.execute(query)]

    async def content(self, conversation: str, file: int) -> tuple[MessageFile, bytes] | None:
        """One file with its content; None where the conversation has no such file."""
        query = select(files).where(files.c.conversation == conversation, files.c.id == file)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else (MessageFile(row.seq, row.name, row.size, row.id), row.content)
