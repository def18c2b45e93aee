"""``ventanilla studio inbox``, ``label``, ``aside`` and ``restore``: the inbox, for whoever has a shell."""

from __future__ import annotations

from bot.commands.accounts import CommandFailed
from bot.commands.studio_session import known, person_of, run, show
from bot.studio.service import Studio
from bot.studio.wording import percent


def inbox(most: int) -> None:
    """Prints the inbox's groups."""

    async def work(studio: Studio) -> None:
        groups, totals = await studio.labelling.groups()
        wording = await studio.wording()
        show(f"{totals.get('unclear', 0)} / {totals.get('total', 0)}")
        for group in groups[:most]:
            guesses = ", ".join(f"{known(wording, name)} {percent(chance)}" for name, chance in group.guesses)
            show(f"{group.key}  {group.times:4}  {guesses}")
            for item in group.items[:5]:
                show(f"                        {item.text}")

    run(work)


def label(key: str, email: str, intent: str) -> None:
    """Decides about a group.

    Raises:
        CommandFailed: there is no such group or intent, or the person may not.
    """

    async def work(studio: Studio) -> int:
        person = await person_of(email)
        groups, _totals = await studio.labelling.groups()
        found = [group for group in groups if group.key.startswith(key)]
        if len(found) != 1:
            raise CommandFailed(f"no single group begins with {key}; see `ventanilla studio inbox`")
        texts = {item.mark: item.text for item in found[0].items}
        return await studio.labelling.decide(person, "accept" if intent else "discard", texts, intent)

    show(str(run(work)))


def aside(most: int) -> None:
    """Prints what was set aside in the inbox, with who did it."""

    async def work(studio: Studio) -> None:
        wording = await studio.wording()
        for one in (await studio.labelling.aside())[:most]:
            show(f"{one.key}  {wording.of('decisiones', one.decision)}  ({one.author})")
            for text in one.texts.values():
                show(f"          {text or '—'}")

    run(work)


def restore(key: str, email: str) -> None:
    """Brings back what was set aside.

    Raises:
        CommandFailed: there is no such thing, or the person may not.
    """

    async def work(studio: Studio) -> int:
        person = await person_of(email)
        found = [one for one in await studio.labelling.aside() if one.key.startswith(key)]
        if len(found) != 1:
            raise CommandFailed(f"nothing single begins with {key}; see `ventanilla studio aside`")
        return await studio.labelling.take_back(person, found[0].decision, list(found[0].texts))

    show(str(run(work)))
