"""The plainest valid answer, for a request whose budget of work is spent.

1. If a tool must be called, it is called with the plainest arguments. If tools may be called, the
   first one whose name the message mentions is called, unless a tool was called already.
2. In JSON mode, the answer is the plainest object that the schema allows.
3. A longer value than a reply can hold is cut, with the finish reason `length`.
4. Otherwise, it is one sentence.
"""

from collections.abc import Mapping
from typing import Any, Final

from mock_electron.model.decide.scoring import ENOUGH, score
from mock_electron.model.decide.spoken import Spoken
from mock_electron.model.draft import Call, Draft
from mock_electron.model.fill import plain_arguments, plain_instance
from mock_electron.model.language import ENGLISH
from mock_electron.model.turn import Turn
from mock_electron.model.work import RESERVE, Spent, Work
from mock_electron.model.written import beginning
from mock_electron.wire import codec
from mock_electron.wire.request import Tool

LONGEST_MESSAGE: Final = 400
"""How many characters of the message are searched for the names of tools."""


def answer(turn: Turn) -> Draft:
    """Return the plainest valid answer to a request."""
    work = Work(RESERVE)
    tool = _tool(turn, work)
    if tool is not None:
        made = _made_before(tool.parameters, turn)
        text, is_cut = beginning(plain_arguments(tool.parameters, work) if made is None else made)
        return Draft(None, (Call(tool.name, text),), "length" if is_cut else None)
    if turn.request.response_format != "text":
        text, is_cut = beginning(_object(turn, work))
        return Draft(text, finish_reason="length" if is_cut else None)
    return Draft(ENGLISH.phrases["silence"][0])


def _tool(turn: Turn, work: Work) -> Tool | None:
    """Return the tool to call; rule 1."""
    request = turn.request
    called = {call.name for message in turn.since for call in message.tool_calls}
    if request.tool_choice == "named":
        return next(tool for tool in request.tools if tool.name == request.named_tool)
    if request.tool_choice == "required":
        return next((tool for tool in request.tools if tool.name not in called), request.tools[0])
    if request.tool_choice == "none" or called:
        return None
    try:
        spoken = Spoken(turn.written[:LONGEST_MESSAGE], ENGLISH, work)
        fitting = (tool for tool in request.tools if score(tool, spoken) >= ENOUGH)
        return next(fitting, None)
    except Spent:
        return None


def _object(turn: Turn, work: Work) -> object:
    """Return the plainest value for the schema of `response_format`; `{}` without a schema."""
    given = turn.request.body.get("response_format", {}).get("json_schema")
    schema = given.get("schema") if isinstance(given, dict) else None
    if not isinstance(schema, dict):
        return {}
    made = _made_before(schema, turn)
    return plain_instance(schema, work) if made is None else made


def _made_before(schema: Mapping[str, Any], turn: Turn) -> Any:
    """Return the plainest value if the rules made it from the whole reserve; None if not.

    It was too long for the rest of their budget. The schema of a tool that is offered again and
    again is an object of an earlier request, so that the schemas are compared as JSON.
    """
    made = turn.work.reserve.plainest
    if made is None or not isinstance(made[1], dict):
        return None
    try:
        return made[1] if codec.encode(made[0]) == codec.encode(schema) else None
    except TypeError:  # an integer that no request can contain
        return None
