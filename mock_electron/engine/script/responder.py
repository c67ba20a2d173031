"""User functions that answer requests."""

from collections.abc import Callable

from mock_electron.engine.faults.fault import ReplacementFault
from mock_electron.engine.user_functions import defined_at, discard
from mock_electron.inputs.spelling import echoed
from mock_electron.model.draft import Call, Draft
from mock_electron.model.scripted import reply
from mock_electron.wire.request import ChatRequest
from mock_electron.wire.stream import Stream

Responder = Callable[[ChatRequest], str | Call | list[Call] | Draft | Stream | ReplacementFault]
"""Takes the request, and returns a text, a call, calls, a reply, a stream or a fault."""


def call_responder(function: Responder, request: ChatRequest) -> Draft | Stream | ReplacementFault:
    """Return the answer of a user function.

    Raises:
        TypeError: If the function returns something else.
    """
    answer = function(request)
    if isinstance(answer, Draft | Stream | ReplacementFault):
        return answer
    try:
        return reply(*answer) if isinstance(answer, list | tuple) else reply(answer)
    except TypeError:
        discard(answer)
        raise TypeError(
            f"the function given to respond_with() returned {echoed(answer)}; it must return a "
            f"text, call(…), a list of calls, reply(…) or fail(…){defined_at(function)}"
        ) from None
