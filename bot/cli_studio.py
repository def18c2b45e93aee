"""``ventanilla studio …``: one subcommand a job; parsing only, as in :mod:`bot.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

studio = typer.Typer(no_args_is_help=True, help="Teaching the bot new intents. Example: ventanilla studio draft")

As = Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who does it: a trainer or an administrator.")]
Why = Annotated[str, typer.Option("--reason", help="Why; needed where a red line is crossed.")]


@studio.command("inbox")
def studio_inbox(most: Annotated[int, typer.Option(help="Groups to show.")] = 20) -> None:
    """Show what the bot did not understand, alike messages together. Example: ventanilla studio inbox"""
    from bot.commands.studio_inbox import inbox

    inbox(most)


@studio.command("label")
def studio_label(
    group: Annotated[str, typer.Argument(help="A group's key, as `ventanilla studio inbox` shows it.")],
    who: As,
    intent: Annotated[str, typer.Option(help="The intent that it belongs to; without one it is discarded.")] = "",
) -> None:
    """Decide about a group. Example: ventanilla studio label 3f2a --intent estado_caso --as ana@example.org"""
    from bot.commands.studio_inbox import label

    label(group, who, intent)


@studio.command("aside")
def studio_aside(most: Annotated[int, typer.Option(help="Decisions to show.")] = 20) -> None:
    """Show what was discarded, marked or left for later. Example: ventanilla studio aside"""
    from bot.commands.studio_inbox import aside

    aside(most)


@studio.command("restore")
def studio_restore(
    what: Annotated[str, typer.Argument(help="Its key, as `ventanilla studio aside` shows it.")], who: As
) -> None:
    """Bring back what was set aside. Example: ventanilla studio restore 7c41 --as ana@example.org"""
    from bot.commands.studio_inbox import restore

    restore(what, who)


@studio.command("intents")
def studio_intents() -> None:
    """List the intents with their figures. Example: ventanilla studio intents"""
    from bot.commands.studio import intents

    intents()


@studio.command("change")
def studio_change(
    kind: Annotated[str, typer.Argument(help="create_intent, add_examples, rename_intent … (docs/estudio.md).")],
    file: Annotated[Path, typer.Argument(help="YAML with what the change needs.")],
    who: As,
) -> None:
    """Add a change to the draft. Example: ventanilla studio change create_intent nueva.yml --as ana@example.org"""
    from bot.commands.studio import change

    change(kind, file, who)


@studio.command("draft")
def studio_draft() -> None:
    """Show the draft: changes, remarks, files. Example: ventanilla studio draft"""
    from bot.commands.studio import draft

    draft()


@studio.command("undo")
def studio_undo(number: Annotated[int, typer.Argument(help="A change's number.")], who: As) -> None:
    """Take a change back. Example: ventanilla studio undo 12 --as ana@example.org"""
    from bot.commands.studio import undo

    undo(number, who)


@studio.command("trial")
def studio_trial(who: As) -> None:
    """Check, train and compare the draft. Example: ventanilla studio trial --as ana@example.org"""
    from bot.commands.studio import trial

    raise typer.Exit(trial(who))


@studio.command("propose")
def studio_propose(who: As) -> None:
    """Ask a second person to publish. Example: ventanilla studio propose --as ana@example.org"""
    from bot.commands.studio import propose

    propose(who)


@studio.command("publish")
def studio_publish(who: As, reason: Why = "") -> None:
    """Put the draft live; a running service takes it up. Example: ventanilla studio publish --as luis@example.org"""
    from bot.commands.studio import publish

    publish(who, reason)


@studio.command("rollback")
def studio_rollback(who: As, reason: Why = "") -> None:
    """Go back to model and data before. Example: ventanilla studio rollback --as luis@example.org"""
    from bot.commands.studio import roll_back

    roll_back(who, reason)


@studio.command("report")
def studio_report() -> None:
    """Show coverage, accuracy and unknown topics. Example: ventanilla studio report"""
    from bot.commands.studio import report

    report()
