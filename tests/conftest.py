"""What every test stands on."""

from __future__ import annotations

from playwright.async_api import expect

from tests.support.waiting import PATIENCE

# Playwright's own five seconds are not enough where several tests share a small machine.
expect.set_options(timeout=PATIENCE * 1000)
