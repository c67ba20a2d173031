"""Who answers where the script does not: the pocket model, or a function of the user's own."""

from collections.abc import Callable

from mock_electron.engine.faults import Fail
from mock_electron.model.draft import Call, Draft, reply
from mock_electron.wire.request import ChatRequest

Responder = Callable[[ChatRequest], str | Call | list[Call] | Draft | Fail]
"""Takes the request; returns a text, a call, a list of calls, a reply or a failure."""


def responded(function: Responder, request: ChatRequest) -> Draft | Fail:
    """What a function answers. Raises TypeError where it returns something else."""
    answer = function(request)
    if isinstance(answer, Draft | Fail):
        return answer
    try:
        return reply(*answer) if isinstance(answer, list | tuple) else reply(answer)
    except TypeError as error:
        raise TypeError(
            f"the function given to respond_with() returned {answer!r}; it may return a text, "
            "call(…), a list of calls, reply(…) or fail(…)"
        ) from error
