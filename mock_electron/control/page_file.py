"""The inspector as one file: the page with its scripts, its style and the exchanges of some lanes.

The file needs no server and makes no request. Its Content-Security-Policy allows only its own
script and style, by their hashes.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import escape
from typing import Any, Final

from msgspec import Struct

from mock_electron._regex import regex
from mock_electron.control import views
from mock_electron.control.exchange_view import details, row
from mock_electron.control.inspector import FOLDER, INDEX
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.wire import codec
from mock_electron.wire.request import BASE_PATH

MOST_EXCHANGES: Final = 200
"""The maximum number of exchanges of a lane in a file: the latest."""
MAIN: Final = "main.js"
IMPORT: Final = regex(r'(?m)^import [^\n]* from "\./(\w+\.js)";\n')
EXPORT: Final = regex(r"(?m)^export ")
STYLE_LINK: Final = '<link rel="stylesheet" href="page/style.css">'
TITLE: Final = "<title>mock-electron</title>"
TOP_END: Final = "</header>"
SCRIPT_LINK: Final = '<script type="module" src="page/main.js"></script>'


class ShownLane(Struct, frozen=True):
    """A lane in a file.

    Attributes:
        name: The name that the page shows.
        lane: The lane.
        url: Its URL.
        exchanges: Its exchanges, in order.
    """

    name: str
    lane: Lane
    url: str
    exchanges: Sequence[Exchange]


def page_file(lanes: Sequence[ShownLane], test: str = "", failure: str = "") -> str:
    """Return the page as one HTML document.

    Args:
        lanes: The lanes that it shows.
        test: The test whose exchanges they are; its title and a heading name it.
        failure: Why the test failed, in one line.
    """
    style = (FOLDER / "style.css").read_text("utf-8")
    script = "\n".join(_modules(MAIN, set()))
    data = codec.encode({"lanes": [_shown(one) for one in lanes]}).decode()
    escaped = data.replace("<", "\\u003c")  # no end tag in it
    head = f'<meta http-equiv="Content-Security-Policy" content="{_policy(script, style)}">'
    page = (FOLDER / INDEX).read_text("utf-8")
    page = page.replace(STYLE_LINK, f"{head}\n<style>{style}</style>")
    page = page.replace(SCRIPT_LINK, "")
    if test:
        page = page.replace(TITLE, f"<title>{escape(test)} – mock-electron</title>")
        page = page.replace(TOP_END, f"{TOP_END}\n{_heading(test, failure)}", 1)
    scripts = (
        f'<script type="application/json" id="data">{escaped}</script>\n'
        f'<script type="module">{script}</script>'
    )
    return page.replace("</body>", f"{scripts}\n</body>")


def _heading(test: str, failure: str) -> str:
    reason = f"<p><bdi>{escape(failure)}</bdi></p>" if failure else ""
    return f'<div class="test"><h2><bdi>{escape(test)}</bdi></h2>{reason}</div>'


def _modules(name: str, written: set[str]) -> Iterator[str]:
    """Yield the modules as parts of one: each after those that it imports, without imports."""
    if name in written:
        return
    written.add(name)
    text = (FOLDER / name).read_text("utf-8")
    for imported in IMPORT.findall(text):
        yield from _modules(imported, written)
    yield EXPORT.sub("", IMPORT.sub("", text))


def _policy(script: str, style: str) -> str:
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _shown(one: ShownLane) -> dict[str, Any]:
    """Return what the page shows of a lane."""
    latest = one.exchanges[-MOST_EXCHANGES:]
    return {
        "name": one.name,
        "state": {"base_url": one.url + BASE_PATH} | views.lane_state(one.lane, one.exchanges),
        "rows": [row(exchange) for exchange in latest],
        "exchanges": [details(exchange, one.exchanges, one.lane, one.url) for exchange in latest],
    }
