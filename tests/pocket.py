"""Asks the pocket model directly, as the tests of its rules do."""

import json
from datetime import date
from typing import Any

from raw_http import user

from mock_electron.model.draft import Draft
from mock_electron.model.speak import dice_for, speak
from mock_electron.model.turn import Turn
from mock_electron.wire import request as wire_request
from mock_electron.wire.request import ChatRequest

TODAY = date(2025, 2, 19)
"""The day of the frozen clock, a Wednesday."""


def request(text: str = "Hi", *, system: str = "", **fields: Any) -> ChatRequest:
    """A request with one message of the user's, or with other messages."""
    messages = [{"role": "system", "content": system}] if system else []
    return wire_request.parse_request(
        {"model": "electron", "messages": messages + user(text)} | fields
    )


def said(asked: ChatRequest, *, sampling: str = "steady", occurrence: int = 0) -> Draft:
    """What the pocket model answers."""
    return speak(asked, dice_for(asked, 0, sampling, occurrence), TODAY)


def words(text: str, **fields: Any) -> str:
    """Its words."""
    content = said(request(text, **fields)).content
    assert content is not None
    return content


def calls(asked: ChatRequest) -> list[tuple[str, Any]]:
    """Its calls: names and arguments."""
    return [(call.name, json.loads(call.arguments)) for call in said(asked).calls]


def turn(text: str, **fields: Any) -> Turn:
    """The turn as the rules see it."""
    asked = request(text, **fields)
    return Turn(asked, dice_for(asked, 0, "steady", 0), TODAY)


def tool(
    name: str, description: str = "", required: bool = True, /, **properties: Any
) -> dict[str, Any]:
    """A tool; its properties are schemas, or the name of a type."""
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
    """The messages of a call that was made, and of its result."""
    call_id = f"call_{number}"
    function = {"name": name, "arguments": json.dumps(arguments)}
    made = {"id": call_id, "type": "function", "function": function}
    messages: list[dict[str, Any]] = [{"role": "assistant", "content": None, "tool_calls": [made]}]
    if result is not None:
        messages.append({"role": "tool", "tool_call_id": call_id, "content": result})
    return messages
