"""What docs/values.md says of all values."""

import re
from inspect import getmembers
from pathlib import Path
from typing import Any

import pytest
from lanes import ask
from msgspec.structs import asdict, replace
from raw_http import user

import mock_electron
from mock_electron import Electron, Settings, Usage
from mock_electron.engine.lane import Lane

PAGE = (Path(__file__).parents[1] / "docs" / "values.md").read_text(encoding="utf-8")
KINDS = ("ChatRequest", "Message", "Tool", "Reply", "ToolCall", "Usage")
TOOL = {"type": "function", "function": {"name": "f"}}


def section(kind: str) -> str:
    return PAGE.partition(f": `{kind}`\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_marks_the_computed_attributes(kind: str) -> None:
    """They are the properties: no copy can replace them."""
    members = getmembers(getattr(mock_electron, kind), lambda one: isinstance(one, property))
    marked = re.findall(r"^\| `(\w+)` \| .*; computed", section(kind), re.MULTILINE)
    assert sorted(marked) == [name for name, _ in members if not name.startswith("_")]


def test_computed_attributes_are_not_in_a_copy_or_a_dict() -> None:
    """`replace` refuses them, and `asdict` leaves them out."""
    usage: Any = Usage(1, 2)
    assert "total_tokens" not in asdict(usage)
    assert replace(usage, completion_tokens=3).total_tokens == 4
    with pytest.raises(TypeError, match="no field 'total_tokens'"):
        replace(usage, total_tokens=5)


def test_values_without_a_dict_are_hashable() -> None:
    """A request, a tool, and an error with `details` are not."""
    electron = Electron(Lane(Settings()), "http://mock")
    ask(electron._lane, messages=user("Hi"), tools=[TOOL])
    ask(electron._lane, messages=[])
    electron.fail(503)
    ask(electron._lane)
    first, invalid, failed = electron.exchanges
    request = first.chat_request
    hashable = [request.last, first.reply, first.usage, failed.error, Settings()]
    assert len(set(hashable)) == len(hashable)
    assert invalid.error is not None
    assert invalid.error.details
    for value in (request, request.tools[0], invalid.error):
        with pytest.raises(TypeError, match="unhashable"):
            hash(value)
