"""A headless Chromium for tests: pages that remember what they asked for and what went wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium")
READY = "body[data-ready=true]"
PATIENCE_MS = 60_000
"""A busy machine is no fault of the page, and a first picture has its fonts cut before it."""
POPUP_FADE_MS = 500
"""A popup that was closed by mistake stays in the page for 200 ms more."""
expect.set_options(timeout=20_000)


@dataclass
class Visit:
    """A page and what was seen of it."""

    page: Page
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def go(self, address: str) -> Page:
        self.page.goto(address)
        self.page.wait_for_selector(READY)
        return self.page

    def hosts(self) -> set[str]:
        addresses = (urlsplit(url) for url in self.asked)
        return {address.netloc for address in addresses if address.scheme not in ("data", "file", "blob")}


def follow(link: Locator) -> None:
    """Click on a link, and wait for the page that it leads to: what is asked at once may be asked of neither page."""
    with link.page.expect_navigation():
        link.click()


@contextmanager
def chromium_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def visit(browser: Browser, *, width: int = 1440, height: int = 900, **options: Any) -> Iterator[Visit]:
    """Open a page of its own context; whatever it logs as an error or throws is kept."""
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE_MS)
    seen = Visit(context.new_page())
    seen.page.on("console", lambda m: seen.errors.append(m.text) if m.type in ("error", "warning") else None)
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
    seen.page.on("dialog", lambda dialog: seen.errors.append(f"dialog: {dialog.message}"))
    seen.page.on("request", lambda request: seen.asked.append(request.url))
    try:
        yield seen
    finally:
        context.close()
