"""What Telegram sends, of every type that there is."""

from __future__ import annotations

from typing import Any

from tests.support.bot_api import BotApi

ROSA = 4242
PERSON = {"id": ROSA, "is_bot": False, "first_name": "Rosa"}
FILE = {"file_id": "f", "file_unique_id": "u"}
CLIP = {**FILE, "width": 1, "height": 1, "duration": 1}
CONTENTS: dict[str, list[dict[str, Any]]] = {
    "voice": [
        {"voice": {**FILE, "duration": 3}},
        {"audio": {**FILE, "duration": 3}},
        {"video_note": {**CLIP, "length": 1}},
    ],
    "photo": [{"photo": [{**FILE, "width": 1, "height": 1}]}],
    "video": [{"video": CLIP}, {"animation": CLIP, "document": FILE}],
    "file": [{"document": {**FILE, "file_name": "ficha.pdf"}}],
    "sticker": [
        {"sticker": {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}}
    ],
    "contact": [{"contact": {"phone_number": "+51987654321", "first_name": "Ana"}}],
    "location": [{"location": {"latitude": -12.0, "longitude": -77.0}}],
    "other": [
        {"dice": {"emoji": "🎲", "value": 3}},
        {"future_thing": {"x": 1}},
        {"story": {"id": 1, "chat": {"id": 1, "type": "private"}}},
    ],
}
_ADDRESS = {"country_code": "PE", "state": "", "city": "", "street_line1": "", "street_line2": "", "post_code": ""}


def every_update(api: BotApi) -> list[dict[str, Any]]:
    """At least one update of each type that there is, and of one that there is not yet."""
    message = lambda **content: api.message(ROSA, **{"text": "x", **content})  # noqa: E731
    group = {"id": -100, "type": "supergroup", "title": "Grupo"}
    poll = {
        "id": "1",
        "question": "?",
        "options": [],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    }
    reaction = {"chat": group, "message_id": 1, "date": 1}
    invite = {
        "invite_link": "x",
        "creator": PERSON,
        "creates_join_request": False,
        "is_primary": True,
        "is_revoked": False,
    }
    boost = {"boost_id": "b", "source": {"source": "premium", "user": PERSON}}
    business = {"id": "b", "user": PERSON, "user_chat_id": 1, "date": 1, "can_reply": True, "is_enabled": True}
    contents: dict[str, Any] = {
        "message": message(),
        "edited_message": message(),
        "channel_post": api.message(-5, kind="channel", text="x"),
        "edited_channel_post": api.message(-5, kind="channel", text="x"),
        "business_connection": business,
        "business_message": message(),
        "edited_business_message": message(),
        "deleted_business_messages": {"business_connection_id": "b", "chat": group, "message_ids": [1]},
        "message_reaction": {**reaction, "user": PERSON, "old_reaction": [], "new_reaction": []},
        "message_reaction_count": {**reaction, "reactions": []},
        "inline_query": {"id": "1", "from": PERSON, "query": "x", "offset": ""},
        "chosen_inline_result": {"result_id": "1", "from": PERSON, "query": "x"},
        "callback_query": {"id": "1", "from": PERSON, "chat_instance": "1", "inline_message_id": "1", "data": "x"},
        "shipping_query": {"id": "1", "from": PERSON, "invoice_payload": "x", "shipping_address": _ADDRESS},
        "pre_checkout_query": {
            "id": "1",
            "from": PERSON,
            "currency": "USD",
            "total_amount": 1,
            "invoice_payload": "x",
        },
        "purchased_paid_media": {"from": PERSON, "paid_media_payload": "x"},
        "poll": poll,
        "poll_answer": {"poll_id": "1", "user": PERSON, "option_ids": [0], "option_persistent_ids": ["0"]},
        "my_chat_member": api.member(ROSA, "member")["my_chat_member"],
        "chat_member": api.member(-100, "left", "supergroup")["my_chat_member"],
        "chat_join_request": {"chat": group, "from": PERSON, "user_chat_id": 1, "date": 1, "invite_link": invite},
        "chat_boost": {"chat": group, "boost": {**boost, "add_date": 1, "expiration_date": 2}},
        "removed_chat_boost": {"chat": group, "remove_date": 1, **boost},
        "something_of_tomorrow": {"chat": group, "x": [1]},
    }
    inaccessible = {"message_id": 1, "date": 0, "chat": {"id": ROSA, "type": "private"}}
    services = [{"pinned_message": message()}, {"new_chat_title": "x"}, {"write_access_allowed": {}}]
    more = [
        {"callback_query": {"id": "2", "from": PERSON, "chat_instance": "1", "data": "x", "message": inaccessible}},
        {"callback_query": {"id": "3", "from": PERSON, "chat_instance": "1", "game_short_name": "x"}},
        {"edited_message": api.message(ROSA, location={"latitude": 1.0, "longitude": 1.0})},
        *({"message": api.message(ROSA, **service)} for service in services),
        {},
    ]
    return [api.update(**{kind: content}) for kind, content in contents.items()] + [api.update(**one) for one in more]
