"""The inspector as one file: the page with its scripts, its style and the exchanges of some lanes.

The file needs no server and makes no request. Its Content-Security-Policy allows only its own
script and style, by their hashes.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from html import escape
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from mock_electron._regex import regex
from mock_electron.control import views
from mock_electron.control.exchange_view import details, row
from mock_electron.control.inspector import FOLDER, INDEX
from mock_electron.control.turns import turns_document
from mock_electron.engine.exchange import Exchange
from mock_electron.engine.lane import Lane
from mock_electron.traffic import exchanges as traffic
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
        state: Its state, as the control API returns it.
        rows: Exchanges as rows of the list, in order.
        exchanges: The same exchanges with everything about them.
        left_out: The number of exchanges that the file does not have.
        turns: The turns of these exchanges, as the control API returns them.
        audit: Its audit as the control API returns it, or None.
    """

    name: str
    state: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    exchanges: Sequence[Mapping[str, Any]]
    turns: Mapping[str, Any]
    left_out: int = 0
    audit: Mapping[str, Any] | None = None


def shown_lane(name: str, lane: Lane, url: str, exchanges: Sequence[Exchange]) -> ShownLane:
    """Return what a file shows of a lane: its latest exchanges.

    Args:
        name: The name that the page shows.
        lane: The lane.
        url: Its URL.
        exchanges: Its exchanges, in order.
    """
    latest = exchanges[-MOST_EXCHANGES:]
    found = traffic.exchanges_of(exchanges, lane.journal.dropped, url, lane.settings)
    return ShownLane(
        name,
        {"base_url": url + BASE_PATH} | views.lane_state(lane, exchanges),
        [row(exchange) for exchange in latest],
        [details(exchange, exchanges, lane, url) for exchange in latest],
        turns_document(found, {one.number for one in latest}),
        len(exchanges) - len(latest),
    )


def page_file(
    lanes: Sequence[ShownLane],
    title: str = "",
    words: str = "",
    *,
    view: str = "list",
    nothing: str = "This test sent no request",
) -> str:
    """Return the page as one HTML document.

    Args:
        lanes: The lanes that it shows.
        title: Its title and heading: the test whose exchanges they are.
        words: A line below the heading: why the test failed.
        view: The view that it shows first.
        nothing: What it says of a lane without exchanges.
    """
    style = (FOLDER / "style.css").read_text("utf-8")
    script = "\n".join(_modules(MAIN, set()))
    document = {"view": view, "nothing": nothing, "lanes": [asdict(one) for one in lanes]}
    escaped = codec.encode(document).decode().replace("<", "\\u003c")  # no end tag in it
    head = f'<meta http-equiv="Content-Security-Policy" content="{_policy(script, style)}">'
    page = (FOLDER / INDEX).read_text("utf-8")
    page = page.replace(STYLE_LINK, f"{head}\n<style>{style}</style>")
    page = page.replace(SCRIPT_LINK, "")
    if title:
        page = page.replace(TITLE, f"<title>{escape(title)} – mock-electron</title>")
        page = page.replace(TOP_END, f"{TOP_END}\n{_heading(title, words)}", 1)
    scripts = (
        f'<script type="application/json" id="data">{escaped}</script>\n'
        f'<script type="module">{script}</script>'
    )
    return page.replace("</body>", f"{scripts}\n</body>")


def _heading(title: str, words: str) -> str:
    below = f"<p><bdi>{escape(words)}</bdi></p>" if words else ""
    return f'<div class="test"><h2><bdi>{escape(title)}</bdi></h2>{below}</div>'


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
