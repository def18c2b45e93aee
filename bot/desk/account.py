"""The account behind a case, as agents may see it, and a reset that they may start without seeing anything."""

from __future__ import annotations

from dataclasses import dataclass

from bot.accounts.interfaces import (
    Account,
    AccountBackend,
    AccountBackendError,
    AccountQuery,
    AccountService,
    RequestContext,
    Role,
)
from bot.desk.model import Case
from bot.platforms import Platform
from bot.privacy import mask_email, mask_login

BEHALF_REASON = "olvido"
"""Key of the reset's reason in the platform's file: who asks the desk has no access."""


@dataclass(frozen=True)
class AccountView:
    """What is shown.

    Attributes:
        state: ``none`` (the case names no account), ``unknown``, ``unavailable``, or the account's own.
        can_reset: the desk can have new access sent to the registered address.
    """

    state: str
    login: str = ""
    email: str = ""
    full_name: str = ""
    entity: str = ""
    role: str = ""
    revealed: bool = False
    can_reset: bool = False


class DeskAccounts:
    """Looks accounts up for agents."""

    def __init__(self, backend: AccountBackend, accounts: AccountService) -> None:
        self._backend, self._accounts = backend, accounts

    async def view(self, case: Case, *, reveal: bool = False) -> AccountView:
        """The account of a case, masked unless it is revealed, which the caller puts on the trail first."""
        if not case.platform or not case.login:
            return AccountView("none")
        try:
            account = await self._find(case)
        except AccountBackendError:
            return AccountView("unavailable")
        if account is None:
            return AccountView("unknown", login=case.login if reveal else mask_login(case.login))
        return AccountView(
            account.status.value,
            account.login if reveal else mask_login(account.login),
            account.email if reveal else mask_email(account.email),
            account.full_name if reveal else "",
            account.entity if reveal else "",
            account.role.value,
            reveal,
            _resettable(account),
        )

    async def start_reset(self, case: Case, key: str) -> str:
        """Has a new password or a link sent to the registered address. Nobody at the desk sees or chooses it.

        Returns:
            The result's word; ``impossible`` where the platform needs data that only the person has.
        """
        context = RequestContext(case.conversation, "", key)
        try:
            account = await self._find(case)
            if account is None or not _resettable(account):
                return "impossible"
            if account.platform is Platform.SEACE:
                outcome = await self._accounts.reset_by_code(
                    account.platform, account.user_code, account.email, context
                )
            elif account.platform is Platform.SECOP2:
                outcome = await self._accounts.send_link(account.platform, account.username, context)
            elif account.role is Role.ADMIN:
                outcome = await self._accounts.reset_on_behalf(
                    account.platform, account.username, BEHALF_REASON, context
                )
            else:
                outcome = await self._accounts.ask_administrator(
                    account.platform, account.ruc, account.username, context
                )
        except AccountBackendError:
            return "unavailable"
        return outcome.result.value

    async def _find(self, case: Case) -> Account | None:
        for query in _queries(Platform(case.platform), case.login):
            found = await self._backend.find(query)
            if found:
                return found[0]
        return None


def _queries(platform: Platform, login: str) -> list[AccountQuery]:
    """By what an account is looked for. SOCE's administrators give their RUC or ID where others give a user name."""
    if platform is Platform.SEACE:
        return [AccountQuery(platform, user_code=login)]
    queries = [AccountQuery(platform, username=login)]
    if platform is Platform.SOCE and login.isdigit():
        queries += [AccountQuery(platform, id_document=login), AccountQuery(platform, ruc=login, role=Role.ADMIN)]
    return queries


def _resettable(account: Account) -> bool:
    delegate_alone = account.platform is Platform.SOCE and account.role is Role.USER and not account.ruc
    return bool(account.email) and not delegate_alone
