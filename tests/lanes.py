"""Helpers that send requests to a lane without a socket."""

import json
from typing import Any

from raw_http import user

from mock_electron.engine.arrival import Arrival
from mock_electron.engine.lane import Lane
from mock_electron.engine.ready import AnyAnswer

CHAT = "/waves/v1/chat/completions"


def arrival(text: str = "Hi", *, key: str = "sk_mock", faults: str = "", **fields: Any) -> Arrival:
    """Return a request.

    Args:
        text: The text of the user message.
        key: The API key.
        faults: The header `X-Mock-Electron`.
        **fields: Fields of the body.
    """
    body = json.dumps({"model": "electron", "messages": user(text), **fields}).encode()
    return Arrival(
        "POST",
        CHAT,
        f"Bearer {key}",
        "application/json",
        body,
        accept_encoding="gzip",
        fault_header=faults,
    )


def ask(lane: Lane, text: str = "Hi", **fields: Any) -> AnyAnswer:
    """Ask, and close the answer as completely sent."""
    answer = lane.open(arrival(text, **fields))
    lane.close(answer, len(answer.frames))
    return answer


def stream(lane: Lane, text: str = "Hi", **fields: Any) -> AnyAnswer:
    """Ask for a stream with usage."""
    return ask(lane, text, stream=True, stream_options={"include_usage": True}, **fields)


def body(answer: AnyAnswer) -> bytes:
    """Return all bytes of the body."""
    return b"".join(answer.frames)


def header(answer: AnyAnswer, name: str) -> str | None:
    """Return a header, or None."""
    found = {key.decode(): value.decode() for key, value in answer.headers}
    return found.get(name)
