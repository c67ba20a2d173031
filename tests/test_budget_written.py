"""The size of generated values: their characters are counted before they are written."""

import json
import sys
from pathlib import Path
from typing import Any

import call_count
import pytest
from lanes import ask, body

from mock_electron.engine.lane import Lane
from mock_electron.engine.settings import Settings
from mock_electron.model import written
from mock_electron.model.fill.invented import finish
from mock_electron.model.fill.parameters.slots import Slot
from mock_electron.model.schema.equality import key
from mock_electron.model.work import LIMIT, Spent, Work
from mock_electron.wire import codec

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import slow_inputs

KINDS = dict(slow_inputs.KINDS)
REPEATED = (
    "2,000 long constants", "2,000 constants of 1,000 characters", "2,000 long members of an enum",
    "JSON mode, 2,000 long constants", "references to a long constant", "unique long constants",
    "long constants in many parts", "2,000 objects of 300 optional properties",
    "optional properties in JSON mode", "optional properties in allOf",
    "optional properties with alternatives", "2,000 objects with a long name",
    "2,000 objects with a name of 20,000 letters", "2,000 items of 1,500 unknown keywords",
    "unique numbers of 309 digits", "lists in lists, 6 levels of 2,000",
    "lists in many parts of a text",
)  # fmt: skip
"""Kinds of requests whose schemas repeat a long text or many properties."""
MOST_CALLS = 300_000
"""Function calls for one request. 300 optional properties in 2,000 objects took 3,000,000."""
VALUES: tuple[Any, ...] = (
    {}, [], "", "é日\"", 0, -1.5, 1e308, 10**300, True, None, [[]], {"": {}},
    {"a": [1, 2.5, "x"], "b": {"c": [None, True]}}, [["a"] * 5] * 5, "]}" * 20,
    {"k" * 9: ["]}"] * 9, "z": [{}, [], {}]},
)  # fmt: skip


def answered(name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int, Any]:
    """Return the characters that were written, the function calls, and the reply of a request."""
    sizes: list[int] = []
    encode = codec.encode_arguments

    def counted(value: object) -> str:
        text = encode(value)
        sizes.append(len(text))
        return text

    monkeypatch.setattr(codec, "encode_arguments", counted)
    lane, arrived = Lane(Settings(accept_json_schema=True)), slow_inputs.arrival(KINDS[name]())
    answer, calls = call_count.counted(lane.open, arrived)
    monkeypatch.undo()
    return sum(sizes), calls, json.loads(b"".join(answer.frames))


def test_texts_and_names_of_a_schema_are_not_repeated_without_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is written, and the calls for it, do not depend on the number of members."""
    wrong = {}
    for name in REPEATED:
        size, calls, reply = answered(name, monkeypatch)
        if size > LIMIT or calls > MOST_CALLS or reply["object"] != "chat.completion":
            wrong[name] = (size, calls)
    assert wrong == {}


def test_a_value_that_no_reply_can_hold_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The beginning of the plainest value is sent, with the finish reason of the token limit."""
    for name in ("2,000 long constants", "2,000 objects with a long name"):
        _, _, reply = answered(name, monkeypatch)
        [choice] = reply["choices"]
        [call] = choice["message"]["tool_calls"]
        assert choice["finish_reason"] == "length"
        assert call["function"]["arguments"][:7] == '{"a": ['
        assert 20_000 < len(call["function"]["arguments"]) <= written.MOST
    _, _, reply = answered("JSON mode, 2,000 long constants", monkeypatch)
    [choice] = reply["choices"]
    assert choice["finish_reason"] == "length"
    assert 20_000 < len(choice["message"]["content"]) <= written.MOST


def test_a_beginning_is_a_beginning() -> None:
    """Cut anywhere, the text is the beginning of the whole one, and not longer than allowed."""
    wrong = []
    for value in VALUES:
        whole = codec.encode_arguments(value)
        for most in range(70):
            text, is_cut = written.beginning(value, most)
            good = whole.startswith(text) and (len(text) <= most if is_cut else text == whole)
            wrong += [] if good else [(value, most, text)]
    assert wrong == []


def test_a_length_is_that_of_the_text() -> None:
    """It is never less than the text has, except for escapes, and repeated lists count each time."""
    for value in VALUES:
        text = codec.encode_arguments(value)
        assert len(text) - text.count("\\") <= written.length(value, 10**9)
    inner = ["a" * 10] * 100
    assert written.length([inner] * 100, 10**9) >= len(codec.encode_arguments([inner] * 100))
    assert written.length([inner] * 10**6, 500) < 5_000


def test_nothing_is_written_that_the_budget_does_not_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text is counted first, also if only the reserve is left."""
    monkeypatch.setattr(codec, "encode_arguments", lambda value: pytest.fail("it was written"))
    work = Work(1_000)
    for _ in range(2):  # the second time, the budget is spent
        with pytest.raises(Spent):
            written.written(["a" * 600] * 1_000, work)
    assert work.spent


def test_long_texts_are_charged_when_they_are_compared() -> None:
    """A key costs its characters, and a value that is repeated in itself is not walked."""
    for value in ("a" * 64_000, ["a" * 64_000], {"a" * 64_000: 1}):
        work = Work()
        key(value, work)
        assert work.used > 10_000
    nested: Any = 1
    for _ in range(30):
        nested = [nested] * 1_000
    with pytest.raises(Spent):
        key(nested, Work())


def test_the_numbers_of_properties_are_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text for each property is found once, not for each member of a list."""
    found, said_for = list[str](), finish._said_for

    def counted(slot: Slot) -> tuple[object, ...]:
        found.append(slot.name)
        return said_for(slot)

    monkeypatch.setattr(finish, "_said_for", counted)
    item = slow_inputs._object({f"p{n}": {"type": "string"} for n in range(20)}, required=False)
    tool = slow_inputs._tool(
        slow_inputs._object({"a": {"type": "array", "minItems": 50, "items": item}})
    )
    ask(Lane(), "Save the order", tools=[tool], tool_choice="required")
    assert 20 <= len(found) <= 25


def test_a_small_list_of_long_texts_is_complete() -> None:
    """What fits into a reply is sent as it is."""
    schema = {"type": "array", "minItems": 3, "items": {"const": "a" * 7_000}}
    tool = slow_inputs._tool(slow_inputs._object({"a": schema}))
    answer = ask(Lane(), "Save the order", tools=[tool], tool_choice="required")
    [choice] = json.loads(body(answer))["choices"]
    text = choice["message"]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(text) == {"a": ["a" * 7_000] * 3}
    assert choice["finish_reason"] == "tool_calls"
