"""Carries out a task whose data are complete: one call to the account service, and the names of the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from bot.accounts.interfaces import AccountService, Outcome, RequestContext, Result
from bot.desk.interfaces import CaseUnknown, DeskService, TooManyQuestions
from bot.platforms import Platform
from bot.tasks.catalog import TaskCatalog

EXPLAINED = "explained"
"""Ends a task that is an explanation alone."""
DECLINED = "declined"
"""The person said no to what the bot offered to do."""
SENT = "sent"

AGAIN = {Result.CHALLENGE_FAILED: ("security_answer",), Result.BAD_FORMAT: ("user_code", "username")}
"""Results after which the task goes on: these slots are asked again."""


@dataclass(frozen=True)
class TaskEnd:
    """How a task ended.

    Attributes:
        names: response names, most particular first; those that end in ``_to`` name the masked address.
        facts: what the response may show.
        ask_again: slots to clear and ask again; empty when the task is over.
        result: the result's word.
    """

    names: tuple[str, ...]
    facts: Mapping[str, Any]
    ask_again: tuple[str, ...] = ()
    result: str = ""


class GuideMailer(Protocol):
    """Sends a guide by mail."""

    async def send(self, guide: str, email: str, context: RequestContext) -> bool:
        """Whether it was sent; False when this conversation has had its share of mails."""


Step = Callable[[Mapping[str, Any], RequestContext], Awaitable[Outcome | str]]


class TaskRunner:
    """Runs tasks.

    Args:
        accounts: account recovery by each platform's rules.
        catalog: the tasks.
        mailer: sends guides.
        desk: knows the cases; None where there is no desk.
    """

    def __init__(
        self, accounts: AccountService, catalog: TaskCatalog, mailer: GuideMailer, desk: DeskService | None = None
    ) -> None:
        self._accounts = accounts
        self._catalog = catalog
        self._mailer = mailer
        self._desk = desk
        self._steps: dict[str, Step] = {
            "recuperar_contrasena": self._recover_password,
            "recuperar_usuario": self._find_user,
            "consultar_estado": self._status,
            "correo_no_llega": self._send_again,
            "resetear_contrasena_delegado": self._reset_delegate,
            "enviar_guia": self._send_guide,
        }

    async def run(self, task: str, slots: Mapping[str, Any], context: RequestContext) -> TaskEnd:
        """Carries out a task with the data in ``slots``; every datum the catalog requires is there."""
        if task == "validar_codigo":
            return self._validate(slots)
        if task == "consultar_caso":
            return await self._case_status(slots, context)
        step = self._steps.get(task)
        outcome = await step(slots, context) if step else EXPLAINED
        result = outcome if isinstance(outcome, str) else outcome.result.value
        facts = {} if isinstance(outcome, str) else outcome.facts
        again = () if isinstance(outcome, str) else AGAIN.get(outcome.result, ())
        names = self._names(task, slots, result)
        if facts.get("email"):
            names = (*(f"{name}_to" for name in names), *names)
        return TaskEnd(names, facts, again, result)

    def _names(self, task: str, slots: Mapping[str, Any], result: str) -> tuple[str, ...]:
        platform, role = slots.get("platform"), slots.get("role")
        names = [f"utter_{task}_{platform}_{role}_{result}"] if platform and role else []
        names += [f"utter_{task}_{platform}_{result}"] if platform else []
        return (*names, f"utter_{task}_{result}", f"utter_result_{result}")

    def _validate(self, slots: Mapping[str, Any]) -> TaskEnd:
        platform = Platform(slots["platform"])
        code = str(slots["user_code"] if platform is Platform.SEACE else slots["username"])
        check = self._accounts.check_code(platform, code)
        facts = {"code": check.normalized or code}
        if check.valid and not check.reason:
            return TaskEnd((f"utter_code_valid_{platform.value}",), facts)
        if check.valid:
            return TaskEnd(
                (f"utter_code_valid_{platform.value}_{check.reason}", f"utter_code_valid_{platform.value}"), facts
            )
        return TaskEnd((f"utter_bad_code_{platform.value}_{check.reason}", f"utter_bad_code_{platform.value}"), facts)

    async def _case_status(self, slots: Mapping[str, Any], context: RequestContext) -> TaskEnd:
        if self._desk is None:
            return TaskEnd(("utter_estado_caso",), {})
        try:
            status = await self._desk.case_status(slots["case_number"], slots["email"], context.conversation)
        except CaseUnknown:
            return TaskEnd(("utter_mesa_status_unknown",), {})
        except TooManyQuestions as limited:
            return TaskEnd(("utter_mesa_status_limited",), {"minutes": limited.minutes})
        return TaskEnd((f"utter_mesa_status_{status.state.value}",), status.facts)

    async def _recover_password(self, slots: Mapping[str, Any], context: RequestContext) -> Outcome | str:
        platform = Platform(slots["platform"])
        if platform is Platform.SEACE:
            return await self._accounts.reset_by_code(platform, slots["user_code"], slots["email"], context)
        if platform is Platform.SECOP2:
            return await self._accounts.send_link(platform, slots["username"], context)
        if slots["role"] == "user":
            if not slots["confirm"]:
                return DECLINED
            return await self._accounts.ask_administrator(platform, slots["identifier"], slots["delegate"], context)
        return await self._accounts.reset_administrator(
            platform,
            slots["identifier"],
            slots["email"],
            date.fromisoformat(slots["birth_date"]),
            slots["security_answer"],
            slots["reason"],
            context,
        )

    async def _find_user(self, slots: Mapping[str, Any], context: RequestContext) -> Outcome | str:
        platform = Platform(slots["platform"])
        if platform is not Platform.SECOP2:
            return await self._accounts.look_up(platform, "email", slots["email"], context)
        kind = next(kind for kind in self._catalog.lookups if slots.get(kind) is not None)
        return await self._accounts.look_up(platform, kind, slots[kind], context)

    async def _status(self, slots: Mapping[str, Any], context: RequestContext) -> Outcome | str:
        platform = Platform(slots["platform"])
        login = slots["user_code"] if platform is Platform.SEACE else slots["username"]
        return await self._accounts.status(platform, login, slots["email"], context)

    async def _send_again(self, slots: Mapping[str, Any], context: RequestContext) -> Outcome | str:
        return await self._accounts.send_again(context) if slots["confirm"] else DECLINED

    async def _reset_delegate(self, slots: Mapping[str, Any], context: RequestContext) -> Outcome | str:
        platform = Platform(slots["platform"])
        if platform is not Platform.SOCE:
            return EXPLAINED
        return await self._accounts.reset_delegate(
            platform,
            slots["identifier"],
            slots["email"],
            date.fromisoformat(slots["birth_date"]),
            slots["delegate"],
            context,
        )

    async def _send_guide(self, slots: Mapping[str, Any], context: RequestContext) -> Outcome | str:
        walk = slots.get("walk")
        if not walk:
            return "no_guide"
        return SENT if await self._mailer.send(walk["guide"], slots["email"], context) else "too_many"
