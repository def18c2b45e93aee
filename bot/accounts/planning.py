"""Each platform's rules as plans: from the accounts that match to the answer, the change and the mails.

Pure: whoever calls has looked the accounts up, and carries the plan out. Sources: SEACE manual, sections 2 and 3;
SOCE manual, sections 2, 4.3 and 6; SECOP II, recovering a password and recovering a user name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.accounts.interfaces import Account, Outcome, Result, Role, Status
from bot.accounts.plans import Change, Letter, Matched, Plan, accepted
from bot.accounts.rules import expired
from bot.platforms import Disclosure, Platform, PlatformFacts
from bot.privacy import mask_email, mask_login

Planner = Callable[[Matched], Plan]
MAX_LETTERS = 5
"""More addresses than this are not written to for one look-up."""


class Planning:
    """Makes the plans.

    Args:
        platforms: the platforms' facts.
        now: the present moment.
    """

    def __init__(self, platforms: Mapping[Platform, PlatformFacts], now: datetime) -> None:
        self._platforms = platforms
        self._now = now

    def planners(self) -> Mapping[str, Planner]:
        """Every mailed operation by name, for "send it again"."""
        return {
            "reset_by_code": self.new_password,
            "reset_administrator": self.administrator,
            "ask_administrator": self.request_to_administrator,
            "reset_delegate": self.delegate,
            "send_link": self.link,
            "look_up": self.look_up,
        }

    def new_password(self, matched: Matched) -> Plan:
        """SEACE, sections 2 and 3: a new password for an active account, even an expired one."""
        typed = matched.facts.get("email", "")
        if not matched.accounts:
            return accepted("no_match", typed, equal_work=True)
        account = matched.accounts[0]
        if account.status is Status.INACTIVE:
            return Plan(Outcome(Result.INACTIVE, {}), "inactive", equal_work=True)
        late = account.status is Status.BLOCKED or expired(
            self._platforms[account.platform], account.password_changed_at, self._now
        )
        letter = self._letter("seace_new_password", account, reveals="password", expired=late)
        return accepted("new_password", typed, change=Change(account.platform, account.login), letters=(letter,))

    def administrator(self, matched: Matched) -> Plan:
        """SOCE, section 6: a temporary password and the request letter, for the active administrator alone."""
        typed = matched.facts.get("email", "")
        admins = [account for account in matched.accounts if account.role is Role.ADMIN]
        active = [account for account in admins if account.status is Status.ACTIVE]
        if active:
            change = Change(active[0].platform, active[0].login, temporary=True)
            letter = self._temporary_password(active[0], matched.facts.get("reason", ""))
            return accepted("temporary_password", typed, change=change, letters=(letter,))
        if admins:
            return accepted("inactive", typed, letters=(self._letter("account_inactive", admins[0]),), equal_work=True)
        if matched.accounts:
            account = matched.accounts[0]
            facts = {**self._facts(account), "entity": account.entity}
            del facts["login"]
            letter = Letter("soce_not_administrator", account.email, facts)
            return accepted("not_administrator", typed, letters=(letter,), equal_work=True)
        return accepted("no_match", typed, equal_work=True)

    def request_to_administrator(self, matched: Matched) -> Plan:
        """SOCE, section 4.3: the entity's active administrators are told which delegate needs a reset."""
        delegates = [account for account in matched.accounts if account.role is Role.USER]
        admins = [a for a in matched.accounts if a.role is Role.ADMIN and a.status is Status.ACTIVE and a.email]
        if not delegates or not admins:
            return accepted("no_match")
        delegate = delegates[0]
        facts = {
            "platform_name": self._name(delegate.platform),
            "delegate_login": delegate.login,
            "delegate_name": delegate.full_name,
            "entity": delegate.entity or admins[0].entity,
        }
        addresses = dict.fromkeys(admin.email for admin in admins[:MAX_LETTERS])
        letters = tuple(Letter("soce_delegate_request", address, facts) for address in addresses)
        return accepted("administrator_asked", letters=letters)

    def delegate(self, matched: Matched) -> Plan:
        """SOCE, section 4.3: a proven administrator's delegate gets a new password, if the contact has an e-mail.

        ``matched`` holds the administrator, or nobody, and the delegate, or nobody.
        """
        admins = [a for a in matched.accounts if a.role is Role.ADMIN and a.status is Status.ACTIVE]
        delegates = [account for account in matched.accounts if account.role is Role.USER]
        if not admins:
            return _refused(Result.NOT_CONFIRMED)
        if not delegates:
            return _refused(Result.DELEGATE_UNKNOWN)
        admin, delegate = admins[0], delegates[0]
        if delegate.status is not Status.ACTIVE:
            return _refused(Result.INACTIVE)
        if not delegate.email:
            return _refused(Result.NO_EMAIL)
        password = self._letter(
            "soce_delegate_password", delegate, reveals="password", ruc=delegate.ruc, entity=delegate.entity
        )
        notice = {
            "platform_name": self._name(admin.platform),
            "delegate_login": delegate.login,
            "entity": delegate.entity or admin.entity,
        }
        return Plan(
            Outcome(Result.DONE, {"email": mask_email(delegate.email)}),
            "delegate_password",
            change=Change(delegate.platform, delegate.login),
            letters=(password, Letter("soce_delegate_notice", admin.email, notice)),
        )

    def link(self, matched: Matched) -> Plan:
        """SECOP II: one link to the address on file; an inactive account's holder is told so there."""
        if not matched.accounts or not matched.accounts[0].email:
            return accepted("no_match")
        account = matched.accounts[0]
        place = (account.platform, account.login)
        if account.status is not Status.ACTIVE:
            # A link that nobody gets to know is made all the same: it keeps the cool-down for this mail too.
            return accepted("inactive", link=place, letters=(self._letter("account_inactive", account),))
        letter = self._letter("secop2_reset_link", account, reveals="link")
        return accepted("link", link=place, letters=(letter,))

    def look_up(self, matched: Matched) -> Plan:
        """A user name or an e-mail, told as the platform discloses; by mail only to each account's own address."""
        facts = self._platforms[matched.platform]
        wants_email = matched.facts.get("what") == "email"
        letters = self._email_letters(matched) if wants_email else self._name_letters(matched)
        note = "mailed" if letters else "no_match"
        if facts.disclosure is Disclosure.MAIL:
            return accepted(note, letters=letters)
        if not matched.accounts:
            return Plan(Outcome(Result.NOT_FOUND, {}), note)
        account = min(matched.accounts, key=lambda each: each.status is not Status.ACTIVE)
        whole = facts.disclosure is Disclosure.SCREEN
        if wants_email:
            shown = account.email if whole else mask_email(account.email)
        else:
            shown = account.login if whole else mask_login(account.login)
        told: dict[str, str | int] = {
            "what": "email" if wants_email else "username",
            "shown": shown,
            "email": mask_email(account.email),
        }
        return Plan(Outcome(Result.FOUND, told), note, letters=letters)

    def _name_letters(self, matched: Matched) -> tuple[Letter, ...]:
        by_address: dict[str, list[Account]] = {}
        for account in matched.accounts:
            if account.email:
                by_address.setdefault(account.email.casefold(), []).append(account)
        letters = []
        for found in list(by_address.values())[:MAX_LETTERS]:
            listed = [{"login": each.login, "platform_name": self._name(each.platform)} for each in found]
            facts = {"platform_name": self._name(matched.platform), "accounts": listed}
            letters.append(Letter("user_name", found[0].email, facts))
        return tuple(letters)

    def _email_letters(self, matched: Matched) -> tuple[Letter, ...]:
        written = [account for account in matched.accounts if account.email][:MAX_LETTERS]
        return tuple(
            Letter(
                "registered_email",
                account.email,
                {"platform_name": self._name(account.platform), "login": account.login, "email": account.email},
            )
            for account in written
        )

    def _temporary_password(self, account: Account, reason: str) -> Letter:
        facts = self._platforms[account.platform]
        return self._letter(
            "soce_temporary_password",
            account,
            reveals="password",
            ruc=account.ruc,
            entity=account.entity,
            reason=facts.reset_reasons.get(reason, reason),
            id_document=account.id_document,
            date=self._now.astimezone(ZoneInfo(facts.time_zone)).date().isoformat(),
        )

    def _letter(self, kind: str, account: Account, *, reveals: str = "", **more: object) -> Letter:
        return Letter(kind, account.email, {**self._facts(account), **more}, reveals)

    def _facts(self, account: Account) -> dict[str, object]:
        return {
            "platform_name": self._name(account.platform),
            "full_name": account.full_name,
            "login": account.login,
        }

    def _name(self, platform: Platform) -> str:
        return self._platforms[platform].name


def without_repeats(accounts: Sequence[Account]) -> tuple[Account, ...]:
    """The accounts once each, in their order."""
    return tuple({(account.platform, account.login.casefold()): account for account in accounts}.values())


def _refused(result: Result) -> Plan:
    return Plan(Outcome(result, {}), result.value, equal_work=True)
