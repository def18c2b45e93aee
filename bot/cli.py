"""``ventanilla …``: one subcommand a job; parsing only.

Everything heavy is imported inside the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli_studio import studio
from bot.errors import VentanillaError

app = typer.Typer(
    name="ventanilla",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The help-desk assistant for SEACE, SOCE and SECOP II. Example: ventanilla run --demo",
)
accounts = typer.Typer(
    no_args_is_help=True, help="Accounts of the SQL backend. Example: ventanilla accounts import a.csv"
)
nlu = typer.Typer(no_args_is_help=True, help='Understanding. Example: ventanilla nlu parse "olvidé mi clave"')
models = typer.Typer(no_args_is_help=True, help="Trained models. Example: ventanilla models list")
guides = typer.Typer(no_args_is_help=True, help="The manuals' guides. Example: ventanilla guides check")
app.add_typer(accounts, name="accounts")
app.add_typer(nlu, name="nlu")
app.add_typer(models, name="models")
app.add_typer(guides, name="guides")
agents = typer.Typer(no_args_is_help=True, help="The help desk's people. Example: ventanilla agents list")
app.add_typer(agents, name="agents")
app.add_typer(studio, name="studio")


@app.command()
def run(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="Demo accounts and a local mailbox at /correo.")] = False,
) -> None:
    """Serve the assistant. Example: ventanilla run --demo --port 8000"""
    from bot.commands.run import run_service

    run_service(host, port, demo)


@app.command()
def train(reason: Annotated[str, typer.Option(help="Why, for the model's card.")] = "") -> None:
    """Train a model from data/ and put it to use. Example: ventanilla train"""
    from bot.commands.training import train_and_promote

    train_and_promote(reason=reason)


@app.command()
def doctor() -> None:
    """Check settings, database, mail, model and data. Example: ventanilla doctor"""
    from bot.commands.doctor import examine

    raise typer.Exit(examine())


@accounts.command("import")
def accounts_import(file: Annotated[Path, typer.Argument(help="A CSV file with the columns of the README.")]) -> None:
    """Import accounts, the whole file or nothing. Example: ventanilla accounts import accounts.csv"""
    from bot.commands.accounts import import_file

    import_file(file)


@accounts.command("show")
def accounts_show(
    platform: Annotated[str, typer.Argument(help="seace, soce or secop2")],
    login: Annotated[str, typer.Argument(help="User name or user code.", metavar="USERNAME_OR_CODE")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show an account. Example: ventanilla accounts show seace 001952_56989 --json"""
    from bot.commands.accounts import show

    show(platform, login, as_json)


@nlu.command("parse")
def nlu_parse(text: Annotated[str, typer.Argument(help="A message as people write it.")]) -> None:
    """What the model in use understands of a text, as JSON. Example: ventanilla nlu parse "olvidé mi clave\""""
    from bot.commands.nlu import parse

    parse(text)


@nlu.command("evaluate")
def nlu_evaluate(
    file: Annotated[Path, typer.Argument(help='JSON lines: {"text", "intent", "platform" or null}.')],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    confusion: Annotated[Path | None, typer.Option("--png", help="Also write the confusion matrix here.")] = None,
) -> None:
    """Measure the model in use on labelled messages. Example: ventanilla nlu evaluate tests/nlu/sample.jsonl --json"""
    from bot.commands.nlu import evaluate

    evaluate(file, as_json, confusion)


@nlu.command("lint")
def nlu_lint(
    quick: Annotated[bool, typer.Option("--quick", help="Leave out the cross-validation.")] = False,
) -> None:
    """Check the training messages. Example: ventanilla nlu lint --quick"""
    from bot.commands.nlu import lint

    raise typer.Exit(lint(quick))


@guides.command("check")
def guides_check(
    folder: Annotated[Path | None, typer.Argument(help="Default: the project's data/guides.")] = None,
) -> None:
    """Check every guide; problems name file, step and key. Example: ventanilla guides check"""
    from bot.commands.guides import check_guides

    raise typer.Exit(check_guides(folder))


@guides.command("list")
def guides_list() -> None:
    """List the guides. Example: ventanilla guides list"""
    from bot.commands.guides import list_guides

    list_guides()


@guides.command("preview")
def guides_preview(
    guide: Annotated[str, typer.Argument(help="PLATFORM/NAME, as `ventanilla guides list` shows it.")],
    output: Annotated[Path, typer.Option(help="HTML file to write.")] = Path("guia.html"),
) -> None:
    """Write one guide as people will see it. Example: ventanilla guides preview soce/agregar-perfil"""
    from bot.commands.guides import preview_guide

    preview_guide(guide, output)


@agents.command("add")
def agents_add(
    email: Annotated[str, typer.Argument(help="The address that they sign in with.")],
    role: Annotated[str, typer.Option(help="agent, supervisor, trainer or admin")] = "agent",
    name: Annotated[str, typer.Option(help="As people read it; default: what stands before the @.")] = "",
    team: Annotated[list[str] | None, typer.Option(help="seace, soce, secop2 or general; default: all.")] = None,
) -> None:
    """Invite somebody to the console at /mesa. Example: ventanilla agents add ana@example.org --role agent"""
    from bot.commands.agents import add

    add(email, role, name, team or [])


@agents.command("renew")
def agents_renew(email: Annotated[str, typer.Argument(help="The address that they sign in with.")]) -> None:
    """Invite somebody anew who lost password or second factor. Example: ventanilla agents renew ana@example.org"""
    from bot.commands.agents import renew

    renew(email)


@agents.command("list")
def agents_list() -> None:
    """List the help desk's people. Example: ventanilla agents list"""
    from bot.commands.agents import list_agents

    list_agents()


@models.command("list")
def models_list() -> None:
    """List the trained models. Example: ventanilla models list"""
    from bot.commands.models import list_models

    list_models()


@models.command("promote")
def models_promote(name: Annotated[str, typer.Argument(help="A name from `ventanilla models list`.")]) -> None:
    """Put a model to use. Example: ventanilla models promote 20260101-120000-ab12cd34"""
    from bot.commands.models import promote

    promote(name)


@models.command("rollback")
def models_rollback() -> None:
    """Go back to the model used before. Example: ventanilla models rollback"""
    from bot.commands.models import roll_back

    roll_back()


def main() -> None:
    """The console script: failures are one clear line and a non-zero exit."""
    try:
        app()
    except VentanillaError as error:
        sys.stderr.write(f"ventanilla: {error}\n")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
