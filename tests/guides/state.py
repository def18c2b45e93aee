"""What the brain keeps of a conversation: read only, to see what a person who takes over is handed."""

from __future__ import annotations

import json
import zlib
from typing import Any

from sqlalchemy import select

from bot.conversations.tables_store import conversations
from bot.desk.brain import unwrap
from tests.guides.talk import Talk
from tests.support.product import Product


async def slots_of(product: Product, talk: Talk) -> dict[str, Any]:
    """The slots that are not empty."""
    query = select(conversations.c.state).where(conversations.c.id == talk.identity)
    async with product.core.database.reading() as connection:
        state = await connection.scalar(query)
    return dict(json.loads(zlib.decompress(unwrap(state)[1] or b""))["slots"])


async def walk_of(product: Product, talk: Talk) -> dict[str, Any]:
    """Where the conversation stands in a guide."""
    return dict((await slots_of(product, talk))["walk"])
