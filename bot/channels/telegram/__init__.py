"""Telegram: a bot's private chats as conversations of the hub.

``channel.py`` puts the parts together. In: ``webhook.py`` or ``polling.py`` → ``updates_store.py`` (durable, each
``update_id`` once) → ``intake.py`` → ``events.py`` (what an update means, pure) → ``reception.py``. Out: the hub's
log → ``delivery.py`` (one replica serves a chat) → ``rendering.py`` (pure) → ``sender.py`` → ``pace.py`` (limits).
"""
