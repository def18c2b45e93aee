"""The account behind a case: found by what the person gave, reset without anybody at the desk seeing anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.accounts.csv_import import load_demo
from bot.desk.account import DeskAccounts
from bot.platforms import Platform
from tests.desk.rig import DeskRig
from tests.unit.accounts.support import DEMO, START, House, build_house, mails

ON_FILE = {
    ("seace", "001952_56989"): "seace_new_password",
    ("soce", "entidadsol1"): "soce_temporary_password",
    ("soce", "1760567890001"): "soce_temporary_password",
    ("soce", "jtoapanta04"): "soce_delegate_request",
    ("secop2", "gabrielasol"): "secop2_reset_link",
}


@pytest.fixture
async def house(rig: DeskRig) -> House:
    """The account service on the desk's database, with the demo accounts."""
    async with rig.database.transaction() as transaction:
        await transaction.run_sync(mails.metadata.create_all)
    await load_demo(rig.database, DEMO, START)
    return build_house(rig.database)


@pytest.mark.parametrize(("platform", "login"), ON_FILE)
async def test_a_reset_for_whoever_asks_goes_to_the_address_on_file(
    rig: DeskRig, house: House, platform: str, login: str
) -> None:
    desk = DeskAccounts(house.sql, house.accounts)
    case = replace(await rig.case(platform=Platform(platform)), login=login)
    view = await desk.view(case)
    assert view.can_reset and "@" in view.email and "*" in view.email
    result: Any = await desk.start_reset(case, f"desk:{case.id}:1")
    assert result in ("accepted", "done")
    assert [mail.kind for mail in await house.mails()] == [ON_FILE[platform, login]]
    # The same form sent twice is one request.
    await desk.start_reset(case, f"desk:{case.id}:1")
    assert len(await house.mails()) == 1
