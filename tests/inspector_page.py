"""A person at the inspector: a page of a real browser, on which nothing may go wrong."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from raw_http import TIMEOUT

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM: Final = shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS: Final = (
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="neither chromium nor google-chrome is installed"
)
WIDE: Final = {"width": 1400, "height": 800}
WATCH: Final = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => violations.push(event.blockedURI));
"""


@contextmanager
def browser_page() -> Iterator[Any]:
    """A page of a browser that is started and ended."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        opened = browser.new_page(viewport=WIDE)
        opened.set_default_timeout(TIMEOUT * 1000)
        opened.add_init_script(WATCH)
        yield opened
        browser.close()


class Person:
    """A person at the inspector, whose clicks are counted.

    Args:
        page: A page of the browser.
        url: The URL of the server.
    """

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.clicks = 0
        self.hosts: set[str] = set()
        self.errors: list[str] = []
        page.on("request", self._asked)
        page.on("pageerror", self._failed)
        self._url = url

    def _asked(self, request: Any) -> None:
        self.hosts.add(urlsplit(request.url).netloc)

    def _failed(self, error: Any) -> None:
        self.errors.append(str(error))

    def open(self, query: str) -> None:
        self.page.goto(f"{self._url}/_mock/?{query}")

    def click(self, target: Any) -> None:
        target.click()
        self.clicks += 1

    def row(self, text: str) -> Any:
        return self.page.get_by_role("row").filter(has_text=text).first

    def numbered(self, number: int) -> Any:
        return self.page.get_by_role("gridcell", name=str(number), exact=True)

    def sees(self, target: Any, count: int | None = None) -> None:
        """Wait until something is visible, or until there are so many of it."""
        if count is None:
            playwright.expect(target.first).to_be_in_viewport(timeout=TIMEOUT * 1000)
        else:
            playwright.expect(target).to_have_count(count, timeout=TIMEOUT * 1000)

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.page.url).query)

    def leave(self) -> None:
        """Leave the page, on which nothing may have gone wrong."""
        violations = self.page.evaluate("window.violations")
        self.page.remove_listener("request", self._asked)
        self.page.remove_listener("pageerror", self._failed)
        assert (violations, self.errors) == ([], [])
        assert self.hosts == {urlsplit(self._url).netloc}
