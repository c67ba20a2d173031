"""Large requests to the control API, and large answers: no other request waits for them."""

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any, Final

import pytest
from control_client import ControlClient, ask, controlled
from starlette.types import Message

from mock_electron.control import context
from mock_electron.control.context import answer
from mock_electron.control.copies import MOST_COPIED
from mock_electron.control.exchange_view import MOST_PARSED
from mock_electron.engine.lane import Lane
from mock_electron.engine.travel import SERVER_THREAD
from mock_electron.scripts.limits import MAX_VALUES, TOO_MANY
from mock_electron.wire import codec

MANY: Final = {
    "keys": b"{%b}" % b",".join(b'"%d":1' % number for number in range(MAX_VALUES)),
    "one key": b"{%b}" % b",".join([b'"a":1'] * MAX_VALUES),
    "numbers": b"[%b]" % b",".join([b"1"] * MAX_VALUES),
    "objects": b"[%b]" % b",".join([b"{}"] * MAX_VALUES),
    "no JSON": b"[%b" % b",".join([b"x"] * (MAX_VALUES + 1)),
}
"""Bodies with more values than a body may have."""


@pytest.fixture
def control() -> Iterator[ControlClient]:
    """The control API of a server."""
    with controlled() as (_, client):
        yield client


@pytest.mark.parametrize("body", MANY.values(), ids=MANY)
def test_a_body_with_too_many_values_is_refused_before_it_is_decoded(
    body: bytes, control: ControlClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To decode it, or to list its tokens, would stop all threads meanwhile."""
    decoded: list[bytes] = []
    monkeypatch.setattr(codec, "decode", decoded.append)
    response = control.send("POST", "/check", body)
    assert (response.status, response.json["error"]["problems"][0]["message"]) == (422, TOO_MANY)
    assert not decoded


def test_a_body_with_as_many_values_as_allowed_is_read(control: ControlClient) -> None:
    """Commas and colons inside texts are no values."""
    body = [{"reply": ",:{}[]" * 100_000}, *[{"reply": "a"}] * ((MAX_VALUES - 4) // 3)]
    assert len(control.post("/check", body)["steps"]) == len(body)


# --- answers


def sent(response: Any) -> list[Message]:
    """Return the messages of a response."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    asyncio.run(response({"type": "http", "method": "GET"}, receive, send))
    return messages


def test_a_large_answer_is_sent_in_parts() -> None:
    """No part is so large that the event loop takes long to copy it."""
    document = {"text": "x" * (5 * context.PART)}
    start, *parts = sent(answer(document))
    bodies = [part["body"] for part in parts]
    assert max(map(len, bodies)) <= context.PART
    assert json.loads(b"".join(bodies)) == document
    assert dict(start["headers"])[b"content-length"] == str(sum(map(len, bodies))).encode()


@pytest.mark.parametrize("form", ["json", "rows", "jsonl", "har", "script"])
def test_every_format_is_sent_in_parts(
    form: str, control: ControlClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parts are the text of the format."""
    monkeypatch.setattr(context, "PART", 100)
    lane = control.put("/lanes/a", {"settings": {"clock": "frozen"}})
    for text in ("Hi", "Hello", "Hi"):
        ask(lane, text)
    pieces: list[int] = []
    split = context.InParts._pieces

    def counted(self: context.InParts) -> Iterator[bytes]:
        for piece in split(self):
            pieces.append(len(piece))
            yield piece

    monkeypatch.setattr(context.InParts, "_pieces", counted)
    response = control.send("GET", f"/lanes/a/exchanges?format={form}")
    assert len(pieces) > 2
    assert max(pieces) <= 100
    assert int(response.headers["content-length"]) == sum(pieces) == len(response.body)
    if form == "json":
        document = response.json
        assert [one["number"] for one in document["exchanges"]] == [0, 1, 2]
        assert document["selected"] == 3


def test_a_head_request_gets_the_length_of_a_large_answer(control: ControlClient) -> None:
    """And no body."""
    lane = control.put("/lanes/a")
    ask(lane, "x" * context.PART)
    response = control.send("HEAD", "/lanes/a/exchanges/0")
    assert response.status == 200
    assert int(response.headers["content-length"]) > context.PART
    assert response.body == b""


def test_a_long_request_is_not_shown_whole() -> None:
    """Its details have its beginning and its size, and no copies. An export has all of it."""
    with controlled(Lane()) as (_, client):
        lane = client.put("/lanes/a")
        for size in (MOST_COPIED, MOST_PARSED):
            ask(lane, "x" * size)
        copied, parsed = (client.get(f"/lanes/a/exchanges/{number}") for number in (0, 1))
        assert copied["request"]["messages"][0]["content"] == "x" * MOST_COPIED
        assert parsed["request"] is None
        assert "body" not in parsed
        assert parsed["raw_request"]["bytes"] > MOST_PARSED
        for one in (copied, parsed):
            assert "No copy: the request has " in one["copies"]["curl"]
            assert len(json.dumps(one["copies"])) < 2000
        [_, whole] = client.get("/lanes/a/exchanges?format=har")["log"]["entries"]
        assert len(whole["request"]["postData"]["text"]) == parsed["raw_request"]["bytes"]


# --- threads


def test_steps_are_read_outside_of_the_event_loop(
    control: ControlClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of them take long, whether they open a lane or replace the steps of one."""
    threads: list[str] = []
    replace = Lane.replace_script

    def replaced(self: Lane, steps: Any) -> None:
        threads.append(threading.current_thread().name)
        replace(self, steps)

    monkeypatch.setattr(Lane, "replace_script", replaced)
    steps = [{"reply": "a"}]
    control.put("/lanes/a", {"steps": steps})
    control.post("/lanes", {"steps": steps})
    control.send("PUT", "/lanes/a/steps", steps)
    assert len(threads) == 3
    assert SERVER_THREAD not in threads


def test_a_lane_that_cannot_be_opened_is_not_opened(control: ControlClient) -> None:
    """The lane is made before it is known whether its name is free."""
    lane = control.put("/lanes/a", {"steps": [{"reply": "first"}]})
    refused = control.send("POST", "/lanes", {"name": "a", "steps": [{"reply": "second"}]})
    assert refused.status == 409
    assert ask(lane).json["choices"][0]["message"]["content"] == "first"
