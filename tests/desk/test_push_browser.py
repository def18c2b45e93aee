"""Alerts in Chromium: asked for by a press alone, kept by the desk, shown by the service worker of a hidden page."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from playwright.async_api import CDPSession, Page, async_playwright, expect

from bot.desk.push_store import PushStore
from tests.desk.console import Console
from tests.desk.push_service import Browser, PushService
from tests.support.waiting import PATIENCE

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine")

MAKER = """(browser) => {
  window.asked = 0;
  const ask = Notification.requestPermission.bind(Notification);
  Notification.requestPermission = () => { window.asked += 1; return ask(); };
  let kept = null;
  const made = (options) => ({
    endpoint: browser.endpoint,
    options,
    toJSON: () => ({ endpoint: browser.endpoint, keys: browser.keys }),
    unsubscribe: async () => { kept = null; return true; },
  });
  PushManager.prototype.subscribe = async (options) => {
    window.wanted = { visible: options.userVisibleOnly, key: Array.from(options.applicationServerKey) };
    kept = made({ applicationServerKey: options.applicationServerKey.buffer });
    return kept;
  };
  PushManager.prototype.getSubscription = async () => kept;
}"""
"""The browser maker's own servers, which a test has not: everything else is Chromium's."""

SHOWN = """async () => (await (await navigator.serviceWorker.getRegistration("/mesa/")).getNotifications())
  .map((each) => [each.title, each.body, each.data])"""
"""What stands in the system's list: title, body and address."""


async def arrives(worker: CDPSession, origin: str, registration: str, content: dict[str, str]) -> None:
    """Hands the service worker a push, as the browser does when one comes."""
    await worker.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registration, "data": json.dumps(content)},
    )


async def test_a_press_asks_keeps_the_browser_and_a_hidden_page_is_called(desk: Console, service: PushService) -> None:
    rosa = await desk.member("Rosa")
    browser: Browser = service.browser("Rosa")
    keys = {"p256dh": browser.fields["p256dh"], "auth": browser.fields["auth"]}
    delivering = asyncio.create_task(desk.push.run())
    problems: list[str] = []
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        context = await chromium.new_context(permissions=["notifications"])
        await context.add_cookies([{"name": "mesa", "value": rosa.cookies["mesa"], "url": desk.address}])
        await context.add_init_script(f"({MAKER})({json.dumps({'endpoint': browser.endpoint, 'keys': keys})})")
        page = await context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if "Security Policy" in line.text else None)
        await page.goto(f"{desk.address}/mesa")
        button = page.get_by_role("button", name="Avisos")
        await expect(button).to_have_attribute("aria-pressed", "false")
        assert await page.evaluate("asked") == 0
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")
        await expect(page.locator("#nota-avisos")).to_contain_text("le avisará")
        assert await page.evaluate("asked") == 1
        wanted = await page.evaluate("wanted")
        assert (wanted["visible"], len(wanted["key"]), wanted["key"][0]) == (True, 65, 4)
        # In sight, nothing is sent; hidden, the next case is.
        store, worker = PushStore(desk.rig.database), await context.new_cdp_session(page)
        first = await desk.rig.case()
        await expect(page.locator("#cola")).to_contain_text(first.number)
        assert service.shown == [] and list(await store.due(desk.rig.clock())) == []
        other = await context.new_page()
        await other.goto("about:blank")
        await hide(page)
        case = await desk.rig.case()
        await service.until(lambda: service.shown)
        assert service.shown == [("Rosa", expected(case.id, case.number))]
        # The same push, at the browser's end: Chromium's own service worker shows it, or not.
        registrations: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        worker.on("ServiceWorker.workerRegistrationUpdated", lambda event: told(registrations, event))
        await worker.send("ServiceWorker.enable")
        registration = await asyncio.wait_for(registrations, PATIENCE)
        # The page is in sight for Chromium: nothing is shown for this one.
        await arrives(worker, desk.address, registration, {**service.shown[0][1], "tag": "VEN-999999"})
        await page.goto("about:blank")
        await arrives(worker, desk.address, registration, service.shown[0][1])
        await page.goto(f"{desk.address}/mesa/auditoria")
        shown = [["Caso nuevo", f"{case.number} · SEACE", f"/mesa/casos/{case.id}"]]
        await page.wait_for_function(f"async () => (await ({SHOWN})()).length")
        assert await page.evaluate(SHOWN) == shown
        await chromium.close()
    desk.push.close()
    await asyncio.wait_for(delivering, PATIENCE)
    assert problems == []


def told(registrations: asyncio.Future[str], event: dict[str, list[dict[str, str]]]) -> None:
    """Notes the id of the console's registration."""
    for each in event["registrations"]:
        if each["scopeURL"].endswith("/mesa/") and not registrations.done():
            registrations.set_result(each["registrationId"])


async def hide(page: Page) -> None:
    """Headless Chromium shows every page: this one is told that it is hidden, and tells the desk."""
    async with page.expect_response("**/mesa/a-la-vista"):
        await page.evaluate(
            """() => {
              Object.defineProperty(document, "hidden", { value: true, configurable: true });
              document.dispatchEvent(new Event("visibilitychange"));
            }"""
        )


def expected(case: int, number: str) -> dict[str, str]:
    """All that an alert of a new case says."""
    return {"title": "Caso nuevo", "body": f"{number} · SEACE", "tag": number, "url": f"/mesa/casos/{case}"}


async def test_where_notifications_are_refused_the_page_says_what_to_do(desk: Console) -> None:
    rosa = await desk.member("Rosa")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        context = await chromium.new_context()
        await context.add_cookies([{"name": "mesa", "value": rosa.cookies["mesa"], "url": desk.address}])
        page = await context.new_page()
        await page.goto(f"{desk.address}/mesa")
        await page.get_by_role("button", name="Avisos").click()
        await expect(page.locator("#nota-avisos")).to_contain_text("no permite avisos")
        await expect(page.get_by_role("button", name="Avisos")).to_have_attribute("aria-pressed", "false")
        await chromium.close()
