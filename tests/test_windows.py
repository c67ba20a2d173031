"""Pages of rows: a window of the journal has the same rows as the whole."""

import random
from contextlib import suppress
from http.client import IncompleteRead
from typing import Any

from control_client import ControlClient
from raw_http import chat, user

from mock_electron import MockElectron, faults

WINDOW = "/lanes/default/exchanges?format=rows&in_flight=true&others=true"


def test_each_window_has_the_rows_of_the_whole() -> None:
    """Attempts and pauses are the same, although the exchanges outside of it are not built."""
    with MockElectron() as electron:
        chance = random.Random(7)  # noqa: S311 (a fixed sequence)
        for _ in range(60):
            kind = chance.choice(("fail", "reset", "plain", "plain"))
            if kind == "fail":
                electron.fail(429, retry_after=2)
            elif kind == "reset":
                electron.inject(faults.Cut(after=1))
            chat_quietly(electron, chance.choice(("Hi", "Hello", "Bye")))
        control = ControlClient(electron.url)
        # `since` reads the whole journal.
        whole = control.get(f"{WINDOW}&since=0&limit=100")["rows"]
        assert sum(row["retry_of"] is not None for row in whole) > 10
        for offset in range(1, 60, 7):
            page = control.get(f"{WINDOW}&offset={offset}&limit=5")
            assert page["rows"] == whole[offset - 1 : offset + 4]
            assert (page["offset"], page["selected"]) == (offset, 60)
        assert control.get(f"{WINDOW}&limit=3")["rows"] == whole[-3:]
        assert control.get(f"{WINDOW}&offset=99")["rows"] == []


def test_an_empty_lane_has_an_empty_window() -> None:
    """There is nothing to read before the first request."""
    with MockElectron() as electron:
        page = ControlClient(electron.url).get(WINDOW)
        assert page == {"rows": [], "offset": 0, "selected": 0, "recorded": 0, "dropped": 0}


def test_a_selection_has_pages_too() -> None:
    """With conditions, `offset` and `limit` count the selected exchanges, in both forms."""
    with MockElectron() as electron:
        for number in range(6):
            chat(electron, {"messages": user(f"{'odd' if number % 2 else 'even'} {number}")})
        control = ControlClient(electron.url)
        query = "/lanes/default/exchanges?says=odd&offset=1&limit=1"
        rows: Any = control.get(f"{query}&format=rows")
        assert [row["said"] for row in rows["rows"]] == ["odd 3"]
        assert (rows["offset"], rows["selected"], rows["recorded"]) == (1, 3, 6)
        [whole] = control.get(query)["exchanges"]
        assert whole["number"] == 3


def chat_quietly(electron: Any, text: str) -> None:
    """Send a request whose answer may break off."""
    with suppress(OSError, IncompleteRead):
        chat(electron, {"messages": user(text), "stream": True})
