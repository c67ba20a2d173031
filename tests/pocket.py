"""Call the pocket model directly, for the tests of its rules."""

import json
from datetime import date
from typing import Any

from raw_http import user

from mock_electron.model.dice import Dice
from mock_electron.model.draft import Draft
from mock_electron.model.speak import content_of, speak, varied
from mock_electron.model.turn import Turn
from mock_electron.model.work import Work
from mock_electron.wire import request as wire_request
from mock_electron.wire.request import ChatRequest

TODAY = date(2025, 2, 19)
"""The day of the frozen clock, a Wednesday."""


def request(text: str = "Hi", *, system: str = "", **fields: Any) -> ChatRequest:
    """Return a request with one user message, or with the messages given as a field."""
    messages = [{"role": "system", "content": system}] if system else []
    return wire_request.parse_request(
        {"model": "electron", "messages": messages + user(text)} | fields
    )


def dice(asked: ChatRequest, sampling: str = "steady", occurrence: int = 0) -> Dice:
    """Return the dice of a lane with the seed 0 for the content of a reply."""
    return Dice(content_of(asked, 0).key, varied(asked, sampling, occurrence))


def said(asked: ChatRequest, *, sampling: str = "steady", occurrence: int = 0) -> Draft:
    """Return the draft that the pocket model makes for a request."""
    return speak(asked, dice(asked, sampling, occurrence), TODAY, content_of(asked, 0))


def words(text: str, **fields: Any) -> str:
    """Return the text that the pocket model replies to a message."""
    content = said(request(text, **fields)).content
    assert content is not None
    return content


def calls(asked: ChatRequest) -> list[tuple[str, Any]]:
    """Return the names and arguments of the calls that the pocket model makes."""
    return [(call.name, json.loads(call.arguments)) for call in said(asked).calls]


def turn(text: str, **fields: Any) -> Turn:
    """Return the turn as the rules receive it."""
    asked = request(text, **fields)
    return Turn.of(asked, dice(asked), TODAY, Work())


def tool(
    name: str, description: str = "", required: bool = True, /, **properties: Any
) -> dict[str, Any]:
    """Return a tool whose properties are given as schemas or as names of types."""
    schemas = {key: {"type": p} if isinstance(p, str) else p for key, p in properties.items()}
    parameters = {
        "type": "object",
        "properties": schemas,
        "required": list(schemas) if required else [],
    }
    function = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": function}


def called(
    name: str, arguments: dict[str, Any], result: str | None, number: int = 0
) -> list[dict[str, Any]]:
    """Return the messages of a call and of its result, if there is one."""
    call_id = f"call_{number}"
    function = {"name": name, "arguments": json.dumps(arguments)}
    made = {"id": call_id, "type": "function", "function": function}
    messages: list[dict[str, Any]] = [{"role": "assistant", "content": None, "tool_calls": [made]}]
    if result is not None:
        messages.append({"role": "tool", "tool_call_id": call_id, "content": result})
    return messages
